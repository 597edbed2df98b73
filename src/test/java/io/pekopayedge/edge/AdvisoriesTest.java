package io.pekopayedge.edge;

import static org.assertj.core.api.Assertions.assertThat;

import io.pekopayedge.sandbox.PekoPaySandbox;
import io.pekopayedge.stream.PekoPayCredentialsGatewayFilterFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.springframework.boot.actuate.endpoint.web.WebEndpointsSupplier;
import org.springframework.cloud.gateway.actuate.AbstractGatewayControllerEndpoint;
import org.springframework.cloud.gateway.filter.GlobalFilter;
import org.springframework.cloud.gateway.filter.NettyRoutingFilter;
import org.springframework.cloud.gateway.filter.NettyWriteResponseFilter;
import org.springframework.cloud.gateway.filter.WebsocketRoutingFilter;
import org.springframework.cloud.gateway.filter.factory.GatewayFilterFactory;
import org.springframework.cloud.gateway.filter.headers.ForwardedHeadersFilter;
import org.springframework.cloud.gateway.filter.headers.XForwardedHeadersFilter;
import org.springframework.cloud.gateway.handler.RoutePredicateHandlerMapping;
import org.springframework.cloud.gateway.handler.predicate.RoutePredicateFactory;
import org.springframework.cloud.gateway.route.RouteDefinitionLocator;
import org.springframework.cloud.gateway.route.RouteLocator;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.handler.SimpleUrlHandlerMapping;
import org.springframework.web.reactive.result.method.annotation.RequestMappingHandlerMapping;
import org.springframework.web.reactive.socket.WebSocketHandler;
import reactor.netty.http.client.HttpClient;

/** The parts of the libraries that the README's list of advisories calls absent, looked for in the running gateway. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AdvisoriesTest {
    private PekoPaySandbox pekoPay;
    private EdgeUnderTest edge;

    @BeforeAll
    void start() {
        pekoPay = PekoPaySandbox.start();
        edge = EdgeUnderTest.start(tenants -> tenants.add("acme", pekoPay.baseUrl()));
    }

    @AfterAll
    void stop() {
        edge.close();
        pekoPay.close();
    }

    @Test
    void springsOwnHandlers_serveNothing() {
        assertThat(edge.beans(RouterFunction.class)).isEmpty();
        assertThat(edge.beans(WebSocketHandler.class)).isEmpty();
        assertThat(edge.beans(WebsocketRoutingFilter.class)).isEmpty();
        assertThat(edge.beans(RequestMappingHandlerMapping.class).values())
                .allSatisfy(mapping -> assertThat(mapping.getHandlerMethods()).isEmpty());
        // Files; and with them compressed files, and what a cache keeps of them.
        assertThat(edge.beans(SimpleUrlHandlerMapping.class).values())
                .allSatisfy(mapping -> assertThat(mapping.getUrlMap()).isEmpty());
    }

    @Test
    void routes_areNeitherSearchedForNorMadeOfText() {
        assertThat(edge.beans(RouteLocator.class)).isEmpty();
        assertThat(edge.beans(RoutePredicateHandlerMapping.class)).isEmpty();
        assertThat(edge.beans(GlobalFilter.class).values().stream().map(Object::getClass))
                .containsExactlyInAnyOrder(NettyRoutingFilter.class, NettyWriteResponseFilter.class);
        // SpEL is for route definitions: nothing reads or takes them, nor is there anything that they could name.
        assertThat(edge.beans(RouteDefinitionLocator.class)).isEmpty();
        assertThat(edge.beans(AbstractGatewayControllerEndpoint.class)).isEmpty();
        assertThat(edge.beans(RoutePredicateFactory.class)).isEmpty();
        assertThat(edge.beans(GatewayFilterFactory.class).values())
                .hasOnlyElementsOfType(PekoPayCredentialsGatewayFilterFactory.class);
        assertThat(System.getProperty("spring.expression.compiler.mode")).isNull();
    }

    @Test
    void endpoints_areTheFive() {
        assertThat(edge.beans(WebEndpointsSupplier.class).values().stream()
                        .flatMap(supplier -> supplier.getEndpoints().stream())
                        .map(endpoint -> endpoint.getEndpointId().toString()))
                .containsExactlyInAnyOrder("health", "info", "prometheus", "tenants", "charges");
    }

    @Test
    void redirects_areFollowedByNobody() {
        assertThat(edge.beans(HttpClient.class).values())
                .isNotEmpty()
                .allSatisfy(client -> assertThat(client.configuration().followRedirectPredicate())
                        .isNull());
    }

    @Test
    void forwardedFields_areNobodysButOurs() {
        assertThat(edge.beans(ForwardedHeadersFilter.class)).isEmpty();
        assertThat(edge.beans(XForwardedHeadersFilter.class)).isEmpty();
    }
}
