package io.pekopayedge.ledger.redis;

import static io.pekopayedge.ledger.redis.RedisLink.bytes;
import static io.pekopayedge.ledger.redis.RedisLink.list;
import static io.pekopayedge.ledger.redis.RedisLink.text;

import io.lettuce.core.ScriptOutputType;
import io.pekopayedge.ledger.redis.Arrears.Unwritten;
import io.pekopayedge.settings.EdgeClock;
import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * What a ledger does beside its requests, once a second: finds out whether Redis is there and prompt, writes what it owes,
 * and sweeps: charges whose replica died become unknown, unknown ones that nobody settled are forgotten. Every replica
 * does it; each change is found by one. Safe for threads.
 */
final class Upkeep {
    private static final Logger LOG = LoggerFactory.getLogger(Upkeep.class);
    private static final long TICK_MILLIS = 1000;
    private static final int SWEPT_AT_ONCE = 200;
    private static final int WRITTEN_AT_ONCE = 20_000;
    private static final int WRITING_AT_ONCE = 64;
    /** A Redis slower than this is as good as none, and its connection may be a dead one. */
    private static final Duration SWEEP_LIMIT = Duration.ofSeconds(3);

    private static final int SILENT_SWEEPS = 2;

    private final RedisLink link;
    private final Arrears arrears;
    private final Function<Ending, Mono<Void>> writeEnd;
    private final Function<Unwritten, Mono<Void>> writeLease;
    private final EdgeClock clock;
    private final Duration unknownKept;
    private final Map<String, Integer> counts = new ConcurrentHashMap<>();
    private final AtomicBoolean busy = new AtomicBoolean();
    private final AtomicInteger silent = new AtomicInteger();
    private volatile boolean prompt = true;
    private Disposable ticking = Disposables.disposed();

    Upkeep(
            RedisLink link,
            Arrears arrears,
            Function<Ending, Mono<Void>> writeEnd,
            Function<Unwritten, Mono<Void>> writeLease,
            EdgeClock clock,
            Duration unknownKept) {
        this.link = link;
        this.arrears = arrears;
        this.writeEnd = writeEnd;
        this.writeLease = writeLease;
        this.clock = clock;
        this.unknownKept = unknownKept;
    }

    synchronized void start() {
        ticking.dispose();
        link.connect();
        ticking = clock.scheduler().schedulePeriodically(this::tick, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
    }

    synchronized void close() {
        ticking.dispose();
    }

    /** Whether Redis is there and answered in time when it was asked last. */
    boolean prompt() {
        return prompt && link.connected();
    }

    void prompt(boolean answeredInTime) {
        prompt = answeredInTime;
    }

    /** Writes it in the background: now, and every second until it is written. */
    void later(Ending end) {
        arrears.add(end);
        written(end).subscribe();
    }

    private void tick() {
        if (!link.connected()) {
            link.connect();
            return;
        }
        if (busy.compareAndSet(false, true)) {
            swept().timeout(SWEEP_LIMIT, clock.scheduler())
                    .doOnSuccess(done -> answered())
                    .doOnError(TimeoutException.class, late -> silent())
                    .then(Mono.defer(this::writeAll).timeout(SWEEP_LIMIT, clock.scheduler()))
                    .onErrorComplete()
                    .doFinally(signal -> busy.set(false))
                    .subscribe();
        }
    }

    private void answered() {
        silent.set(0);
        prompt = true;
    }

    private void silent() {
        prompt = false;
        if (silent.incrementAndGet() >= SILENT_SWEEPS) {
            silent.set(0);
            LOG.warn("Redis does not answer: its connection is given up, and another is made");
            link.drop();
        }
    }

    private Mono<Void> writeAll() {
        return Flux.fromIterable(arrears.oldestEnds(WRITTEN_AT_ONCE))
                .flatMap(this::written, WRITING_AT_ONCE)
                .thenMany(Flux.defer(() -> Flux.fromIterable(arrears.oldestLeases(WRITTEN_AT_ONCE)))
                        .flatMap(lease -> limited(writeLease.apply(lease)), WRITING_AT_ONCE))
                .then();
    }

    private Mono<Void> written(Ending end) {
        return limited(writeEnd.apply(end));
    }

    private Mono<Void> limited(Mono<Void> writing) {
        return writing.timeout(SWEEP_LIMIT, clock.scheduler()).onErrorComplete();
    }

    /** Brings the records up to this moment. */
    Mono<Void> swept() {
        return link.<List<Object>>run(
                        Script.SWEEP, ScriptOutputType.MULTI, bytes(SWEPT_AT_ONCE), bytes(unknownKept.toMillis()))
                .expand(said -> list(said.get(0)).size() + list(said.get(1)).size() >= SWEPT_AT_ONCE
                        ? link.run(
                                Script.SWEEP,
                                ScriptOutputType.MULTI,
                                bytes(SWEPT_AT_ONCE),
                                bytes(unknownKept.toMillis()))
                        : Mono.empty())
                .doOnNext(this::told)
                .then();
    }

    private void told(List<Object> said) {
        for (Object row : list(said.get(0))) {
            String charge = text(list(row).get(0));
            LOG.warn(
                    "charge {} of tenant {} was never ended: its outcome is unknown (request {})",
                    charge.substring(0, 16),
                    charge.substring(65),
                    text(list(row).get(1)));
        }
        for (Object member : list(said.get(1))) {
            String charge = text(member);
            LOG.error(
                    "charge {} of tenant {} was never settled and is forgotten now",
                    charge.substring(0, 16),
                    charge.substring(65));
        }
        List<Object> pairs = list(said.get(2));
        Map<String, Integer> now = new HashMap<>();
        for (int i = 0; i < pairs.size(); i += 2) {
            now.put(text(pairs.get(i)), Integer.valueOf(text(pairs.get(i + 1))));
        }
        counts.putAll(now);
        counts.keySet().retainAll(now.keySet());
    }

    /** @param open how many there are now; negative: not told */
    void counted(String tenant, long open) {
        if (open > 0) {
            counts.put(tenant, (int) open);
        } else if (open == 0) {
            counts.remove(tenant);
        }
    }

    /** How many outcomes are unknown, by tenant; a view. */
    Map<String, Integer> unknownByTenant() {
        return Collections.unmodifiableMap(counts);
    }
}
