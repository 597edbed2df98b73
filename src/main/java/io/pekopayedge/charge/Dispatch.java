package io.pekopayedge.charge;

import io.pekopayedge.guard.Limits;
import io.pekopayedge.ledger.Face;
import io.pekopayedge.ledger.Outcome;
import io.pekopayedge.meter.ChargeOutcome;
import io.pekopayedge.problem.EdgeProblem;
import io.pekopayedge.problem.Problem;
import io.pekopayedge.settings.EdgeClock;
import io.pekopayedge.tenant.Tenant;
import io.pekopayedge.upstream.PekoPay;
import io.pekopayedge.upstream.UpstreamFailure;
import io.pekopayedge.upstream.UpstreamReply;
import java.time.Duration;
import java.util.function.Predicate;
import reactor.core.publisher.Mono;

/** The way of a charge that the ledger let go to PekoPay: by its tenant's lane, and judged when it is back. Any thread. */
final class Dispatch {
    private final PekoPay pekoPay;
    private final Lanes lanes;
    private final Limits limits;
    private final Duration timeout;
    private final EdgeClock clock;
    private volatile long end;
    private volatile boolean ending;

    Dispatch(PekoPay pekoPay, Lanes lanes, Limits limits, Duration timeout, EdgeClock clock) {
        this.pekoPay = pekoPay;
        this.lanes = lanes;
        this.limits = limits;
        this.timeout = timeout;
        this.clock = clock;
    }

    /**
     * Whatever PekoPay does is an aftermath, no error.
     *
     * @param begun ticker nanoseconds; what the ledger took of the charge's time is gone, for it counts as unknown there
     *     when that is over. Nor is there time beyond the end of this process, which would take the outcome with it
     */
    Mono<Aftermath> send(Order order, long begun) {
        // A slow client's charge was asked for under credentials that may be dead when its body is complete.
        Tenant newest = pekoPay.newest(order.tenant());
        return aftermath(order.as(newest), lanes.of(newest), left(begun));
    }

    private Duration left(long begun) {
        long now = clock.nanos();
        Duration left = timeout.minusNanos(now - begun);
        return ending && left.toNanos() > end - now ? Duration.ofNanos(end - now) : left;
    }

    /** @param end ticker nanoseconds: from then on nobody is here to hear how a charge ended */
    void endBy(long end) {
        this.end = end;
        this.ending = true;
    }

    private Mono<Aftermath> aftermath(Order order, Lane lane, Duration left) {
        if (order.face() == Face.BROWSER) {
            try {
                limits.beforeSend(order.tenant().id(), order.flow(), order.client());
            } catch (EdgeProblem limited) {
                return Mono.just(Aftermath.free(limited, ChargeOutcome.REFUSED));
            }
        }
        if (!lane.enter()) {
            return Mono.just(Aftermath.free(
                    EdgeProblem.retryLater(
                            Problem.OVERLOADED, "Too many charges are under way.", Duration.ofSeconds(1)),
                    ChargeOutcome.REFUSED));
        }
        return lane.breaker()
                .guard(pekoPay.call(Attempts.request(order), left, UpstreamReply::refusesCredentials)
                        .flatMap(reply -> judged(order, reply)))
                .doOnError(error -> answeredAtAll(error, lane))
                .onErrorResume(
                        error -> Mono.just(Aftermath.of(error, lane.breaker().openFor())))
                .doFinally(signal -> lane.leave());
    }

    /** Refused credentials do not count, and yet show that PekoPay is there. */
    private static void answeredAtAll(Throwable error, Lane lane) {
        if (error instanceof UpstreamFailure failure && failure.kind() == UpstreamFailure.Kind.CREDENTIALS_REFUSED) {
            lane.breaker().alive();
        }
    }

    private Mono<Aftermath> judged(Order order, UpstreamReply reply) {
        Aftermath aftermath = Passing.aftermath(order, reply, clock.wall()).after(reply.status());
        return aftermath.outcome() instanceof Outcome.Unknown
                ? Mono.error(new Aftermath.Bad(aftermath))
                : Mono.just(aftermath);
    }

    String breakerState(String tenant) {
        return lanes.breakerState(tenant);
    }

    void tidy(Predicate<String> served) {
        lanes.tidy(served);
    }
}
