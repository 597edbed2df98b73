package io.pekopayedge.guard;

import io.pekopayedge.problem.EdgeProblem;
import io.pekopayedge.problem.Problem;
import io.pekopayedge.problem.Problem.Fault;
import java.time.Duration;
import org.springframework.http.HttpHeaders;

/** The header fields that a problem brings: when to come again, what would be allowed, whose fault it is. Pure functions. */
final class ProblemFields {
    private ProblemFields() {}

    static void set(HttpHeaders headers, EdgeProblem problem) {
        Problem kind = problem.problem();
        Duration retryAfter = problem.retryAfter();
        if (retryAfter != null) {
            headers.set(
                    HttpHeaders.RETRY_AFTER,
                    Long.toString(Math.max(1, retryAfter.plusMillis(999).toSeconds())));
        }
        if (problem.allow() != null) {
            headers.set(HttpHeaders.ALLOW, problem.allow());
        }
        if (kind == Problem.CALLER_UNAUTHENTICATED) {
            headers.set(HttpHeaders.WWW_AUTHENTICATE, "Bearer");
        }
        if (kind.status() >= 500 && kind.fault() == Fault.PEKOPAY) {
            headers.set("Proxy-Status", "pekopay-edge; error=" + proxyError(kind));
        }
    }

    /** The error types of RFC 9209 §2.3. */
    private static String proxyError(Problem problem) {
        return switch (problem) {
            case UPSTREAM_UNREACHABLE -> "connection_refused";
            case TOKEN_UNAVAILABLE -> "destination_unavailable";
            case CHARGE_UNCONFIRMED -> "connection_terminated";
            case UPSTREAM_TIMEOUT -> "http_response_timeout";
            case CREDENTIALS_REFUSED -> "http_request_denied";
            default -> "http_protocol_error";
        };
    }
}
