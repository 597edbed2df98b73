package io.pekopayedge.ledger;

import io.pekopayedge.settings.EdgeClock;
import io.pekopayedge.settings.EdgeSettings.Charge;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The ledger of one process: its promise ends with it, for then earlier tokens are unknown, and refused. Safe for
 * threads; every answer comes at once, on the thread that subscribed.
 *
 * <p>Bounded by {@code charge.memory}: a quarter for running and unknown charges, which are never evicted (beyond it, or
 * beyond half of it for one tenant, {@link #begin} fails with {@code LEDGER_UNAVAILABLE}), the rest for leases and
 * answers. An outcome that stays unknown is forgotten after {@code charge.keep-for}, with an ERROR line.
 */
public final class MemoryLedger implements TokenLedger {
    private static final Logger LOG = LoggerFactory.getLogger(MemoryLedger.class);
    private static final long BYTES_PER_STRIPE = 4L << 20;
    private static final int MOST_STRIPES = 64;
    private static final long SWEEP_MILLIS = 1000;
    private static final int SWEPT_PER_LOCK = 256;

    private final EdgeClock clock;
    private final OpenCharges open;
    private final Stripe[] stripes;
    private Disposable sweeping = Disposables.disposed();

    public MemoryLedger(Charge settings, EdgeClock clock) {
        long memory = settings.memory().toBytes();
        this.clock = clock;
        this.open = new OpenCharges(memory / 4);
        TenantNumbers tenants = new TenantNumbers();
        this.stripes = new Stripe
                [Math.toIntExact(Long.highestOneBit(Math.max(1, Math.min(MOST_STRIPES, memory / BYTES_PER_STRIPE))))];
        for (int i = 0; i < stripes.length; i++) {
            stripes[i] = new Stripe(settings, open, new AtRest(tenants, (memory - memory / 4) / stripes.length));
        }
    }

    /** Sweeps from now on, once a second. */
    public synchronized void start() {
        sweeping.dispose();
        sweeping =
                clock.scheduler().schedulePeriodically(this::sweep, SWEEP_MILLIS, SWEEP_MILLIS, TimeUnit.MILLISECONDS);
    }

    public synchronized void close() {
        sweeping.dispose();
    }

    @Override
    public Mono<Boolean> lease(Digest token, String tenant, @Nullable Digest flow, Duration life) {
        return later(() -> {
            long now = clock.nanos();
            return stripe(token).lease(token, tenant, flow, now + life.toNanos(), now);
        });
    }

    @Override
    public boolean leasesAtOnce() {
        return true;
    }

    @Override
    public Mono<Boolean> known(Digest token) {
        return later(() -> stripe(token).known(token));
    }

    @Override
    public Mono<Boolean> unspent(Digest token) {
        return later(() -> stripe(token).unspent(token, clock.nanos()));
    }

    @Override
    public Mono<Verdict> begin(Attempt attempt) {
        return later(() -> stripe(attempt.token())
                .begin(attempt, clock.nanos(), clock.wall().millis()));
    }

    @Override
    public Mono<Void> finish(Attempt attempt, Outcome outcome) {
        return Mono.fromRunnable(() -> stripe(attempt.token()).finish(attempt, outcome, clock.nanos()));
    }

    @Override
    public Flux<UnknownCharge> unknown() {
        return Flux.defer(() -> Flux.fromStream(
                unknownEntries().map(MemoryLedger::told).sorted(Comparator.comparing(UnknownCharge::since))));
    }

    @Override
    public Mono<UnknownCharge> settle(String id, boolean charged) {
        return Mono.defer(() -> Mono.justOrEmpty(unknownEntries()
                .filter(entry -> entry.lease().id().equals(id))
                .filter(entry -> stripe(entry.lease().token()).settle(entry, charged, clock.nanos()))
                .map(MemoryLedger::told)
                .findFirst()));
    }

    @Override
    public Map<String, Integer> unknownByTenant() {
        return open.unknownByTenant();
    }

    /** Ends what nobody ended and removes what has had its time; writes do a part of this on their way. */
    public void sweep() {
        for (Stripe stripe : stripes) {
            boolean more = true;
            while (more) {
                Stripe.Swept swept = stripe.sweep(clock.nanos(), SWEPT_PER_LOCK);
                swept.ended().forEach(MemoryLedger::logEnded);
                swept.forgotten().forEach(MemoryLedger::logForgotten);
                more = swept.more();
            }
        }
    }

    private Stripe stripe(Digest token) {
        return stripes[token.hashCode() >>> 16 & stripes.length - 1];
    }

    private Stream<Entry.Unknown> unknownEntries() {
        sweep();
        return Stream.of(stripes).flatMap(stripe -> stripe.unknown().stream());
    }

    private static <T> Mono<T> later(Supplier<T> answer) {
        return Mono.fromSupplier(answer);
    }

    private static UnknownCharge told(Entry.Unknown unknown) {
        return new UnknownCharge(
                unknown.lease().id(),
                unknown.lease().tenant(),
                unknown.intent,
                Instant.ofEpochMilli(unknown.since),
                unknown.requestId);
    }

    private static void logEnded(Entry.Unknown charge) {
        LOG.warn(
                "charge {} of tenant {} was never ended: its outcome is unknown (request {})",
                charge.lease().id(),
                charge.lease().tenant(),
                charge.requestId);
    }

    private static void logForgotten(Entry.Unknown charge) {
        LOG.error(
                "charge {} of tenant {} was never settled and is forgotten now (request {})",
                charge.lease().id(),
                charge.lease().tenant(),
                charge.requestId);
    }
}
