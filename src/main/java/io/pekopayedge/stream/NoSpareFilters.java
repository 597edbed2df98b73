package io.pekopayedge.stream;

import java.util.List;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.BeanDefinitionRegistryPostProcessor;

/**
 * Takes out the gateway's filters that copy every request's fields to clean them: {@link Onward} puts in their place what
 * was built, whatever they did. There is no property for it. Used at start.
 */
public final class NoSpareFilters implements BeanDefinitionRegistryPostProcessor {
    private static final List<String> SPARE = List.of("removeForwardedHeadersFilter", "removeXForwardedHeadersFilter");

    @Override
    public void postProcessBeanDefinitionRegistry(BeanDefinitionRegistry registry) {
        SPARE.stream().filter(registry::containsBeanDefinition).forEach(registry::removeBeanDefinition);
    }

    @Override
    public void postProcessBeanFactory(ConfigurableListableBeanFactory factory) {}
}
