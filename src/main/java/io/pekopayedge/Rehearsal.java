package io.pekopayedge;

import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.github.resilience4j.micrometer.tagged.TaggedCircuitBreakerMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.netty.handler.codec.http.HttpMethod;
import io.pekopayedge.guard.ClientAddress;
import io.pekopayedge.guard.Flows;
import io.pekopayedge.guard.Limits;
import io.pekopayedge.ledger.Digest;
import io.pekopayedge.ledger.MemoryLedger;
import io.pekopayedge.meter.EdgeMeters;
import io.pekopayedge.settings.EdgeClock;
import io.pekopayedge.settings.EdgeSettings;
import io.pekopayedge.tenant.BasicCredentials;
import io.pekopayedge.tenant.Tenant;
import io.pekopayedge.tenant.Tenants;
import io.pekopayedge.token.Reserves;
import io.pekopayedge.token.TokenDesk;
import io.pekopayedge.upstream.Breakers;
import io.pekopayedge.upstream.CredentialWatch;
import io.pekopayedge.upstream.PassedFields;
import io.pekopayedge.upstream.PekoPay;
import io.pekopayedge.upstream.PekoPayClient;
import io.pekopayedge.upstream.UpstreamReply;
import io.pekopayedge.upstream.UpstreamRequest;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.ApplicationRunner;
import org.springframework.core.env.Environment;
import reactor.core.publisher.Mono;

/**
 * One refresh, played through before the gateway says that it is ready: what has to be loaded for it, the first shopper
 * need not wait for. The play has a tenant, a reserve, a ledger and metrics of its own, which nobody sees; its PekoPay is
 * the gateway's own door, whose refusal passes for a token, and of which nobody behind it learns. Nothing that goes wrong in
 * it matters. Runs on the main thread, which waits for its end.
 */
final class Rehearsal implements ApplicationRunner {
    private static final Duration MOST = Duration.ofSeconds(1);

    private final PekoPayClient client;
    private final EdgeSettings settings;
    private final EdgeClock clock;
    private final Environment environment;

    Rehearsal(PekoPayClient client, EdgeSettings settings, EdgeClock clock, Environment environment) {
        this.client = client;
        this.settings = settings;
        this.clock = clock;
        this.environment = environment;
    }

    @Override
    public void run(ApplicationArguments arguments) throws InterruptedException {
        String port = environment.getProperty("local.server.port");
        if (port == null) {
            return;
        }
        Tenant nobody = nobody(URI.create("http://localhost:" + port));
        Tenants tenants = new Tenants();
        tenants.swap(List.of(nobody));
        Limits limits = new Limits(settings.limits(), clock, (tenant, limit) -> {});
        MemoryLedger ledger = new MemoryLedger(settings.charge(), clock);
        CountDownLatch end = new CountDownLatch(1);
        PrometheusMeterRegistry unseen = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        EdgeMeters meters = new EdgeMeters(unseen, clock);
        CircuitBreakerRegistry ofTheirOwn = CircuitBreakerRegistry.ofDefaults();
        TaggedCircuitBreakerMetrics.ofCircuitBreakerRegistry(ofTheirOwn).bindTo(unseen);
        Breakers breakers = new Breakers(ofTheirOwn, clock, settings.breaker());
        try (Reserves reserves = new Reserves(settings, clock, tenants, pekoPay(), ledger, breakers, meters)) {
            TokenDesk desk = new TokenDesk(
                    reserves,
                    ledger,
                    new Flows(settings.flow()),
                    limits,
                    new ClientAddress(settings.limits().trustedProxies(), clock),
                    meters,
                    clock,
                    settings.flow());
            limits.refresh(nobody.id(), "flow", "client");
            desk.next(nobody, Digest.ofFlow(nobody.id(), "flow"))
                    .timeout(MOST)
                    .subscribe(done -> end.countDown(), error -> end.countDown(), end::countDown);
            end.await(MOST.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private PekoPay pekoPay() {
        AtomicInteger tokens = new AtomicInteger();
        return new PekoPay(
                (request, credentials, limit) -> client.call(atTheDoor(request), credentials, limit)
                        .map(reply -> token(tokens.incrementAndGet()))
                        .onErrorResume(error -> Mono.just(token(tokens.incrementAndGet()))),
                new CredentialWatch(clock.wall()),
                clock);
    }

    private static UpstreamRequest atTheDoor(UpstreamRequest request) {
        return new UpstreamRequest(
                request.tenant(), HttpMethod.GET, "/..", PassedFields.OURS, request.requestId(), null, null);
    }

    private static UpstreamReply token(int number) {
        byte[] json = ("{\"token\":\"rehearsal-" + number + "\"}").getBytes(StandardCharsets.US_ASCII);
        return new UpstreamReply(200, "application/json", null, null, null, null, json);
    }

    private Tenant nobody(URI address) {
        return Tenant.bare("rehearsal", address, new BasicCredentials("rehearsal", "rehearsal"), settings.reserve());
    }
}
