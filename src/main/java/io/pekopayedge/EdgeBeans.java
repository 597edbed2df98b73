package io.pekopayedge;

import com.github.benmanes.caffeine.cache.Ticker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.micrometer.core.instrument.MeterRegistry;
import io.pekopayedge.charge.ChargeDesk;
import io.pekopayedge.charge.Charges;
import io.pekopayedge.door.Door;
import io.pekopayedge.door.LastCall;
import io.pekopayedge.guard.ClientAddress;
import io.pekopayedge.guard.Flows;
import io.pekopayedge.guard.Limits;
import io.pekopayedge.ledger.TokenLedger;
import io.pekopayedge.meter.EdgeMeters;
import io.pekopayedge.settings.EdgeClock;
import io.pekopayedge.settings.EdgeSettings;
import io.pekopayedge.stream.InterimAnswers;
import io.pekopayedge.stream.NoSpareParts;
import io.pekopayedge.stream.Onward;
import io.pekopayedge.stream.PekoPayCredentialsGatewayFilterFactory;
import io.pekopayedge.stream.StorefrontFilter;
import io.pekopayedge.stream.Streams;
import io.pekopayedge.tenant.Placeholders;
import io.pekopayedge.tenant.TenantSource;
import io.pekopayedge.tenant.Tenants;
import io.pekopayedge.token.Reserves;
import io.pekopayedge.token.TokenDesk;
import io.pekopayedge.upstream.Breakers;
import io.pekopayedge.upstream.CredentialWatch;
import io.pekopayedge.upstream.PekoPay;
import io.pekopayedge.upstream.PekoPayClient;
import io.pekopayedge.upstream.UpstreamTls;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.springframework.boot.autoconfigure.web.ServerProperties;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.web.embedded.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.web.embedded.netty.NettyServerCustomizer;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.cloud.gateway.config.HttpClientCustomizer;
import org.springframework.cloud.gateway.filter.GlobalFilter;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.Environment;
import org.springframework.http.codec.ServerCodecConfigurer;
import org.springframework.http.server.reactive.HttpHandler;
import reactor.core.scheduler.Schedulers;

/** How the rooms are put together. */
@Configuration(proxyBeanMethods = false)
class EdgeBeans {
    /** SSL bundle whose trust store is used towards PekoPay and storefronts, where one of that name is configured. */
    private static final String TRUST_BUNDLE = "pekopay";

    @Bean
    EdgeClock edgeClock() {
        return new EdgeClock(
                Clock.systemUTC(),
                Ticker.systemTicker(),
                Schedulers.parallel(),
                () -> ThreadLocalRandom.current().nextLong());
    }

    @Bean
    Tenants tenants() {
        return new Tenants();
    }

    @Bean
    CredentialWatch credentialWatch(EdgeClock clock) {
        return new CredentialWatch(clock.wall());
    }

    @Bean
    UpstreamTls upstreamTls(EdgeSettings settings, SslBundles bundles) {
        return new UpstreamTls(
                bundles.getBundleNames().contains(TRUST_BUNDLE)
                        ? bundles.getBundle(TRUST_BUNDLE).getManagers().getTrustManagerFactory()
                        : null,
                settings.charge().connectTimeout());
    }

    @Bean
    PekoPayClient pekoPayClient(EdgeSettings settings, EdgeClock clock, UpstreamTls tls) {
        return new PekoPayClient(settings.charge().connectTimeout(), clock, tls);
    }

    @Bean
    PekoPay pekoPay(PekoPayClient client, CredentialWatch watch, EdgeClock clock) {
        return new PekoPay(client, watch, clock);
    }

    @Bean
    Breakers breakers(CircuitBreakerRegistry registry, EdgeClock clock, EdgeSettings settings) {
        return new Breakers(registry, clock, settings.breaker());
    }

    @Bean
    EdgeMeters edgeMeters(MeterRegistry registry, EdgeClock clock) {
        return new EdgeMeters(registry, clock);
    }

    @Bean
    Flows flows(EdgeSettings settings) {
        return new Flows(settings.flow());
    }

    @Bean
    ClientAddress clientAddress(EdgeSettings settings, EdgeClock clock) {
        return new ClientAddress(settings.limits().trustedProxies(), clock);
    }

    @Bean
    Limits limits(EdgeSettings settings, EdgeClock clock, EdgeMeters meters) {
        return new Limits(
                settings.limits(), clock, (tenant, limit) -> meters.of(tenant).limited(limit));
    }

