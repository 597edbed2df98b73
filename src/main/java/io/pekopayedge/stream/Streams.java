package io.pekopayedge.stream;

import io.pekopayedge.guard.Call;
import io.pekopayedge.problem.EdgeProblem;
import io.pekopayedge.problem.Problem;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.springframework.cloud.gateway.filter.GatewayFilter;
import org.springframework.cloud.gateway.filter.NettyWriteResponseFilter;
import org.springframework.cloud.gateway.filter.OrderedGatewayFilter;
import org.springframework.cloud.gateway.route.Route;
import org.springframework.cloud.gateway.route.RouteLocator;
import org.springframework.cloud.gateway.support.RouteMetadataUtils;
import org.springframework.http.server.reactive.HttpHandler;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The two routes of Spring Cloud Gateway, and the way into them. Only requests that came by {@link #pass} match. */
public final class Streams {
    /** Filters that look at the answer stand before the one that writes it. */
    static final int BEFORE_THE_ANSWER_IS_WRITTEN = NettyWriteResponseFilter.WRITE_RESPONSE_FILTER_ORDER - 1;

    private static final String BACKEND = "backend";
    private static final URI CHOSEN_BY_THE_TENANT = URI.create("http://tenant.invalid");

    private Streams() {}

    /**
     * @param pekoPay the filter that attaches a tenant's credentials
     * @param limit of a backend call, until its answer begins
     */
    public static RouteLocator routes(
            GatewayFilter pekoPay, GatewayFilter storefront, Duration connectTimeout, Duration limit) {
        Map<String, Object> times = Map.of(
                RouteMetadataUtils.CONNECT_TIMEOUT_ATTR,
                connectTimeout.toMillis(),
                RouteMetadataUtils.RESPONSE_TIMEOUT_ATTR,
                limit.toMillis());
        Flux<Route> routes = Flux.just(
                Route.async()
                        .id(BACKEND)
                        .uri(CHOSEN_BY_THE_TENANT)
                        .predicate(exchange -> isStreamed(exchange)
                                && BACKEND.equals(call(exchange).route()))
                        .metadata(times)
                        .filters(List.of(pekoPay))
                        .build(),
                Route.async()
                        .id("storefront")
                        .uri(CHOSEN_BY_THE_TENANT)
                        .order(1)
                        .predicate(Streams::isStreamed)
                        .filters(List.of(new OrderedGatewayFilter(storefront, BEFORE_THE_ANSWER_IS_WRITTEN)))
                        .build());
        return () -> routes;
    }

    /** Hands a request with its tenant to Spring Cloud Gateway. */
    public static Mono<Void> pass(Call call, String route, HttpHandler gateway) {
        call.route(route);
        return gateway.handle(new StreamedRequest(call, call.request()), call.response());
    }

    private static boolean isStreamed(ServerWebExchange exchange) {
        return exchange.getRequest() instanceof StreamedRequest;
    }

    /** Null-free: a request that did not come by {@link #pass} is refused. */
    static Call call(ServerWebExchange exchange) {
        if (exchange.getRequest() instanceof StreamedRequest streamed) {
            return streamed.call();
        }
        throw EdgeProblem.of(Problem.NOT_FOUND, "There is nothing here.");
    }
}
