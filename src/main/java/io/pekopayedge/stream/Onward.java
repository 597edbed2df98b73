package io.pekopayedge.stream;

import java.net.URI;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.gateway.filter.GatewayFilterChain;
import org.springframework.cloud.gateway.filter.GlobalFilter;
import org.springframework.cloud.gateway.filter.RouteToRequestUrlFilter;
import org.springframework.cloud.gateway.filter.headers.HttpHeadersFilter;
import org.springframework.cloud.gateway.support.ServerWebExchangeUtils;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/**
 * Sends a request to the address that the tenant's own filter chose, whatever the route's {@code uri} says: tenants are
 * data behind one set of routes, and credentials go to their own PekoPay only.
 */
public final class Onward implements GlobalFilter, HttpHeadersFilter, Ordered {
    private static final String TARGET = Onward.class.getName() + ".target";
    private static final String HEADERS = Onward.class.getName() + ".headers";

    /**
     * @param base with an optional path, without trailing slash
     * @param headers all that the upstream will see
     */
    static void to(
            ServerWebExchange exchange, URI base, String rawPath, @Nullable String rawQuery, HttpHeaders headers) {
        exchange.getAttributes().put(TARGET, URI.create(base + rawPath + (rawQuery == null ? "" : "?" + rawQuery)));
        exchange.getAttributes().put(HEADERS, headers);
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, GatewayFilterChain chain) {
        Object target = exchange.getAttribute(TARGET);
        if (target != null) {
            exchange.getAttributes().put(ServerWebExchangeUtils.GATEWAY_REQUEST_URL_ATTR, target);
        }
        return chain.filter(exchange);
    }

    /** The last word: whatever filters before it took away or added, the fields are those that were built. */
    @Override
    public HttpHeaders filter(HttpHeaders input, ServerWebExchange exchange) {
        HttpHeaders built = exchange.getAttribute(HEADERS);
        return built != null ? built : input;
    }

    @Override
    public boolean supports(Type type) {
        return type == Type.REQUEST;
    }

    /** Behind the filter that sets the URL; among the fields' filters, behind all. */
    @Override
    public int getOrder() {
        return RouteToRequestUrlFilter.ROUTE_TO_URL_FILTER_ORDER + 1;
    }
}
