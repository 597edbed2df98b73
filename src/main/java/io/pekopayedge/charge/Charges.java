package io.pekopayedge.charge;

import io.pekopayedge.guard.Limits;
import io.pekopayedge.ledger.Attempt;
import io.pekopayedge.ledger.Digest;
import io.pekopayedge.ledger.Face;
import io.pekopayedge.ledger.Outcome;
import io.pekopayedge.ledger.TokenLedger;
import io.pekopayedge.ledger.Verdict;
import io.pekopayedge.meter.ChargeOutcome;
import io.pekopayedge.meter.EdgeMeters;
import io.pekopayedge.problem.EdgeProblem;
import io.pekopayedge.problem.Problem;
import io.pekopayedge.settings.EdgeClock;
import io.pekopayedge.settings.EdgeSettings;
import io.pekopayedge.settings.EdgeSettings.Flow.Binding;
import io.pekopayedge.upstream.Breakers;
import io.pekopayedge.upstream.PekoPay;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/**
 * Has each charge sent once and tells what happened. Any thread; never blocks. Cancelling what {@link #charge} returns gives
 * up the answer and nothing else: a charge that was begun runs to its end, and its outcome is recorded.
 */
public final class Charges {
    private static final Logger LOG = LoggerFactory.getLogger(Charges.class);

    private final Map<Digest, Running> running = new ConcurrentHashMap<>();
    private final AtomicInteger underWay = new AtomicInteger();
    private final TokenLedger ledger;
    private final Dispatch dispatch;
    private final Limits limits;
    private final Attempts attempts;
    private final EdgeMeters meters;
    private final EdgeClock clock;

    public Charges(
            TokenLedger ledger,
            PekoPay pekoPay,
            Breakers breakers,
            Limits limits,
            EdgeMeters meters,
            EdgeSettings settings,
            EdgeClock clock) {
        this.ledger = ledger;
        this.dispatch = new Dispatch(
                pekoPay,
                new Lanes(breakers, settings, clock),
                limits,
                settings.charge().timeout(),
                clock);
        this.limits = limits;
        this.attempts = new Attempts(settings.flow().binding() == Binding.STRICT, clock);
        this.meters = meters;
        this.clock = clock;
    }

    /** @return PekoPay's answer, or an {@link EdgeProblem} */
    public Mono<Told> charge(Order order) {
        Attempt attempt = attempts.of(order);
        Running mine = new Running(attempt, clock.nanos());
        if (attempt == null) {
            return detached(mine, send(order, null, mine), () -> {});
        }
        Running other = running.putIfAbsent(attempt.token(), mine);
        if (other != null && other.sameAs(attempt)) {
            return replayed(order, other, mine.begun());
        }
        return detached(mine, begin(order, attempt, mine, 1), () -> running.remove(attempt.token(), mine));
    }

    private Mono<Told> begin(Order order, Attempt attempt, Running mine, int retries) {
        return ledger.begin(attempt)
                .doOnError(error -> count(order, ChargeOutcome.REFUSED, mine.begun()))
                .flatMap(verdict -> {
                    if (verdict instanceof Verdict.Send) {
                        return sendAlone(order, attempt, mine);
                    }
                    if (verdict instanceof Verdict.Replay replay) {
                        count(order, ChargeOutcome.REPLAYED, mine.begun());
                        return Mono.just(new Told(replay.answer(), true));
                    }
                    return verdict instanceof Verdict.Refuse refuse
                            ? refused(order, refuse.problem(), mine)
                            : join(order, attempt, mine, retries);
                });
    }

    private Mono<Told> refused(Order order, Problem problem, Running mine) {
        count(order, ChargeOutcome.REFUSED, mine.begun());
        return Mono.error(Refusals.of(problem));
    }

    /** The same request is running: here, elsewhere, or it has ended a moment ago. */
    private Mono<Told> join(Order order, Attempt attempt, Running mine, int retries) {
        Running there = running.get(attempt.token());
        if (there != null && !there.equals(mine) && there.asks(attempt)) {
            return replayed(order, there, mine.begun());
        }
        return retries > 0
                ? begin(order, attempt, mine, retries - 1)
                : refused(order, Problem.CHARGE_IN_PROGRESS, mine);
    }

