package io.pekopayedge;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/** What an operator sets, and whether the beans that the build has found still fit. */
class PreparedBeansTest {
    private static final Map<String, Object> OURS = Map.of(
            "server.port", "8080",
            "server.forward-headers-strategy", "none",
            "management.server.port", "8081",
            "management.endpoints.access.default", "none");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "server.port=80",
                "server.ssl.bundle=door",
                "management.server.address=0.0.0.0",
                "management.server.port=0",
                "spring.config.import=configtree:/run/secrets/",
                "spring.ssl.bundle.pem.pekopay.truststore.certificate=authority.pem",
                "logging.level.root=WARN",
                "pekopay.edge.charge.ledger=memory",
                "pekopay.edge.mint.rate=7",
                "servers=many",
                "springs=hot"
            })
    void fit_whatLeavesTheBeansAsTheyAre(String setting) {
        assertThat(fitsWith(setting)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "pekopay.edge.charge.ledger=redis",
                "pekopay.edge.charge.ledger=Redis",
                "pekopay.edge.charge.ledger=REDIS ",
                "management.server.port=8080",
                "management.server.port=-1",
                "management.otlp.tracing.endpoint=http://collector:4318/v1/traces",
                "management.serverless=true",
                "management.endpoint.health.show-details=always",
                "server.forward-headers-strategy=framework",
                "spring.data.redis.host=redis",
                "spring.main.lazy-initialization=true",
                "spring.profiles.active=night",
                "resilience4j.circuitbreaker.enabled=false"
            })
    void fit_not_whereABeanMayDependOnIt(String setting) {
        assertThat(fitsWith(setting)).isFalse();
    }

    private static boolean fitsWith(String setting) {
        String name = setting.substring(0, setting.indexOf('='));
        Object value = setting.substring(setting.indexOf('=') + 1);
        boolean asProperty = PreparedBeans.fit(environment(new MapPropertySource("asked", Map.of(name, value))));
        Map<String, Object> variable =
                Map.of(name.toUpperCase().replace("-", "").replace('.', '_'), value);
        boolean asVariable = PreparedBeans.fit(
                environment(new SystemEnvironmentPropertySource("asked-systemEnvironment", variable)));
        assertThat(asVariable).as("as %s", variable).isEqualTo(asProperty);
        return asProperty;
    }

    private static StandardEnvironment environment(MapPropertySource asked) {
        StandardEnvironment environment = new StandardEnvironment();
        environment.getPropertySources().remove(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME);
        environment.getPropertySources().remove(StandardEnvironment.SYSTEM_PROPERTIES_PROPERTY_SOURCE_NAME);
        environment.getPropertySources().addLast(asked);
        environment
                .getPropertySources()
                .addLast(new MapPropertySource(
                        "Config resource 'class path resource [application.yml]' via location 'optional:classpath:/'",
                        new HashMap<>(OURS)));
        return environment;
    }
}
