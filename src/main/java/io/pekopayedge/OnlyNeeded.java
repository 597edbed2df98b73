package io.pekopayedge;

import java.util.Set;
import org.springframework.boot.autoconfigure.AutoConfigurationImportFilter;
import org.springframework.boot.autoconfigure.AutoConfigurationMetadata;
import org.springframework.context.EnvironmentAware;
import org.springframework.core.env.Environment;

/**
 * The auto-configurations that the gateway stands on; whatever else a part brings is not even loaded. A list of what is
 * wanted starts sooner than one of what is not, and takes in nothing new with a new version. Redis' client is there only
 * where the ledger is kept in it. Used at start.
 */
final class OnlyNeeded implements AutoConfigurationImportFilter, EnvironmentAware {
    private static final String BOOT = "org.springframework.boot.autoconfigure.";
    private static final String OPERATING = "org.springframework.boot.actuate.autoconfigure.";
    private static final String BREAKERS = "io.github.resilience4j.springboot3.circuitbreaker.autoconfigure.";

    private static final Set<String> NEEDED = Set.of(
            BOOT + "availability.ApplicationAvailabilityAutoConfiguration",
            BOOT + "context.ConfigurationPropertiesAutoConfiguration",
            BOOT + "context.LifecycleAutoConfiguration",
            BOOT + "context.PropertyPlaceholderAutoConfiguration",
            BOOT + "http.codec.CodecsAutoConfiguration",
            BOOT + "info.ProjectInfoAutoConfiguration",
            BOOT + "jackson.JacksonAutoConfiguration",
            BOOT + "netty.NettyAutoConfiguration",
            BOOT + "reactor.ReactorAutoConfiguration",
            BOOT + "ssl.SslAutoConfiguration",
            BOOT + "web.embedded.EmbeddedWebServerFactoryCustomizerAutoConfiguration",
            BOOT + "web.reactive.HttpHandlerAutoConfiguration",
            BOOT + "web.reactive.ReactiveWebServerFactoryAutoConfiguration",
            BOOT + "web.reactive.WebFluxAutoConfiguration",
            BOOT + "web.reactive.error.ErrorWebFluxAutoConfiguration",
            "org.springframework.cloud.gateway.config.GatewayAutoConfiguration",
            BREAKERS + "CircuitBreakerAutoConfiguration",
            BREAKERS + "CircuitBreakerMetricsAutoConfiguration",
            OPERATING + "availability.AvailabilityHealthContributorAutoConfiguration",
            OPERATING + "availability.AvailabilityProbesAutoConfiguration",
            OPERATING + "endpoint.EndpointAutoConfiguration",
            OPERATING + "endpoint.jackson.JacksonEndpointAutoConfiguration",
            OPERATING + "endpoint.web.WebEndpointAutoConfiguration",
            OPERATING + "health.HealthContributorAutoConfiguration",
            OPERATING + "health.HealthEndpointAutoConfiguration",
            OPERATING + "info.InfoContributorAutoConfiguration",
            OPERATING + "info.InfoEndpointAutoConfiguration",
            OPERATING + "metrics.CompositeMeterRegistryAutoConfiguration",
            OPERATING + "metrics.JvmMetricsAutoConfiguration",
            OPERATING + "metrics.LogbackMetricsAutoConfiguration",
            OPERATING + "metrics.MetricsAutoConfiguration",
            OPERATING + "metrics.SystemMetricsAutoConfiguration",
            OPERATING + "metrics.export.prometheus.PrometheusMetricsExportAutoConfiguration",
            OPERATING + "metrics.startup.StartupTimeMetricsListenerAutoConfiguration",
            OPERATING + "observation.ObservationAutoConfiguration",
            OPERATING + "observation.web.reactive.WebFluxObservationAutoConfiguration",
            OPERATING + "opentelemetry.OpenTelemetryAutoConfiguration",
            OPERATING + "ssl.SslObservabilityAutoConfiguration",
            OPERATING + "tracing.MicrometerTracingAutoConfiguration",
            OPERATING + "tracing.NoopTracerAutoConfiguration",
            OPERATING + "tracing.OpenTelemetryTracingAutoConfiguration",
            OPERATING + "tracing.otlp.OtlpTracingAutoConfiguration",
            OPERATING + "tracing.prometheus.PrometheusExemplarsAutoConfiguration",
            OPERATING + "web.reactive.ReactiveManagementContextAutoConfiguration",
            OPERATING + "web.server.ManagementContextAutoConfiguration");

    private static final Set<String> NEEDED_WITH_REDIS = Set.of(
            BOOT + "data.redis.RedisAutoConfiguration", OPERATING + "metrics.redis.LettuceMetricsAutoConfiguration");

    private boolean withRedis;

    @Override
    public void setEnvironment(Environment environment) {
        withRedis = LedgerBeans.inRedis(environment);
    }

    /** @param names of auto-configurations and of what these import; null where another filter has taken one out */
    @Override
    public boolean[] match(String[] names, AutoConfigurationMetadata metadata) {
        boolean[] match = new boolean[names.length];
        for (int i = 0; i < names.length; i++) {
            match[i] = names[i] != null && (!names[i].endsWith("AutoConfiguration") || needed(names[i]));
        }
        return match;
    }

    private boolean needed(String name) {
        return NEEDED.contains(name) || (withRedis && NEEDED_WITH_REDIS.contains(name));
    }
}