    private Mono<Told> replayed(Order order, Running other, long begun) {
        return other.end()
                .map(Told::again)
                .onErrorMap(EdgeProblem.class, EdgeProblem::again)
                .doOnNext(told -> count(order, ChargeOutcome.REPLAYED, begun))
                .doOnError(error -> count(order, other.counted(), begun));
    }

    /**
     * What this replica is sending stands, whatever a store says that lost the record of it (a failover before its
     * replica had it).
     */
    private Mono<Told> sendAlone(Order order, Attempt attempt, Running mine) {
        mine.sends();
        Running sent = running.merge(attempt.token(), mine, (known, me) -> known.sending() ? known : me);
        if (mine.equals(sent)) {
            return send(order, attempt, mine);
        }
        yieldTo(sent, attempt.id());
        return refused(order, Problem.CHARGE_IN_PROGRESS, mine);
    }

    /** The record that another attempt got is the sender's: how that ends is written there too. */
    private void yieldTo(Running sender, UUID holder) {
        Attempt sent = sender.attempt();
        if (sent == null) {
            return; // has no token, so nobody meets it
        }
        underWay.incrementAndGet();
        sender.end()
                .onErrorComplete()
                .then(Mono.defer(() -> recorded(sent.by(holder), sender.outcome())))
                .doFinally(signal -> underWay.decrementAndGet())
                .subscribe();
    }

    private Mono<Told> send(Order order, @Nullable Attempt attempt, Running mine) {
        return Mono.defer(() -> dispatch.send(order, mine.begun()))
                .doOnNext(mine::came)
                .flatMap(aftermath -> recorded(attempt, aftermath.outcome()).then(Mono.defer(() -> {
                    count(order, aftermath.counted(), mine.begun());
                    ChargeLog.ended(order, attempt, aftermath, clock.nanos() - mine.begun());
                    return told(order, aftermath);
                })));
    }

    private Mono<Void> recorded(@Nullable Attempt attempt, Outcome outcome) {
        if (attempt == null) {
            return Mono.empty();
        }
        return ledger.finish(attempt, outcome).onErrorResume(error -> {
            LOG.error(
                    "An outcome was not recorded charge={} tenant={}",
                    attempt.token().id(),
                    attempt.tenant());
            return Mono.empty();
        });
    }

    private Mono<Told> told(Order order, Aftermath aftermath) {
        if (aftermath.counted() == ChargeOutcome.DECLINED && order.face() == Face.BROWSER) {
            limits.declined(order.tenant().id(), order.flow(), order.client());
        }
        EdgeProblem problem = aftermath.problem();
        if (problem != null) {
            return Mono.error(problem);
        }
        return Mono.just(new Told(((Outcome.Answered) aftermath.outcome()).answer(), false));
    }

    /**
     * Runs on, whoever listens. It is over before anybody hears of its end: a repeat that comes after the answer asks the
     * ledger, and one that comes before it, though the first client has left, still finds it.
     */
    private Mono<Told> detached(Running run, Mono<Told> work, Runnable over) {
        underWay.incrementAndGet();
        work.switchIfEmpty(Mono.error(() -> new IllegalStateException("a charge ended without a word")))
                .doOnTerminate(over)
                .doFinally(signal -> underWay.decrementAndGet())
                .subscribe(run::ended, run::failed);
        return run.end();
    }

    private void count(Order order, ChargeOutcome outcome, long begun) {
        meters.of(order.tenant().id()).charge(order.intent().name(), outcome, clock.nanos() - begun);
    }

    /** Charges that are being decided about or sent, and those whose end is still to be written. */
    public int underWay() {
        return underWay.get() + ledger.owed();
    }

    /**
     * Final: what is sent from now on has ended by then, if only as unknown; later, nothing is sent.
     *
     * @param end ticker nanoseconds
     */
    public void endBy(long end) {
        dispatch.endBy(end);
    }

    /** CLOSED where nothing was charged of late. */
    public String breakerState(String tenant) {
        return dispatch.breakerState(tenant);
    }

    /**
     * Forgets lanes that are idle or whose tenant is gone, and with them their metrics; charges under way keep theirs.
     *
     * @param served whether a tenant is
     */
    public void tidy(Predicate<String> served) {
        dispatch.tidy(served);
    }
}
