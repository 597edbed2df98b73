package io.pekopayedge.stream;

import java.util.Arrays;
import java.util.List;
import org.springframework.beans.factory.annotation.AnnotatedBeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.BeanDefinitionRegistryPostProcessor;

/**
 * Takes out of the gateway what two routes in code have no use for; there is no property for it. The filters that copy
 * every message's fields to clean them: a request's are put aside for what {@link Onward} brings, an answer's are chosen or
 * cleaned by our own filters. Routes from definitions, with the expressions in them and all the parts that they could
 * name. And the search for a route, which {@link Streams} spares, with the steps that only such routes need: what is left
 * of the gateway's own filters sends a request and writes its answer. Used at start.
 */
public final class NoSpareParts implements BeanDefinitionRegistryPostProcessor {
    private static final String GATEWAY = "org.springframework.cloud.gateway.";
    private static final List<String> TO_BE_NAMED =
            List.of(GATEWAY + "filter.factory.", GATEWAY + "handler.predicate.");
    private static final List<String> SPARE = List.of(
            // cleaning and copying fields
            "removeForwardedHeadersFilter",
            "removeXForwardedHeadersFilter",
            "removeHopByHopHeadersFilter",
            "gRPCRequestHeadersFilter",
            "gRPCResponseHeadersFilter",
            "transferEncodingNormalizationHeadersFilter",
            // routes from definitions
            "propertiesRouteDefinitionLocator",
            "inMemoryRouteDefinitionRepository",
            "routeDefinitionLocator",
            "routeDefinitionRouteLocator",
            // finding a route
            "routeLocatorBuilder",
            "cachedCompositeRouteLocator",
            "routeRefreshListener",
            "filteringWebHandler",
            "routePredicateHandlerMapping",
            "globalCorsProperties",
            "corsGatewayFilterApplicationListener",
            "weightCalculatorWebFilter",
            // steps of every route that ours have no use for
            "routeToRequestUrlFilter",
            "forwardRoutingFilter",
            "forwardPathFilter",
            "adaptCachedBodyGlobalFilter",
            "removeCachedBodyFilter");

    @Override
    public void postProcessBeanDefinitionRegistry(BeanDefinitionRegistry registry) {
        Arrays.stream(registry.getBeanDefinitionNames())
                .filter(name -> SPARE.contains(name) || toBeNamed(registry, name))
                .forEach(registry::removeBeanDefinition);
    }

    private static boolean toBeNamed(BeanDefinitionRegistry registry, String name) {
        return registry.getBeanDefinition(name) instanceof AnnotatedBeanDefinition definition
                && definition.getFactoryMethodMetadata() != null
                && TO_BE_NAMED.stream()
                        .anyMatch(definition.getFactoryMethodMetadata().getReturnTypeName()::startsWith);
    }

    @Override
    public void postProcessBeanFactory(ConfigurableListableBeanFactory factory) {}
}
