package io.pekopayedge.bench;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.cloud.gateway.route.RouteLocator;
import org.springframework.cloud.gateway.route.builder.RouteLocatorBuilder;
import org.springframework.context.annotation.Bean;

/** What every shop would write: the same hop with stock filters. No ledger, no guard, no limit, no reserve. */
@SpringBootConfiguration
@EnableAutoConfiguration
class PlainGateway {
    public static void main(String[] arguments) {
        SpringApplication.run(PlainGateway.class, arguments);
    }

    @Bean
    RouteLocator routes(RouteLocatorBuilder routes, @Value("${upstream}") String upstream) {
        return routes.routes()
                .route(
                        "charge",
                        route -> route.path("/t/{tenant}/api/checkout/charge")
                                .filters(filters -> filters.rewritePath(
                                                "/t/(?<tenant>[^/]+)/.*", "/tenants/${tenant}/transactions")
                                        .setRequestHeader("Authorization", "Basic YWNtZS1jbGllbnQ6c2VjcmV0"))
                                .uri(upstream))
                .route("storefront", route -> route.path("/**").uri(upstream))
                .build();
    }
}
