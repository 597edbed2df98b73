package io.pekopayedge.charge;

import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.pekopayedge.ledger.Answer;
import io.pekopayedge.ledger.Outcome;
import io.pekopayedge.meter.ChargeOutcome;
import io.pekopayedge.problem.EdgeProblem;
import io.pekopayedge.problem.Problem;
import io.pekopayedge.upstream.UpstreamFailure;
import io.pekopayedge.upstream.UpstreamReply;
import java.time.Clock;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a sent charge came to: what the ledger keeps, what the client is told, what is counted. The one place that says
 * whether money may have moved.
 *
 * @param outcome for the ledger
 * @param problem for the client, or null where PekoPay's answer is passed on
 * @param counted for the metric
 */
record Aftermath(Outcome outcome, @Nullable EdgeProblem problem, ChargeOutcome counted) {
    private static final Duration SOON = Duration.ofSeconds(1);

    /** Carries an aftermath through a breaker that must count it as a failure. */
    static final class Bad extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final transient Aftermath aftermath;

        Bad(Aftermath aftermath) {
            super("bad aftermath", null, false, false);
            this.aftermath = aftermath;
        }

        Aftermath aftermath() {
            return aftermath;
        }
    }

    /** @param answer what the reply is to a client, its secrets taken out */
    static Aftermath of(UpstreamReply reply, Answer answer, boolean leaked, Clock wall) {
        int status = reply.status();
        if (reply.successful()) {
            return new Aftermath(new Outcome.Answered(answer), null, ChargeOutcome.ACCEPTED);
        }
        if (status == 429) {
            Duration wait = reply.retryAfter(wall);
            return new Aftermath(
                    new Outcome.Free(),
                    EdgeProblem.retryLater(
                            Problem.RATE_LIMITED, "PekoPay asks for patience.", wait == null ? SOON : wait),
                    ChargeOutcome.REFUSED);
        }
        if (status >= 300 && status < 400) {
            return unknown(EdgeProblem.of(
                    Problem.UPSTREAM_ERROR, "PekoPay redirected the charge; whether it was made is not known."));
        }
        if (status >= 400 && status < 500 && status != 408 && status != 425) {
            return new Aftermath(
                    new Outcome.Answered(answer),
                    leaked ? EdgeProblem.of(Problem.UPSTREAM_ERROR, "PekoPay's answer was withheld.") : null,
                    ChargeOutcome.DECLINED);
        }
        return unconfirmed();
    }

    /** @param openFor how long the breaker stays open */
    static Aftermath of(Throwable error, Duration openFor) {
        if (error instanceof Bad bad) {
            return bad.aftermath();
        }
        if (error instanceof CallNotPermittedException) {
            return free(
                    EdgeProblem.retryLater(Problem.UPSTREAM_UNREACHABLE, "Nothing was sent.", openFor),
                    ChargeOutcome.UNREACHABLE);
        }
        if (!(error instanceof UpstreamFailure failure)) {
            return unconfirmed(); // a bug of ours, at a moment that we do not know
        }
        return switch (failure.kind()) {
            case UNREACHABLE ->
                free(
                        EdgeProblem.retryLater(Problem.UPSTREAM_UNREACHABLE, "Nothing was sent.", SOON),
                        ChargeOutcome.UNREACHABLE);
            case TLS ->
                free(
                        EdgeProblem.of(Problem.UPSTREAM_ERROR, "No secure connection; nothing was sent."),
                        ChargeOutcome.UNREACHABLE);
            case CREDENTIALS_REFUSED ->
                free(
                        EdgeProblem.of(Problem.CREDENTIALS_REFUSED, "The shop's PekoPay credentials must be renewed."),
                        ChargeOutcome.REFUSED);
            case TIMEOUT, BROKEN, UNUSABLE -> unconfirmed();
        };
    }

    /** The same, and the log will say what PekoPay's answer was. */
    Aftermath after(int status) {
        return problem == null ? this : new Aftermath(outcome, problem.after(status), counted);
    }

    static Aftermath free(EdgeProblem problem, ChargeOutcome counted) {
        return new Aftermath(new Outcome.Free(), problem, counted);
    }

    private static Aftermath unconfirmed() {
        return unknown(EdgeProblem.of(
                Problem.CHARGE_UNCONFIRMED, "The charge was sent and its outcome is not known. Do not pay again."));
    }

    private static Aftermath unknown(EdgeProblem problem) {
        return new Aftermath(new Outcome.Unknown(), problem, ChargeOutcome.UNKNOWN);
    }

    /** Whether the charge breaker counts it: unknown outcomes and connection failures, never declines. */
    static boolean unhealthy(Throwable error) {
        return !(error instanceof UpstreamFailure failure)
                || switch (failure.kind()) {
                    case TLS, CREDENTIALS_REFUSED -> false;
                    case UNREACHABLE, TIMEOUT, BROKEN, UNUSABLE -> true;
                };
    }
}
