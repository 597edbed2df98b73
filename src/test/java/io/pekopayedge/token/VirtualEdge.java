package io.pekopayedge.token;

import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.pekopayedge.ledger.MemoryLedger;
import io.pekopayedge.meter.EdgeMeters;
import io.pekopayedge.problem.EdgeProblem;
import io.pekopayedge.settings.EdgeClock;
import io.pekopayedge.settings.EdgeSettings;
import io.pekopayedge.tenant.BasicCredentials;
import io.pekopayedge.tenant.Tenant;
import io.pekopayedge.tenant.Tenants;
import io.pekopayedge.upstream.Breakers;
import io.pekopayedge.upstream.CredentialWatch;
import io.pekopayedge.upstream.PekoPay;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import reactor.core.Disposable;
import reactor.test.scheduler.VirtualTimeScheduler;

/** The real reserves, ledger and breakers before a fake PekoPay, in a time that passes when a test says so. */
final class VirtualEdge implements AutoCloseable {
    /** Virtual midnight. */
    static final Instant START = Instant.parse("2026-11-22T00:00:00Z");

    /** What one request got, and when; null fields until then. */
    static final class Asked {
        final String tenant;
        final long at;
        Reserves.@Nullable Leased leased;

        @Nullable
        EdgeProblem problem;

        long answeredAt;
        Disposable running = () -> {};

        private Asked(String tenant, long at) {
            this.tenant = tenant;
            this.at = at;
        }

        boolean answered() {
            return leased != null || problem != null;
        }

        Duration waited() {
            return Duration.ofNanos(answeredAt - at);
        }

        SessionToken token() {
            Reserves.Leased got = leased;
            if (got == null) {
                throw new AssertionError("no token: " + (problem == null ? "still waiting" : problem.getMessage()));
            }
            return got.token();
        }
    }

    private final VirtualTimeScheduler scheduler;
    /** Ticks that passed while nothing ran, as when the process is stopped. */
    private long skipped;

    /** Jumps of the wall clock alone. */
    Duration wallJump = Duration.ZERO;
    /** As {@code nanoTime} may, the ticker wraps a second after the start. */
    final EdgeClock clock;

    final EdgeSettings settings;
    final FakePekoPay pekoPay;
    final Tenants tenants = new Tenants();
    final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    final EdgeMeters meters;
    final CircuitBreakerRegistry breakers = CircuitBreakerRegistry.ofDefaults();
    final CredentialWatch watch;
    final MemoryLedger ledger;
    final Reserves reserves;

    /** @param settings as {@code reserve.cover=20m}, on top of the defaults */
    VirtualEdge(String... settings) {
        this(VirtualTimeScheduler.create(), null, settings);
    }

    /** Another gateway, before the same PekoPay, in the same time. */
    VirtualEdge(VirtualEdge first, String... settings) {
        this(first.scheduler, first.pekoPay, settings);
    }

    private VirtualEdge(VirtualTimeScheduler time, @Nullable FakePekoPay shared, String... settings) {
        this.scheduler = time;
        this.clock = new EdgeClock(
                new Wall(), () -> Long.MAX_VALUE - 1_000_000_000 + elapsed() + this.skipped, time, new Random(7));
        this.pekoPay = shared != null ? shared : new FakePekoPay(clock);
        this.meters = new EdgeMeters(registry, clock);
        this.watch = new CredentialWatch(clock.wall());
        this.settings = settings(settings);
        this.ledger = new MemoryLedger(this.settings.charge(), clock);
        this.reserves = new Reserves(
                this.settings,
                clock,
                tenants,
                new PekoPay(pekoPay, watch, clock),
                ledger,
                new Breakers(breakers, clock, this.settings.breaker()),
                meters);
        tenants.listen(watch);
        tenants.listen(reserves);
    }

    static EdgeSettings settings(String... lines) {
        MapConfigurationPropertySource properties = new MapConfigurationPropertySource();
        for (String line : lines) {
            int equals = line.indexOf('=');
            properties.put("pekopay.edge." + line.substring(0, equals), line.substring(equals + 1));
        }
        return new Binder(properties).bindOrCreate("pekopay.edge", Bindable.of(EdgeSettings.class));
    }

    VirtualEdge serving(String... ids) {
        Map<String, Tenant> all = new LinkedHashMap<>();
        tenants.all().forEach(tenant -> all.put(tenant.id(), tenant));
        for (String id : ids) {
            all.put(id, tenant(id, pair(id, "secret-of-" + id), null));
        }
        tenants.swap(all.values());
        return this;
    }

    /** In place of the tenant of that id. */
    void change(Tenant changed) {
        Map<String, Tenant> all = new LinkedHashMap<>();
        tenants.all().forEach(tenant -> all.put(tenant.id(), tenant));
        all.put(changed.id(), changed);
        tenants.swap(all.values());
    }

    void swap(Collection<Tenant> now) {
        tenants.swap(now);
    }

    static BasicCredentials pair(String id, String secret) {
        return new BasicCredentials("client-" + id, secret);
    }

    Tenant tenant(String id, BasicCredentials current, @Nullable BasicCredentials previous) {
        return tenant(id, current, previous, "https://pekopay.example");
    }

    Tenant tenantAt(String id, String address) {
        return tenant(id, pair(id, "secret-of-" + id), null, address);
    }

    private Tenant tenant(String id, BasicCredentials current, @Nullable BasicCredentials previous, String address) {
        return new Tenant(
                id,
                null,
                URI.create(address),
                Set.of(),
                Set.of(),
                null,
                true,
                current,
                previous,
                Map.of(),
                "charge",
                List.of(),
                settings.reserve(),
                List.of());
    }

    Tenant tenant(String id) {
        Tenant tenant = tenants.byId(id);
        if (tenant == null) {
            throw new AssertionError("no tenant " + id);
        }
        return tenant;
    }

    /** A request for a token, as one flow makes it. */
    Asked ask(String tenant) {
        Asked asked = new Asked(tenant, clock.nanos());
        asked.running = reserves.next(tenant(tenant))
                .subscribe(
                        leased -> {
                            asked.leased = leased;
                            asked.answeredAt = clock.nanos();
                        },
                        error -> {
                            asked.problem = EdgeProblem.from(error);
                            asked.answeredAt = clock.nanos();
                        });
        return asked;
    }

    void pass(Duration time) {
        scheduler.advanceTimeBy(time);
    }

    /** The ticker moves and nothing runs, as while the process is stopped. */
    void stopFor(Duration time) {
        skipped += time.toNanos();
    }

    Reserves.Look look(String tenant) {
        Reserves.Look look = reserves.look(tenant);
        if (look == null) {
            throw new AssertionError(tenant + " is not active");
        }
        return look;
    }

    /** Nanoseconds since the start. */
    long elapsed() {
        return scheduler.now(TimeUnit.NANOSECONDS);
    }

    /** How often anything was scheduled since the start, or came again. */
    long timers() {
        return scheduler.getScheduledTaskCount();
    }

    @Override
    public void close() {
        reserves.close();
    }

    private final class Wall extends Clock {
        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return START.plusNanos(elapsed() + skipped).plus(wallJump);
        }
    }
}
