package io.pekopayedge.stream;

import java.util.List;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.BeanDefinitionRegistryPostProcessor;

/**
 * Takes out the gateway's filters that copy every message's fields to clean them: a request's are put aside for what {@link
 * Onward} brings, an answer's are chosen or cleaned by our own filters. There is no property for it. Used at start.
 */
public final class NoSpareFilters implements BeanDefinitionRegistryPostProcessor {
    private static final List<String> SPARE =
            List.of("removeForwardedHeadersFilter", "removeXForwardedHeadersFilter", "removeHopByHopHeadersFilter");

    @Override
    public void postProcessBeanDefinitionRegistry(BeanDefinitionRegistry registry) {
        SPARE.stream().filter(registry::containsBeanDefinition).forEach(registry::removeBeanDefinition);
    }

    @Override
    public void postProcessBeanFactory(ConfigurableListableBeanFactory factory) {}
}
