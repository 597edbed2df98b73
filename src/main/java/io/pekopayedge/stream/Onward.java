package io.pekopayedge.stream;

import java.net.URI;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.gateway.filter.GatewayFilterChain;
import org.springframework.cloud.gateway.filter.GlobalFilter;
import org.springframework.cloud.gateway.filter.RouteToRequestUrlFilter;
import org.springframework.cloud.gateway.support.ServerWebExchangeUtils;
import org.springframework.core.Ordered;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/**
 * Sends a request to the address that the tenant's own filter chose, whatever the route's {@code uri} says: tenants are
 * data behind one set of routes, and credentials go to their own PekoPay only.
 */
public final class Onward implements GlobalFilter, Ordered {
    private static final String TARGET = Onward.class.getName();

    /** @param base with an optional path, without trailing slash */
    static void to(ServerWebExchange exchange, URI base, String rawPath, @Nullable String rawQuery) {
        exchange.getAttributes().put(TARGET, URI.create(base + rawPath + (rawQuery == null ? "" : "?" + rawQuery)));
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, GatewayFilterChain chain) {
        Object target = exchange.getAttribute(TARGET);
        if (target != null) {
            exchange.getAttributes().put(ServerWebExchangeUtils.GATEWAY_REQUEST_URL_ATTR, target);
        }
        return chain.filter(exchange);
    }

    @Override
    public int getOrder() {
        return RouteToRequestUrlFilter.ROUTE_TO_URL_FILTER_ORDER + 1;
    }
}