    @Bean
    Reserves reserves(
            EdgeSettings settings,
            EdgeClock clock,
            Tenants tenants,
            PekoPay pekoPay,
            TokenLedger ledger,
            Breakers breakers,
            EdgeMeters meters) {
        return new Reserves(settings, clock, tenants, pekoPay, ledger, breakers, meters);
    }

    @Bean
    TokenDesk tokenDesk(
            Reserves reserves,
            TokenLedger ledger,
            Flows flows,
            Limits limits,
            ClientAddress addresses,
            EdgeMeters meters,
            EdgeClock clock,
            EdgeSettings settings) {
        return new TokenDesk(reserves, ledger, flows, limits, addresses, meters, clock, settings.flow());
    }

    @Bean
    Charges charges(
            TokenLedger ledger,
            PekoPay pekoPay,
            Breakers breakers,
            Limits limits,
            EdgeMeters meters,
            EdgeSettings settings,
            EdgeClock clock) {
        return new Charges(ledger, pekoPay, breakers, limits, meters, settings, clock);
    }

    @Bean
    ChargeDesk chargeDesk(
            Charges charges,
            Flows flows,
            Limits limits,
            ClientAddress addresses,
            EdgeMeters meters,
            EdgeClock clock,
            EdgeSettings settings) {
        return new ChargeDesk(charges, flows, limits, addresses, meters, clock, settings.charge());
    }

    /** Created last of the rooms: whoever listens for tenants must be there when the first ones come. */
    @Bean(initMethod = "start")
    TenantSource tenantSource(
            EdgeSettings settings,
            ConfigurableEnvironment environment,
            Tenants tenants,
            EdgeClock clock,
            List<Tenants.Listener> listeners) {
        listeners.forEach(tenants::listen);
        return new TenantSource(settings, Placeholders.of(environment), tenants, clock);
    }

    /** Takes the place of Spring's own: the public port is ours, the management port stays as it is. */
    @Bean
    HttpHandler httpHandler(
            Tenants tenants, TokenDesk tokens, ChargeDesk charges, Streams streams, Traces traces, EdgeClock clock) {
        return new EdgeRoutes(tenants, tokens, charges, streams, new RequestLog(clock), traces, clock);
    }

    @Bean
    Rehearsal rehearsal(PekoPayClient client, EdgeSettings settings, EdgeClock clock, Environment environment) {
        return new Rehearsal(client, settings, clock, environment);
    }

    @Bean
    NettyServerCustomizer keepReading() {
        return KeepReading::apply;
    }

    /** Of the public port alone: the management port's context does not inherit customizers of this kind. */
    @Bean
    WebServerFactoryCustomizer<NettyReactiveWebServerFactory> door(ServerProperties server, LastCall lastCall) {
        Door door = new Door(
                Math.toIntExact(server.getNetty().getMaxInitialLineLength().toBytes()),
                Math.toIntExact(server.getMaxHttpRequestHeaderSize().toBytes()),
                lastCall);
        return factory -> factory.addServerCustomizers(door::before);
    }

    @Bean
    PekoPayCredentialsGatewayFilterFactory pekoPayCredentials(CredentialWatch watch) {
        return new PekoPayCredentialsGatewayFilterFactory(watch);
    }

    @Bean
    Streams streams(
            List<GlobalFilter> filters,
            ServerCodecConfigurer codecs,
            PekoPayCredentialsGatewayFilterFactory pekoPay,
            Tenants tenants,
            ClientAddress addresses,
            EdgeSettings settings) {
        return new Streams(
                filters,
                codecs,
                pekoPay.apply(new Object()),
                new StorefrontFilter(settings.flow().cookie(), tenants, addresses),
                settings.charge().connectTimeout(),
                settings.charge().timeout());
    }

    @Bean
    static NoSpareParts noSpareParts() {
        return new NoSpareParts();
    }

    @Bean
    Onward onward() {
        return new Onward();
    }

    /** Streams are never re-sent by the client below, and end after a silence. */
    @Bean
    HttpClientCustomizer gatewayClient(UpstreamTls tls) {
        return client -> InterimAnswers.endIn(tls.on(client))
                .disableRetry(true)
                .followRedirect(false)
                .responseTimeout(StorefrontFilter.SILENCE);
    }
}
