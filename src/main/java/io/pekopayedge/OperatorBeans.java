package io.pekopayedge;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.config.MeterFilter;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import io.pekopayedge.charge.Charges;
import io.pekopayedge.console.ChargesEndpoint;
import io.pekopayedge.console.TenantGauges;
import io.pekopayedge.console.TenantsEndpoint;
import io.pekopayedge.ledger.TokenLedger;
import io.pekopayedge.meter.EdgeMeters;
import io.pekopayedge.settings.EdgeClock;
import io.pekopayedge.settings.EdgeSettings;
import io.pekopayedge.tenant.TenantSource;
import io.pekopayedge.tenant.Tenants;
import io.pekopayedge.token.Reserves;
import io.pekopayedge.upstream.CredentialWatch;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What the operator sees, on the management port. */
@Configuration(proxyBeanMethods = false)
class OperatorBeans {
    private static final String BREAKER_STATE = "resilience4j.circuitbreaker.state";

    @Bean
    TenantsEndpoint tenantsEndpoint(
            Tenants tenants,
            TenantSource source,
            Reserves reserves,
            Charges charges,
            TokenLedger ledger,
            EdgeMeters meters,
            CredentialWatch watch) {
        return new TenantsEndpoint(tenants, source, reserves, charges, ledger, meters, watch);
    }

    @Bean
    ChargesEndpoint chargesEndpoint(TokenLedger ledger) {
        return new ChargesEndpoint(ledger);
    }

    @Bean
    TenantGauges tenantGauges(
            MeterRegistry registry,
            EdgeMeters meters,
            Tenants tenants,
            TenantSource source,
            TokenLedger ledger,
            Charges charges,
            EdgeSettings settings,
            EdgeClock clock) {
        return new TenantGauges(registry, meters, tenants, source, ledger, charges, settings, clock);
    }

    /** Off until somebody collects: {@code management.otlp.tracing.endpoint} brings an exporter of spans. */
    @Bean
    Traces traces(ObjectProvider<SpanExporter> exporters, Tracer tracer) {
        return new Traces(exporters.stream().findAny().isPresent() ? tracer : null);
    }

    /** Ten thousand tenants must not be millions of series: of Resilience4j only the state is published. */
    @Bean
    MeterFilter onlyBreakerStates() {
        return MeterFilter.deny(
                id -> id.getName().startsWith("resilience4j.") && !id.getName().equals(BREAKER_STATE));
    }

    /** Names of upstream hosts and paths are no tags: the gateway's own client is not observed. */
    @Bean
    MeterFilter noClientRequests() {
        return MeterFilter.denyNameStartsWith("http.client.requests");
    }
}
