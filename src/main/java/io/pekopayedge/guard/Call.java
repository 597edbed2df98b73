package io.pekopayedge.guard;

import io.pekopayedge.problem.EdgeProblem;
import io.pekopayedge.problem.Problem;
import io.pekopayedge.problem.ProblemBody;
import io.pekopayedge.tenant.Tenant;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.buffer.DataBufferLimitException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * One request on its way through, and how it is answered. Belongs to one request; its fields are written on the way in,
 * before whatever reads them on another thread is subscribed to.
 */
public final class Call {
    private static final String BROKEN_OFF = "broken-off";

    /** A client has so long for a body of our own paths. */
    public static final Duration BODY_TIME = Duration.ofSeconds(15);

    private final ServerHttpRequest request;
    private final ServerHttpResponse response;
    private final String requestId;
    private final long begun;
    private @Nullable Tenant tenant;
    private String route = "none";
    private String outcome = "answered";
    private int upstreamStatus;
    private @Nullable String charge;
    private @Nullable String streamedPath;
    private TraceContext trace = TraceContext.NONE;
    private boolean bodyRead;

    public Call(ServerHttpRequest request, ServerHttpResponse response, String requestId, long begun) {
        this.request = request;
        this.response = response;
        this.requestId = requestId;
        this.begun = begun;
    }

    public ServerHttpRequest request() {
        return request;
    }

    public ServerHttpResponse response() {
        return response;
    }

    /** Ours; what a client sends under that name is ignored. */
    public String requestId() {
        return requestId;
    }

    /** Ticker nanoseconds. */
    public long begun() {
        return begun;
    }

    public @Nullable Tenant tenant() {
        return tenant;
    }

    public void tenant(Tenant resolved) {
        tenant = resolved;
    }

    /** Which way through, for the log. */
    public String route() {
        return route;
    }

    public void route(String taken) {
        route = taken;
    }

    /** The raw path that an upstream sees. */
    public String streamedPath() {
        String set = streamedPath;
        return set != null ? set : request.getURI().getRawPath();
    }

    public void streamedPath(String path) {
        streamedPath = path;
    }

    /** How it ended, for the log: a problem's name, or a word of the way it took. */
    public String outcome() {
        return outcome;
    }

    public void outcome(String ended) {
        outcome = ended;
    }

    /** The answer had begun and cannot be finished; the client stayed to the end. */
    public void brokenOff() {
        outcome = BROKEN_OFF;
    }

    public boolean isBrokenOff() {
        return outcome.equals(BROKEN_OFF);
    }

    /** 0 where no upstream answered. */
    public int upstreamStatus() {
        return upstreamStatus;
    }

    public void upstreamStatus(int status) {
        upstreamStatus = status;
    }

    /** First digits of a charged token's digest, for support; null on other ways. */
    public @Nullable String charge() {
        return charge;
    }

    public void charge(String id) {
        charge = id;
    }

    /** What an upstream is told of the trace, and the log of its id. */
    public TraceContext trace() {
        return trace;
    }

    public void trace(TraceContext continued) {
        trace = continued;
    }

    /** A field's only value; null without one. Two are a malformed request. */
    public @Nullable String single(String field) {
        List<String> values = request.getHeaders().get(field);
        if (values == null || values.isEmpty()) {
            return null;
        }
        if (values.size() > 1) {
            throw EdgeProblem.of(Problem.MALFORMED_REQUEST, "A header field is given twice.");
        }
        return values.get(0);
    }

    public @Nullable String first(String field) {
        return request.getHeaders().getFirst(field);
    }

    /** Who is at the other end, or who a trusted proxy says is. */
    public String client(ClientAddress addresses) {
        InetSocketAddress remote = request.getRemoteAddress();
        return remote == null ? "" : addresses.of(remote, forwardedFor());
    }

    /** How the client came: as this server saw it, or as a trusted proxy says. */
    public String scheme(ClientAddress addresses) {
        InetSocketAddress remote = request.getRemoteAddress();
        String told = first("X-Forwarded-Proto");
        boolean believed = told != null && remote != null && addresses.trusts(remote);
        boolean secure = believed ? "https".equals(told) : request.getSslInfo() != null;
        return secure ? "https" : "http";
    }

    private List<String> forwardedFor() {
        return request.getHeaders().getOrDefault("X-Forwarded-For", List.of());
    }

    /**
     * The whole body. Fails with 413 beyond the bound, with 408 when it takes longer than 15 s, with 400 when it breaks off.
     *
     * @param most bytes
     */
    public Mono<byte[]> body(int most, Scheduler scheduler) {
        if (request.getHeaders().getContentLength() > most) {
            return Mono.error(tooLarge(most));
        }
        bodyRead = true;
        return WholeBody.of(request.getBody(), most)
                .timeout(
                        BODY_TIME,
                        Mono.error(() -> {
                            bodyRead = false;
                            return bodyTooSlow();
                        }),
                        scheduler)
                .onErrorMap(DataBufferLimitException.class, e -> {
                    bodyRead = false;
                    return tooLarge(most);
                })
                // The client has left, or what it sent was not HTTP: nobody reads the answer, but somebody the log.
                .onErrorMap(
                        e -> !(e instanceof EdgeProblem),
                        e -> EdgeProblem.of(Problem.MALFORMED_REQUEST, "The body broke off."));
    }

    /** For a body that was not complete within {@link #BODY_TIME}. */
    public static EdgeProblem bodyTooSlow() {
        return EdgeProblem.of(Problem.REQUEST_TIMEOUT, "The body did not arrive within 15 s.");
    }

    private static EdgeProblem tooLarge(int most) {
        return EdgeProblem.of(Problem.BODY_TOO_LARGE, "The body may have " + most + " bytes.");
    }

    /** Answers; nothing of it is cached or sniffed. */
    public Mono<Void> reply(int status, @Nullable String contentType, byte[] body) {
        HttpHeaders headers = response.getHeaders();
        response.setStatusCode(HttpStatusCode.valueOf(status));
        sign(headers);
        if (contentType != null) {
            headers.set(HttpHeaders.CONTENT_TYPE, contentType);
        }
        if (!bodyRead && mayHaveBody()) {
            // What is not read would have to be skipped, however long it is.
            headers.set(HttpHeaders.CONNECTION, "close");
        }
        if (status != 204) {
            headers.setContentLength(body.length);
        }
        // Spring's response to a HEAD drops the body and leaves it to the handler to commit the rest.
        if (status == 204 || HttpMethod.HEAD.equals(request.getMethod())) {
            return response.setComplete();
        }
        return response.writeWith(Mono.just(response.bufferFactory().wrap(body)));
    }

    /** The fields that stand on every answer of ours. */
    public void sign(HttpHeaders headers) {
        headers.set("X-Request-Id", requestId);
        headers.set(HttpHeaders.CACHE_CONTROL, "no-store");
        headers.set("X-Content-Type-Options", "nosniff");
    }

    /** Whether its head announces one. */
    public boolean mayHaveBody() {
        HttpHeaders headers = request.getHeaders();
        return headers.getContentLength() > 0 || headers.containsKey(HttpHeaders.TRANSFER_ENCODING);
    }

    /** Answers with a problem. */
    public Mono<Void> reply(EdgeProblem problem) {
        Problem kind = problem.problem();
        outcome = kind.label();
        if (problem.upstreamStatus() != 0) {
            upstreamStatus = problem.upstreamStatus();
        }
        ProblemFields.set(response.getHeaders(), problem);
        return reply(kind.status(), ProblemBody.MEDIA_TYPE, ProblemBody.json(problem, requestId));
    }
}
