package io.pekopayedge.ledger.redis;

import io.lettuce.core.RedisClient;
import io.pekopayedge.ledger.Attempt;
import io.pekopayedge.ledger.Digest;
import io.pekopayedge.ledger.Outcome;
import io.pekopayedge.ledger.TokenLedger;
import io.pekopayedge.ledger.UnknownCharge;
import io.pekopayedge.ledger.Verdict;
import io.pekopayedge.ledger.redis.Arrears.Unwritten;
import io.pekopayedge.ledger.redis.RedisLink.NotConnected;
import io.pekopayedge.problem.EdgeProblem;
import io.pekopayedge.problem.Problem;
import io.pekopayedge.settings.EdgeClock;
import io.pekopayedge.settings.EdgeSettings.Charge;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The ledger that replicas share, and that outlives them. Safe for threads; never blocks.
 *
 * <p>A charge waits for Redis 350 ms at most, and is refused then. Whether its record was written in the end does not
 * matter: it is taken back by the attempt's id, before or after it arrives. Leases never wait longer than 150 ms, and not
 * at all while Redis is known to be slow; they are written when it is back. A charge whose replica died counts as unknown
 * {@link #MARGIN} after {@code charge.timeout}. Outcomes are kept for {@code charge.keep-for}, unknown ones 30 days.
 */
public final class RedisLedger implements TokenLedger {
    /** A charge that nobody ended counts as unknown so long after its time is up. */
    public static final Duration MARGIN = Duration.ofSeconds(5);

    private static final Duration BEGIN_LIMIT = Duration.ofMillis(350);
    private static final Duration LEASE_LIMIT = Duration.ofMillis(150);
    private static final Duration OPERATOR_LIMIT = Duration.ofSeconds(5);

    private final Charge settings;
    private final EdgeClock clock;
    private final RedisLink link;
    private final Records records;
    private final Arrears arrears = new Arrears();
    private final Upkeep upkeep;
    private final Verdicts verdicts;

    /** @param client asked for when a connection is made, on a worker that may block */
    public RedisLedger(Charge settings, EdgeClock clock, Supplier<RedisClient> client) {
        this.settings = settings;
        this.clock = clock;
        this.link = new RedisLink(client, new RedisAdvice(settings.redisReplicas()));
        this.records = new Records(link, settings);
        this.upkeep = new Upkeep(link, arrears, this::settled, this::write, clock, Records.UNKNOWN_KEPT);
        this.verdicts = new Verdicts(settings.redisReplicas(), link, arrears, this::finish, clock);
    }

    /** Connects in the background, and looks after what is due once a second. */
    public void start() {
        upkeep.start();
    }

    public void close() {
        upkeep.close();
        link.close();
    }

    @Override
    public Mono<Boolean> lease(Digest token, String tenant, @Nullable Digest flow, Duration life) {
        return Mono.defer(() -> {
            if (arrears.handedOut(token)) {
                return Mono.just(false);
            }
            Unwritten lease = new Unwritten(token, tenant, flow, clock.nanosIn(life));
            if (!upkeep.prompt()) {
                return Mono.just(arrears.add(lease));
            }
            return written(lease, false)
                    .transform(answer -> promptly(answer, LEASE_LIMIT))
                    .doOnNext(first -> arrears.handedOut(token, first))
                    .onErrorResume(error -> Mono.just(arrears.add(lease)));
        });
    }

    @Override
    public Mono<Boolean> known(Digest token) {
        return look(token).map(state -> !state.isEmpty());
    }

    @Override
    public Mono<Boolean> unspent(Digest token) {
        return look(token).map("leased"::equals);
    }

    /** Empty where nothing is known of the token. */
    private Mono<String> look(Digest token) {
        return Mono.defer(() -> {
            if (arrears.lease(token) != null) {
                return Mono.just("leased");
            }
            Mono<String> unasked = Mono.fromSupplier(() -> arrears.handedOut(token) ? "handed out" : "");
            return upkeep.prompt()
                    ? promptly(records.look(token), LEASE_LIMIT).onErrorResume(error -> unasked)
                    : unasked;
        });
    }

    @Override
    public Mono<Verdict> begin(Attempt attempt) {
        return Mono.defer(() -> {
                    long until = clock.nanosIn(BEGIN_LIMIT);
                    return unwritten(attempt.token())
                            .then(records.begin(attempt))
                            .flatMap(said -> verdicts.of(attempt, said))
                            .doOnNext(verdict -> inTime(verdict, until));
                })
                .transform(verdict -> promptly(verdict, BEGIN_LIMIT))
                .onErrorMap(error -> {
                    if (!(error instanceof NotConnected)) {
                        upkeep.later(Ending.never(attempt));
                    }
                    return away();
                });
    }

    /** A process that stood still may hear Redis' word before its timer: by then the charge may count as unknown there. */
    private void inTime(Verdict verdict, long until) {
        if (verdict instanceof Verdict.Send && clock.nanos() - until >= 0) {
            throw away();
        }
    }

    /**
     * What only this replica knows of the token is written first: its lease, and how a charge of it ended, which a Redis
     * that lost the record of that charge would let go once more.
     */
    private Mono<Void> unwritten(Digest token) {
        Unwritten lease = arrears.lease(token);
        List<Ending> ends = arrears.ends(token);
        Mono<Void> leased = lease == null ? Mono.empty() : write(lease);
        return ends.isEmpty()
                ? leased
                : leased.thenMany(Flux.fromIterable(ends))
                        .concatMap(this::settled)
                        .then();
    }

    @Override
    public Mono<Void> finish(Attempt attempt, Outcome outcome) {
        return Mono.defer(() -> {
            if (outcome instanceof Outcome.Answered) {
                arrears.answered(attempt.token(), clock.nanosIn(settings.keepFor()));
            } else if (outcome instanceof Outcome.Unknown) {
                arrears.doubted(attempt.token(), clock.nanosIn(settings.keepFor()));
            }
            return finish(Ending.of(attempt, outcome));
        });
    }

    private Mono<Void> finish(Ending end) {
        return promptly(write(end), BEGIN_LIMIT).onErrorResume(error -> {
            upkeep.later(end);
            return Mono.empty();
        });
    }

    private Mono<Void> write(Ending end) {
        return records.finish(end)
                .doOnNext(open -> upkeep.counted(end.attempt().tenant(), open))
                .then();
    }

    private Mono<Void> settled(Ending end) {
        return write(end).then(Mono.fromRunnable(() -> arrears.remove(end)));
    }

    private Mono<Void> write(Unwritten lease) {
        return written(lease, true).then(Mono.fromRunnable(() -> arrears.remove(lease)));
    }

    private Mono<Boolean> written(Unwritten lease, boolean late) {
        return Mono.defer(() ->
                records.lease(lease, Duration.ofNanos(Math.max(0, lease.until() - clock.nanos())), late));
    }

    @Override
    public Flux<UnknownCharge> unknown() {
        return upkeep.swept()
                .thenMany(Flux.defer(() -> UnknownCharges.all(link)))
                .timeout(OPERATOR_LIMIT, clock.scheduler())
                .onErrorMap(error -> away());
    }

    @Override
    public Mono<UnknownCharge> settle(String id, boolean charged) {
        return upkeep.swept()
                .then(Mono.defer(() -> UnknownCharges.settle(link, id, charged, settings.keepFor(), upkeep::counted)))
                .timeout(OPERATOR_LIMIT, clock.scheduler())
                .onErrorMap(error -> away());
    }

    @Override
    public int owed() {
        return arrears.ends();
    }

    @Override
    public Map<String, Integer> unknownByTenant() {
        return upkeep.unknownByTenant();
    }

    private <T> Mono<T> promptly(Mono<T> answer, Duration limit) {
        return answer.timeout(limit, clock.scheduler())
                .doOnSuccess(value -> upkeep.prompt(true))
                .doOnError(java.util.concurrent.TimeoutException.class, late -> upkeep.prompt(false));
    }

    static EdgeProblem away() {
        return EdgeProblem.retryLater(
                Problem.LEDGER_UNAVAILABLE,
                "The charge cannot be recorded, so it was not sent.",
                Duration.ofSeconds(1));
    }
}
