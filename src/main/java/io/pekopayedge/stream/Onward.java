package io.pekopayedge.stream;

import java.net.URI;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.gateway.filter.headers.HttpHeadersFilter;
import org.springframework.cloud.gateway.support.ServerWebExchangeUtils;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.web.server.ServerWebExchange;

/**
 * Sends a request to the address that the tenant's own filter chose, whatever the route's {@code uri} says: tenants are
 * data behind one set of routes, and credentials go to their own PekoPay only.
 */
public final class Onward implements HttpHeadersFilter, Ordered {
    private static final String HEADERS = Onward.class.getName() + ".headers";

    /**
     * @param base with an optional path, without trailing slash
     * @param headers all that the upstream will see
     */
    static void to(
            ServerWebExchange exchange, URI base, String rawPath, @Nullable String rawQuery, HttpHeaders headers) {
        exchange.getAttributes()
                .put(
                        ServerWebExchangeUtils.GATEWAY_REQUEST_URL_ATTR,
                        URI.create(base + rawPath + (rawQuery == null ? "" : "?" + rawQuery)));
        exchange.getAttributes().put(HEADERS, headers);
    }

    /** The last word: whatever filters before it took away or added, the fields are those that were built, or none go. */
    @Override
    public HttpHeaders filter(HttpHeaders input, ServerWebExchange exchange) {
        return exchange.getRequiredAttribute(HEADERS);
    }

    @Override
    public boolean supports(Type type) {
        return type == Type.REQUEST;
    }

    @Override
    public int getOrder() {
        return Ordered.LOWEST_PRECEDENCE;
    }
}
