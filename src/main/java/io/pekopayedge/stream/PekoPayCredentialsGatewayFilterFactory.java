package io.pekopayedge.stream;

import io.netty.handler.timeout.ReadTimeoutException;
import io.pekopayedge.guard.Call;
import io.pekopayedge.guard.CallerKeys;
import io.pekopayedge.guard.TracedFields;
import io.pekopayedge.problem.EdgeProblem;
import io.pekopayedge.problem.Problem;
import io.pekopayedge.tenant.BasicCredentials;
import io.pekopayedge.tenant.Tenant;
import io.pekopayedge.upstream.CredentialWatch;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import org.springframework.cloud.gateway.filter.GatewayFilter;
import org.springframework.cloud.gateway.filter.GatewayFilterChain;
import org.springframework.cloud.gateway.filter.OrderedGatewayFilter;
import org.springframework.cloud.gateway.filter.factory.AbstractGatewayFilterFactory;
import org.springframework.cloud.gateway.support.ServerWebExchangeUtils;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The filter {@code PekoPayCredentials}: sends a backend caller's request to its tenant's own PekoPay with the tenant's
 * credentials, whatever the route's {@code uri}, and lets back only what a caller may see. A request without one of the
 * tenant's API keys ends here, on whatever route the filter stands: never forward without knowing for whom.
 *
 * <p>A safe method that PekoPay answers with 401 is sent once more with the previous pair, unless it has a body, which has
 * streamed away. A write is never re-sent, a 401 included. Any thread.
 */
public final class PekoPayCredentialsGatewayFilterFactory extends AbstractGatewayFilterFactory<Object> {
    private static final Set<HttpMethod> SAFE = Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS);

    private final CredentialWatch watch;

    public PekoPayCredentialsGatewayFilterFactory(CredentialWatch watch) {
        super(Object.class);
        this.watch = watch;
    }

    @Override
    public GatewayFilter apply(Object config) {
        return new OrderedGatewayFilter(this::filter, Streams.BEFORE_THE_ANSWER_IS_WRITTEN);
    }

    private Mono<Void> filter(ServerWebExchange exchange, GatewayFilterChain chain) {
        Call call = Streams.call(exchange);
        Tenant tenant = CallerKeys.check(call, call.tenant());
        ServerWebExchange guarded = exchange.mutate()
                .request(call.mayHaveBody() ? new InTime(exchange.getRequest()) : exchange.getRequest())
                .response(new CallerAnswer(exchange, call, tenant))
                .build();
        // The answer is written by a filter behind this one, so what it may be is judged where it arrives.
        return chain.filter(with(guarded, call, tenant, tenant.credentials()))
                .doOnSuccess(done -> watch.accepted(tenant, tenant.credentials()))
                .onErrorResume(CredentialsWereRefused.class, e -> again(guarded, chain, call, tenant))
                .onErrorMap(
                        error -> !exchange.getResponse().isCommitted(),
                        PekoPayCredentialsGatewayFilterFactory::problem);
    }

    private Mono<Void> again(ServerWebExchange exchange, GatewayFilterChain chain, Call call, Tenant tenant) {
        watch.refused(tenant, tenant.credentials());
        BasicCredentials previous = tenant.previousCredentials();
        if (previous == null
                || previous.equals(tenant.credentials())
                || call.mayHaveBody()
                || !SAFE.contains(exchange.getRequest().getMethod())) {
            return Mono.error(refused());
        }
        ServerWebExchangeUtils.reset(exchange);
        return chain.filter(with(exchange, call, tenant, previous))
                .doOnSuccess(done -> watch.accepted(tenant, previous))
                .onErrorMap(CredentialsWereRefused.class, e -> {
                    watch.refused(tenant, previous);
                    return refused();
                });
    }

    private static ServerWebExchange with(
            ServerWebExchange exchange, Call call, Tenant tenant, BasicCredentials credentials) {
        HttpHeaders headers = new HttpHeaders();
        TracedFields.of(call).forEach(headers::set);
        HttpHeaders from = call.request().getHeaders();
        if (from.getContentLength() >= 0) {
            headers.setContentLength(from.getContentLength());
        } else if (from.containsKey(HttpHeaders.TRANSFER_ENCODING)) {
            headers.set(HttpHeaders.TRANSFER_ENCODING, "chunked");
        }
        String key = from.getFirst("Idempotency-Key");
        if (key != null) {
            headers.set("Idempotency-Key", key);
        }
        headers.set("X-Request-Id", call.requestId());
        headers.set(HttpHeaders.AUTHORIZATION, credentials.authorization());
        Onward.to(
                exchange,
                tenant.baseUrl(),
                call.streamedPath(),
                call.request().getURI().getRawQuery(),
                headers);
        return exchange;
    }

    private static EdgeProblem refused() {
        return EdgeProblem.of(Problem.CREDENTIALS_REFUSED, "The shop's PekoPay credentials must be renewed.");
    }

    private static Throwable problem(Throwable error) {
        if (error instanceof EdgeProblem) {
            return error;
        }
        if (error instanceof java.net.ConnectException || error instanceof java.net.UnknownHostException) {
            return EdgeProblem.retryLater(
                    Problem.UPSTREAM_UNREACHABLE, "PekoPay cannot be reached.", Duration.ofSeconds(1));
        }
        return error instanceof ReadTimeoutException
                        || error instanceof TimeoutException
                        || (error instanceof org.springframework.web.server.ResponseStatusException status
                                && status.getStatusCode().value() == 504)
                ? EdgeProblem.of(Problem.UPSTREAM_TIMEOUT, "PekoPay did not answer in time.")
                : EdgeProblem.of(Problem.UPSTREAM_ERROR, "PekoPay cannot be reached or its answer cannot be used.");
    }

    /** Ends an upload that takes too long: PekoPay sees a body that broke off, never one that seems whole. */
    private static final class InTime extends ServerHttpRequestDecorator {
        InTime(ServerHttpRequest request) {
            super(request);
        }

        @Override
        public Flux<DataBuffer> getBody() {
            return Gathered.body(getDelegate(), getDelegate().getBody())
                    .takeUntilOther(Mono.delay(Call.BODY_TIME).then(Mono.error(Call::bodyTooSlow)));
        }
    }

    /** PekoPay answered 401; nothing was processed and nothing has been written to the caller. */
    static final class CredentialsWereRefused extends RuntimeException {
        private static final long serialVersionUID = 1L;

        CredentialsWereRefused() {
            super("credentials refused", null, false, false);
        }
    }
}
