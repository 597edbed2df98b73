package io.pekopayedge.stream;

import io.netty.handler.timeout.ReadTimeoutException;
import io.pekopayedge.guard.Call;
import io.pekopayedge.guard.CallerKeys;
import io.pekopayedge.guard.ClientAddress;
import io.pekopayedge.problem.EdgeProblem;
import io.pekopayedge.problem.Problem;
import io.pekopayedge.tenant.Tenant;
import io.pekopayedge.tenant.Tenants;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.cloud.gateway.filter.GatewayFilter;
import org.springframework.cloud.gateway.filter.GatewayFilterChain;
import org.springframework.cloud.gateway.support.ServerWebExchangeUtils;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Streams a shop's own pages: everything passes both ways but the flow cookie, credentials of ours, and hop-by-hop
 * fields. Any thread.
 */
public final class StorefrontFilter implements GatewayFilter {
    /** Silence of either side for so long ends a stream. */
    public static final Duration SILENCE = Duration.ofSeconds(60);

    private static final Logger LOG = LoggerFactory.getLogger(StorefrontFilter.class);

    private static final Set<String> OURS =
            Set.of("forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-forwarded-port");

    private final Pattern flowCookie;
    private final Tenants tenants;
    private final ClientAddress addresses;

    /** @param flowCookie its name */
    public StorefrontFilter(String flowCookie, Tenants tenants, ClientAddress addresses) {
        // As a browser reads Set-Cookie: blanks around the name are not of it (RFC 6265 §5.2), nor is an empty name
        // before.
        this.flowCookie = Pattern.compile("[\\s=]*" + Pattern.quote(flowCookie) + "\\s*=");
        this.tenants = tenants;
        this.addresses = addresses;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, GatewayFilterChain chain) {
        Call call = Streams.call(exchange);
        Tenant tenant = call.tenant();
        if (tenant == null || tenant.storefront() == null) {
            return Mono.error(EdgeProblem.of(Problem.NOT_FOUND, "This host has no storefront."));
        }
        ServerHttpRequest request = exchange.getRequest();
        Onward.to(
                exchange,
                tenant.storefront(),
                call.streamedPath(),
                request.getURI().getRawQuery(),
                onward(call));
        exchange.getAttributes().put(ServerWebExchangeUtils.PRESERVE_HOST_HEADER_ATTRIBUTE, true);
        exchange.getResponse().beforeCommit(() -> Mono.fromRunnable(() -> clean(exchange, call)));
        ServerWebExchange listened = call.mayHaveBody()
                ? exchange.mutate().request(new Silenced(request)).build()
                : exchange;
        return chain.filter(listened)
                .onErrorMap(error -> !exchange.getResponse().isCommitted(), StorefrontFilter::problem);
    }

    private HttpHeaders onward(Call call) {
        HttpHeaders from = call.request().getHeaders();
        HttpHeaders to = new HttpHeaders();
        Set<String> dropped = HopByHop.of(from);
        from.forEach((name, values) -> {
            String lower = name.toLowerCase(Locale.ROOT);
            if (!dropped.contains(lower) && !OURS.contains(lower)) {
                to.put(name, values);
            }
        });
        if (to.getOrDefault(HttpHeaders.AUTHORIZATION, List.of()).stream()
                .anyMatch(authorization -> CallerKeys.isKey(tenants, authorization))) {
            to.remove(HttpHeaders.AUTHORIZATION);
        }
        withoutFlow(to);
        to.set("X-Forwarded-For", call.client(addresses));
        String host = from.getFirst(HttpHeaders.HOST);
        if (host != null) {
            to.set("X-Forwarded-Host", host);
        }
        to.set("X-Forwarded-Proto", call.scheme(addresses));
        to.set("X-Request-Id", call.requestId());
        continueTrace(call, to);
        return to;
    }

    /** Where the gateway is part of the trace, the shop's span is a child of its own. */
    private static void continueTrace(Call call, HttpHeaders to) {
        String parent = call.trace().parent();
        if (parent == null || parent.equals(to.getFirst("traceparent"))) {
            return;
        }
        to.remove("tracestate");
        to.set("traceparent", parent);
        String state = call.trace().state();
        if (state != null) {
            to.set("tracestate", state);
        }
    }

    private void withoutFlow(HttpHeaders headers) {
        List<String> lines = headers.remove(HttpHeaders.COOKIE);
        if (lines == null) {
            return;
        }
        List<String> kept = new ArrayList<>();
        for (String line : lines) {
            for (String pair : line.split(";", -1)) {
                if (!isFlow(pair) && !pair.isBlank()) {
                    kept.add(pair.strip());
                }
            }
        }
        if (!kept.isEmpty()) {
            headers.set(HttpHeaders.COOKIE, String.join("; ", kept));
        }
    }

    private void clean(ServerWebExchange exchange, Call call) {
        HttpHeaders headers = exchange.getResponse().getHeaders();
        HopByHop.of(headers).forEach(headers::remove);
        HopByHop.reframe(call.request(), exchange.getResponse());
        List<String> cookies = headers.get(HttpHeaders.SET_COOKIE);
        if (cookies != null && cookies.stream().anyMatch(this::isFlow)) {
            headers.put(
                    HttpHeaders.SET_COOKIE,
                    cookies.stream().filter(cookie -> !isFlow(cookie)).toList());
        }
        if (!headers.containsKey("X-Request-Id")) {
            headers.set("X-Request-Id", call.requestId());
        }
        call.outcome("streamed");
        if (exchange.getResponse().getStatusCode() != null) {
            call.upstreamStatus(exchange.getResponse().getStatusCode().value());
        }
    }

    private boolean isFlow(String cookie) {
        return flowCookie.matcher(cookie).lookingAt();
    }

    private static Throwable problem(Throwable error) {
        if (error instanceof EdgeProblem) {
            return error;
        }
        // Not its message: that of a TLS failure holds what the other side said.
        LOG.debug("A stream to a shop ended error={}", error.getClass().getName());
        return error instanceof ReadTimeoutException || error instanceof TimeoutException
                ? EdgeProblem.of(Problem.STOREFRONT_TIMEOUT, "The shop did not answer in time.")
                : EdgeProblem.of(Problem.STOREFRONT_UNREACHABLE, "The shop cannot be reached.");
    }

    /** Ends an upload whose sender has fallen silent. */
    private static final class Silenced extends ServerHttpRequestDecorator {
        Silenced(ServerHttpRequest request) {
            super(request);
        }

        @Override
        public Flux<DataBuffer> getBody() {
            return Gathered.body(getDelegate(), getDelegate().getBody().timeout(SILENCE));
        }
    }
}
