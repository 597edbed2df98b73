package io.pekopayedge.stream;

import io.pekopayedge.guard.Call;
import io.pekopayedge.problem.EdgeProblem;
import io.pekopayedge.problem.Problem;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.springframework.cloud.gateway.filter.GatewayFilter;
import org.springframework.cloud.gateway.filter.GlobalFilter;
import org.springframework.cloud.gateway.filter.NettyWriteResponseFilter;
import org.springframework.cloud.gateway.filter.OrderedGatewayFilter;
import org.springframework.cloud.gateway.handler.FilteringWebHandler;
import org.springframework.cloud.gateway.route.Route;
import org.springframework.cloud.gateway.support.RouteMetadataUtils;
import org.springframework.cloud.gateway.support.ServerWebExchangeUtils;
import org.springframework.http.codec.ServerCodecConfigurer;
import org.springframework.http.server.reactive.HttpHandler;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.adapter.WebHttpHandlerBuilder;
import reactor.core.publisher.Mono;

/**
 * The two routes of Spring Cloud Gateway, and the way into them: straight to the filters, for the map has chosen the way,
 * and a second search by predicates could only cost time or find another. Any thread.
 */
public final class Streams {
    /** Filters that look at the answer stand before the one that writes it. */
    static final int BEFORE_THE_ANSWER_IS_WRITTEN = NettyWriteResponseFilter.WRITE_RESPONSE_FILTER_ORDER - 1;

    private static final URI CHOSEN_BY_THE_TENANT = URI.create("http://tenant.invalid");

    private final HttpHandler backend;
    private final HttpHandler storefront;

    /**
     * @param filters the gateway's own
     * @param codecs which an exchange must have, and no stream uses
     * @param pekoPay the filter that attaches a tenant's credentials
     * @param limit of a backend call, until its answer begins
     */
    public Streams(
            List<GlobalFilter> filters,
            ServerCodecConfigurer codecs,
            GatewayFilter pekoPay,
            GatewayFilter storefront,
            Duration connectTimeout,
            Duration limit) {
        this.backend = gateway(
                filters,
                codecs,
                route("backend", pekoPay)
                        .metadata(Map.of(
                                RouteMetadataUtils.CONNECT_TIMEOUT_ATTR,
                                connectTimeout.toMillis(),
                                RouteMetadataUtils.RESPONSE_TIMEOUT_ATTR,
                                limit.toMillis()))
                        .build());
        this.storefront = gateway(
                filters,
                codecs,
                route("storefront", new OrderedGatewayFilter(storefront, BEFORE_THE_ANSWER_IS_WRITTEN))
                        .build());
    }

    private static Route.AsyncBuilder route(String id, GatewayFilter filter) {
        return Route.async()
                .id(id)
                .uri(CHOSEN_BY_THE_TENANT)
                .predicate(exchange -> false) // nobody asks
                .filter(filter);
    }

    private static HttpHandler gateway(List<GlobalFilter> filters, ServerCodecConfigurer codecs, Route route) {
        FilteringWebHandler handler = new SortedOnce(filters, route);
        return WebHttpHandlerBuilder.webHandler(exchange -> {
                    exchange.getAttributes().put(ServerWebExchangeUtils.GATEWAY_ROUTE_ATTR, route);
                    return handler.handle(exchange);
                })
                .codecConfigurer(codecs)
                .exceptionHandler(new StreamProblems())
                .build();
    }

    /** To the tenant's own PekoPay, with its credentials. */
    public Mono<Void> backend(Call call) {
        return pass(call, "backend", backend);
    }

    /** To the tenant's shop. */
    public Mono<Void> storefront(Call call) {
        return pass(call, "storefront", storefront);
    }

    private static Mono<Void> pass(Call call, String name, HttpHandler gateway) {
        call.route(name);
        return gateway.handle(new StreamedRequest(call, call.request()), call.response());
    }

    /** Null-free: a request that did not come by this way is refused. */
    static Call call(ServerWebExchange exchange) {
        if (exchange.getRequest() instanceof StreamedRequest streamed) {
            return streamed.call();
        }
        throw EdgeProblem.of(Problem.NOT_FOUND, "There is nothing here.");
    }

    /** Sorts the filters of its one route when it is made, not for each request. */
    private static final class SortedOnce extends FilteringWebHandler {
        private final List<GatewayFilter> sorted;

        SortedOnce(List<GlobalFilter> filters, Route route) {
            super(filters, false);
            this.sorted = List.copyOf(getAllFilters(route));
        }

        @Override
        protected List<GatewayFilter> getCombinedFilters(Route route) {
            return sorted;
        }
    }
}
