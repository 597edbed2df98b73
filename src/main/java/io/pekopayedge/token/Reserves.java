package io.pekopayedge.token;

import io.pekopayedge.ledger.TokenLedger;
import io.pekopayedge.meter.EdgeMeters;
import io.pekopayedge.meter.TokenOutcome;
import io.pekopayedge.problem.EdgeProblem;
import io.pekopayedge.settings.EdgeClock;
import io.pekopayedge.settings.EdgeSettings;
import io.pekopayedge.tenant.Tenant;
import io.pekopayedge.tenant.Tenants;
import io.pekopayedge.token.ActiveReserves.Active;
import io.pekopayedge.upstream.Breakers;
import io.pekopayedge.upstream.PekoPay;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** Tokens at hand or soon, from the tenants' reserves. Any thread. */
public final class Reserves implements Tenants.Listener, AutoCloseable {
    /**
     * A token for one flow, and where it came from.
     *
     * @param source {@link TokenOutcome#RESERVE}, {@link TokenOutcome#MINTED} or {@link TokenOutcome#REUSED}
     * @param waitUntil ticker nanoseconds: how long its request may wait for another one instead
     */
    public record Leased(SessionToken token, TokenOutcome source, long waitUntil) {}

    /**
     * What the operator sees of one reserve.
     *
     * @param oldestAge of a ready token, or null
     * @param nextMint when the next token will be asked for: once one has aged, and minting is not paused; null if none
     * @param failedAt of the last failure, or null, as its reason
     */
    public record Look(
            int target,
            int fresh,
            int stale,
            @Nullable Duration oldestAge,
            double demand,
            int waiting,
            int minting,
            @Nullable Instant nextMint,
            String breaker,
            @Nullable Instant failedAt,
            @Nullable String failure) {}

    private final ActiveReserves active;
    private final EdgeSettings settings;
    private final EdgeClock clock;

    public Reserves(
            EdgeSettings settings,
            EdgeClock clock,
            Tenants tenants,
            PekoPay pekoPay,
            TokenLedger ledger,
            Breakers breakers,
            EdgeMeters meters) {
        this.settings = settings;
        this.clock = clock;
        this.active = new ActiveReserves(settings, clock, tenants, pekoPay, ledger, breakers, meters);
    }

    /**
     * A token that nobody has: a ready one at once, else the next that is minted, within {@code mint.wait}. Fails with
     * {@code token-unavailable} or {@code credentials-refused}. Cancelling gives up the place in the queue and uses up no
     * token. The caller must record the lease before handing the token out.
     */
    public Mono<Leased> next(Tenant tenant) {
        return Mono.defer(
                () -> take(active.asked(tenant), clock.nanosIn(settings.mint().waitFor())));
    }

    /** Whether a token lies ready, so that a request need not wait: a look, no promise. */
    boolean ready(String tenant) {
        Active of = active.find(tenant);
        return of != null && of.reserve.ready();
    }

    /**
     * The same instead of a token that must not be handed out after all; counts as no new demand, and waits no longer.
     *
     * @param repeated whether the ledger knew it already: PekoPay gave it out twice
     */
    public Mono<Leased> instead(Tenant tenant, Leased unfit, boolean repeated) {
        return Mono.defer(() -> {
            Active of = active.of(tenant);
            if (repeated) {
                of.minting.repeated();
            }
            return take(of, unfit.waitUntil);
        });
    }

    private Mono<Leased> take(Active of, long deadline) {
        SessionToken ready = of.reserve.take();
        of.minting.wake();
        return ready != null
                ? Mono.just(new Leased(ready, TokenOutcome.RESERVE, deadline))
                : await(of, deadline).map(token -> new Leased(token, TokenOutcome.MINTED, deadline));
    }

    private Mono<SessionToken> await(Active of, long deadline) {
        Duration patience = Duration.ofNanos(deadline - clock.nanos());
        EdgeProblem tooLong = of.restraint.tooLong(patience);
        if (tooLong != null || patience.isNegative()) {
            return Mono.error(tooLong != null ? tooLong : of.restraint.unavailable());
        }
        return Mono.create(sink -> {
            Waiter waiter = new Waiter(sink, deadline, of.reserve);
            sink.onDispose(waiter::end);
            if (!of.reserve.admit(waiter)) {
                waiter.fail(of.restraint.unavailable());
                return;
            }
            waiter.timeout.update(clock.scheduler()
                    .schedule(() -> waiter.fail(of.restraint.unavailable()), patience.toNanos(), TimeUnit.NANOSECONDS));
            // Those who waited when hope ended were told; who came just then must not be left out.
            EdgeProblem since = of.restraint.tooLong(patience);
            if (since != null) {
                waiter.fail(since);
            }
            of.minting.wake();
        });
    }

    @Override
    public void changed(@Nullable Tenant before, @Nullable Tenant after) {
        if (after == null && before != null) {
            active.forget(before.id(), true);
        } else if (after != null) {
            active.changed(after);
        }
    }

    /** Null for a tenant that is not active. */
    public @Nullable Look look(String tenant) {
        Active of = active.find(tenant);
        if (of == null) {
            return null;
        }
        TokenReserve.Look look = of.reserve.look();
        Minting.Failure failure = of.minting.lastFailure();
        return new Look(
                look.target(),
                look.fresh(),
                look.stale(),
                look.oldestAge(),
                look.demand(),
                look.waiting(),
                of.minting.underWay(),
                nextMint(look, of.restraint.pause()),
                of.restraint.state().name(),
                failure == null ? null : failure.at(),
                failure == null ? null : failure.reason());
    }

    private @Nullable Instant nextMint(TokenReserve.Look look, Duration pause) {
        Duration due = look.freshFor();
        if (due == null) {
            return null;
        }
        return clock.wall().instant().plus(due.compareTo(pause) > 0 ? due : pause);
    }

    public boolean isActive(String tenant) {
        return active.find(tenant) != null;
    }

    @Override
    public void close() {
        active.close();
    }
}
