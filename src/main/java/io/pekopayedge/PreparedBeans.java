package io.pekopayedge;

import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.springframework.boot.actuate.autoconfigure.web.server.ManagementPortType;
import org.springframework.boot.context.event.ApplicationEnvironmentPreparedEvent;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.context.ApplicationListener;
import org.springframework.core.SpringProperties;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.Environment;
import org.springframework.core.env.PropertySource;
import org.springframework.util.ClassUtils;

/**
 * Whether the beans are those that the build has worked out. To find which there are and under which conditions is half of
 * a start, and comes out the same each time unless a property of Spring's bears on it. Where one is set that is not known
 * to leave the beans as they are, or the ledger is in Redis, they are found anew: slower, and always right. Used at start,
 * when the configuration has been read.
 */
final class PreparedBeans implements ApplicationListener<ApplicationEnvironmentPreparedEvent> {
    private static final String FOUND_BY_THE_BUILD =
            EdgeApplication.class.getName() + "__ApplicationContextInitializer";
    private static final String OURS = "class path resource [application.yml]";

    /** What conditions of beans ask for begins with one of these. */
    private static final Set<String> SPRINGS = Set.of("management", "resilience4j", "server", "spring");

    /** And what is read later, by the beans themselves, lies below these. */
    private static final List<ConfigurationPropertyName> HARMLESS = Stream.of(
                    "management.server",
                    "server.address",
                    "server.http2",
                    "server.max-http-request-header-size",
                    "server.netty",
                    "server.port",
                    "server.shutdown",
                    "server.ssl",
                    "spring.application",
                    "spring.cloud.client", // set by Spring Cloud itself
                    "spring.config",
                    "spring.ssl",
                    "spring.webflux.hiddenmethod") // and by its gateway
            .map(ConfigurationPropertyName::of)
            .toList();

    @Override
    public void onApplicationEvent(ApplicationEnvironmentPreparedEvent event) {
        boolean fit = ClassUtils.isPresent(FOUND_BY_THE_BUILD, null)
                && !Boolean.getBoolean("spring.aot.processing")
                && fit(event.getEnvironment());
        SpringProperties.setProperty("spring.aot.enabled", Boolean.toString(fit));
    }

    static boolean fit(ConfigurableEnvironment environment) {
        return !LedgerBeans.inRedis(environment)
                && ManagementPortType.get(environment) == ManagementPortType.DIFFERENT
                && names(environment).noneMatch(PreparedBeans::mayBear);
    }

    private static Stream<ConfigurationPropertyName> names(Environment environment) {
        return StreamSupport.stream(
                        ConfigurationPropertySources.get(environment).spliterator(), false)
                .filter(source -> !isOurs(source))
                .filter(IterableConfigurationPropertySource.class::isInstance)
                .map(IterableConfigurationPropertySource.class::cast)
                .flatMap(IterableConfigurationPropertySource::stream);
    }

    private static boolean isOurs(ConfigurationPropertySource source) {
        return source.getUnderlyingSource() instanceof PropertySource<?> named
                && named.getName().contains(OURS);
    }

    private static boolean mayBear(ConfigurationPropertyName name) {
        return !name.isEmpty()
                && SPRINGS.contains(name.getElement(0, ConfigurationPropertyName.Form.UNIFORM))
                && HARMLESS.stream().noneMatch(harmless -> harmless.equals(name) || harmless.isAncestorOf(name));
    }
}
