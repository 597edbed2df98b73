package io.pekopayedge.meter;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * One tenant's counts. A series appears at its first use; all go with {@link #close()}. Any thread; recording takes no
 * lock once a series exists.
 */
public final class TenantMeters implements AutoCloseable {
    /** Bucket bounds of all histograms: from a token at hand to a slow card authorisation. */
    private static final Duration[] BUCKETS = {
        Duration.ofMillis(1),
        Duration.ofMillis(5),
        Duration.ofMillis(20),
        Duration.ofMillis(50),
        Duration.ofMillis(100),
        Duration.ofMillis(300),
        Duration.ofSeconds(1),
        Duration.ofSeconds(3),
        Duration.ofSeconds(10)
    };

    private final MeterRegistry registry;
    private final String tenant;
    private final Map<Enum<?>, Timer> tokenRequests = new ConcurrentHashMap<>();
    private final Map<Enum<?>, Timer> mints = new ConcurrentHashMap<>();
    private final Map<String, Map<Enum<?>, Timer>> charges = new ConcurrentHashMap<>();
    private final Map<String, Counter> counters = new ConcurrentHashMap<>();
    private volatile long lastMintNanos;
    private volatile long lastUsed;
    private volatile boolean closed;

    TenantMeters(MeterRegistry registry, String tenant, long now) {
        this.registry = registry;
        this.tenant = tenant;
        this.lastUsed = now;
    }

    public void tokenRequest(TokenOutcome outcome, long nanos) {
        timer(tokenRequests, "pekopay.edge.token.requests", outcome, Tags.empty())
                .record(nanos, TimeUnit.NANOSECONDS);
    }

    public void mint(MintOutcome outcome, long nanos) {
        lastMintNanos = nanos;
        timer(mints, "pekopay.edge.mint", outcome, Tags.empty()).record(nanos, TimeUnit.NANOSECONDS);
    }

    /** @param intent one of the tenant's, or {@code none} */
    public void charge(String intent, ChargeOutcome outcome, long nanos) {
        Map<Enum<?>, Timer> timers = charges.get(intent);
        if (timers == null) {
            timers = charges.computeIfAbsent(intent, name -> new ConcurrentHashMap<>());
        }
        timer(timers, "pekopay.edge.charge", outcome, Tags.of("intent", intent)).record(nanos, TimeUnit.NANOSECONDS);
    }

    public void cardDataRefused() {
        counter("pekopay.edge.card.data.refused", Tags.empty());
    }

    /** @param limit the setting's name */
    public void limited(String limit) {
        counter("pekopay.edge.limited", Tags.of("limit", limit));
    }

    /** PekoPay gave out a token for the second time. */
    public void tokenRepeated() {
        counter("pekopay.edge.tokens.repeated", Tags.empty());
    }

    public long chargesThatWere(ChargeOutcome outcome) {
        return charges.values().stream()
                .map(timers -> timers.get(outcome))
                .mapToLong(timer -> timer == null ? 0 : timer.count())
                .sum();
    }

    public long mintsThatWere(MintOutcome outcome) {
        Timer timer = mints.get(outcome);
        return timer == null ? 0 : timer.count();
    }

    /** Milliseconds of the last mint call; 0 before the first. */
    public long lastMintMillis() {
        return TimeUnit.NANOSECONDS.toMillis(lastMintNanos);
    }

    void used(long now) {
        lastUsed = now;
    }

    long lastUsed() {
        return lastUsed;
    }

    private Timer timer(Map<Enum<?>, Timer> known, String name, Enum<?> outcome, Tags more) {
        Timer timer = known.get(outcome);
        return timer != null
                ? timer
                : unlessClosed(known.computeIfAbsent(
                        outcome,
                        o -> Timer.builder(name)
                                .tags(more.and("tenant", tenant, "outcome", label(outcome)))
                                .serviceLevelObjectives(BUCKETS)
                                .register(registry)));
    }

    private void counter(String name, Tags more) {
        unlessClosed(counters.computeIfAbsent(name + more, key -> registry.counter(name, more.and("tenant", tenant))))
                .increment();
    }

    /** Who got hold of these counts just before they were closed must not leave a series behind for ever. */
    private <M extends Meter> M unlessClosed(M meter) {
        if (closed) {
            remove(meter);
        }
        return meter;
    }

    private static String label(Enum<?> outcome) {
        return outcome.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Takes this tenant's series away. */
    @Override
    public void close() {
        closed = true;
        tokenRequests.values().forEach(this::remove);
        mints.values().forEach(this::remove);
        charges.values().forEach(timers -> timers.values().forEach(this::remove));
        counters.values().forEach(this::remove);
    }

    private void remove(Meter meter) {
        registry.remove(meter);
    }
}
