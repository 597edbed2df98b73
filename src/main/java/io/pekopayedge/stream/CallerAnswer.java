package io.pekopayedge.stream;

import io.pekopayedge.guard.Call;
import io.pekopayedge.problem.EdgeProblem;
import io.pekopayedge.problem.Problem;
import io.pekopayedge.stream.PekoPayCredentialsGatewayFilterFactory.CredentialsWereRefused;
import io.pekopayedge.tenant.Tenant;
import io.pekopayedge.upstream.Leaks;
import io.pekopayedge.upstream.TenantPaths;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.springframework.cloud.gateway.support.ServerWebExchangeUtils;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;

/**
 * PekoPay's answer to a streamed call, on its way to the caller: judged by its status, reduced to the fields a caller may
 * see, and searched for the tenant's secrets as it passes.
 */
final class CallerAnswer extends ServerHttpResponseDecorator {
    private static final List<String> PASSED = List.of(
            HttpHeaders.CONTENT_TYPE,
            HttpHeaders.CONTENT_LENGTH,
            HttpHeaders.RETRY_AFTER,
            HttpHeaders.LINK,
            HttpHeaders.ETAG);

    /** An answer that says it is no longer is looked at whole: where it must be withheld, nothing of it has left. */
    private static final int LOOKED_AT_WHOLE = 64 * 1024;

    private final ServerWebExchange exchange;
    private final Call call;
    private final Tenant tenant;

    CallerAnswer(ServerWebExchange exchange, Call call, Tenant tenant) {
        super(exchange.getResponse());
        this.exchange = exchange;
        this.call = call;
        this.tenant = tenant;
    }

    @Override
    public Mono<Void> writeWith(Publisher<? extends DataBuffer> body) {
        return Mono.defer(() -> {
            judge();
            reduce();
            long length = getHeaders().getContentLength();
            Flux<DataBuffer> scanned = new LeakScan(tenant, bufferFactory()).watch(Flux.from(body));
            return super.writeWith(
                    length >= 0 && length <= LOOKED_AT_WHOLE
                            ? scanned.collectList().flatMapIterable(all -> all)
                            : scanned);
        });
    }

    @Override
    public Mono<Void> writeAndFlushWith(Publisher<? extends Publisher<? extends DataBuffer>> body) {
        return Mono.defer(() -> {
            judge();
            reduce();
            LeakScan scan = new LeakScan(tenant, bufferFactory());
            return super.writeAndFlushWith(
                    scan.watch(Flux.from(body).concatMap(part -> part)).map(Mono::just));
        });
    }

    private void judge() {
        HttpStatusCode status = getStatusCode();
        call.upstreamStatus(status == null ? 0 : status.value());
        boolean passes = status != null
                && (status.is2xxSuccessful() || (status.is4xxClientError() && status.value() != 401))
                && getHeaders().getOrEmpty(HttpHeaders.CONTENT_ENCODING).stream()
                        .allMatch("identity"::equalsIgnoreCase);
        if (passes) {
            call.outcome("streamed");
            return;
        }
        drop();
        throw status != null && status.value() == 401
                ? new CredentialsWereRefused()
                : EdgeProblem.of(Problem.UPSTREAM_ERROR, "PekoPay gave an answer that is not passed on.");
    }

    /** Ends the connection: what is still to come of this answer is for nobody. */
    private void drop() {
        Connection connection = exchange.getAttribute(ServerWebExchangeUtils.CLIENT_RESPONSE_CONN_ATTR);
        if (connection != null) {
            connection.dispose();
        }
        getHeaders().clear();
        setStatusCode(null);
    }

    private void reduce() {
        HttpHeaders headers = getHeaders();
        HttpHeaders kept = new HttpHeaders();
        for (String name : PASSED) {
            List<String> values = headers.get(name);
            if (values != null) {
                kept.put(name, values);
            }
        }
        String location = TenantPaths.location(tenant, headers.getFirst(HttpHeaders.LOCATION));
        if (location != null) {
            kept.set(HttpHeaders.LOCATION, location);
        }
        if (kept.values().stream().flatMap(List::stream).anyMatch(this::leaks)) {
            drop();
            throw EdgeProblem.of(Problem.UPSTREAM_ERROR, "PekoPay's answer was withheld.");
        }
        headers.clear();
        headers.putAll(kept);
        HopByHop.reframe(call.request(), getDelegate());
        call.sign(headers);
    }

    private boolean leaks(@Nullable String value) {
        return value != null && Leaks.in(tenant, value.getBytes(StandardCharsets.UTF_8));
    }
}
