package io.pekopayedge.token;

import com.github.benmanes.caffeine.cache.Cache;
import io.pekopayedge.ledger.Digest;
import io.pekopayedge.ledger.TokenLedger;
import io.pekopayedge.meter.EdgeMeters;
import io.pekopayedge.meter.TokenOutcome;
import io.pekopayedge.problem.EdgeProblem;
import io.pekopayedge.problem.Problem;
import io.pekopayedge.settings.EdgeClock;
import io.pekopayedge.settings.EdgeSettings;
import io.pekopayedge.tenant.Tenant;
import io.pekopayedge.tenant.Tenants;
import io.pekopayedge.upstream.Breakers;
import io.pekopayedge.upstream.PekoPay;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;

/**
 * The reserves of the tenants that are active. One is made by a tenant's first request and forgotten when nobody has asked
 * for {@code reserve.idle-after} and it has run dry: an idle tenant costs neither timer nor memory. Any thread.
 */
public final class Reserves implements Tenants.Listener, AutoCloseable {
    /**
     * A token for one flow, and where it came from.
     *
     * @param source {@link TokenOutcome#RESERVE} or {@link TokenOutcome#MINTED}
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

    private static final Duration SWEEP = Duration.ofMillis(250);

    private static final Logger LOG = LoggerFactory.getLogger(Reserves.class);

    private record Active(TokenReserve reserve, Minting minting, Restraint restraint) {}

    private final Map<String, Active> active = new ConcurrentHashMap<>();
    private final Cache<Digest, SessionToken> held;
    private final EdgeSettings settings;
    private final EdgeClock clock;
    private final Mint mint;
    private final MintPace pace;
    private final TokenLedger ledger;
    private final Breakers breakers;
    private final EdgeMeters meters;
    private final ReserveGauges gauges;
    private final Tenants tenants;
    private final Disposable sweep;

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
        this.held = Shelf.holder(clock);
        this.tenants = tenants;
        this.mint = new Mint(pekoPay, settings, clock);
        this.pace = new MintPace(settings.mint().rate(), clock);
        this.ledger = ledger;
        this.breakers = breakers;
        this.meters = meters;
        this.gauges = new ReserveGauges(meters.registry());
        this.sweep = clock.scheduler()
                .schedulePeriodically(this::sweep, SWEEP.toMillis(), SWEEP.toMillis(), TimeUnit.MILLISECONDS);
    }

    /**
     * A token that nobody has: a ready one at once, else the next that is minted, within {@code mint.wait}. Fails with
     * {@code token-unavailable} or {@code credentials-refused}. Cancelling gives up the place in the queue and uses up no
     * token. The caller must record the lease before handing the token out.
     */
    public Mono<Leased> next(Tenant tenant) {
        return Mono.defer(
                () -> take(asked(tenant), clock.nanosIn(settings.mint().waitFor())));
    }

    /** The same instead of a token that the ledger knew already; counts as no new demand, and waits no longer. */
    public Mono<Leased> instead(Tenant tenant, Leased repeated) {
        return Mono.defer(() -> {
            Active of = active(tenant);
            of.minting.repeated();
            return take(of, repeated.waitUntil);
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
            Waiter waiter = new Waiter(sink, deadline);
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

    /** The tenant's reserve, which has counted a request: it will not be forgotten under its hands. */
    private Active asked(Tenant tenant) {
        Active of = active(tenant);
        while (!of.reserve.asked()) {
            of = active(tenant);
        }
        return of;
    }

    private Active active(Tenant tenant) {
        Active known = active.get(tenant.id());
        return known != null ? known : active.computeIfAbsent(tenant.id(), id -> activate(tenant));
    }

    private Active activate(Tenant seen) {
        // The request may have found an earlier version of its tenant; a change since then was told to nobody here.
        Tenant now = tenants.byId(seen.id());
        Tenant tenant = now != null ? now : seen;
        TokenReserve reserve =
                new TokenReserve(tenant.reserve(), settings.token().ttl(), held, clock);
        Restraint restraint = new Restraint(breakers.forMinting(tenant.id(), MintFailure::unhealthy), settings, clock);
        Minting minting = new Minting(tenant, reserve, mint, restraint, pace, ledger, meters, clock);
        gauges.add(tenant.id(), reserve);
        return new Active(reserve, minting, restraint);
    }

    /** Ages the tokens of active tenants, replaces them ahead of time, and forgets who has run dry. */
    private void sweep() {
        held.cleanUp();
        active.forEach((tenant, of) -> {
            try {
                // A request that had found its tenant just before it went may have woken it again.
                boolean went = tenants.byId(tenant) == null;
                if (went || of.reserve.forgettable()) {
                    forget(tenant, went);
                } else {
                    of.minting.wake();
                }
            } catch (RuntimeException e) {
                LOG.error("A look at the reserve failed tenant={}; the others go on", tenant, e);
            }
        });
    }

    /** In one step with a waking of the same tenant, so that what a new reserve registers is not taken away again. */
    private void forget(String tenant, boolean forced) {
        List<TokenReserve> gone = new ArrayList<>(1);
        active.computeIfPresent(tenant, (id, of) -> {
            if (!of.reserve.retire(forced)) {
                return of;
            }
            gauges.remove(id);
            of.minting.close();
            gone.add(of.reserve);
            return null;
        });
        gone.forEach(reserve ->
                reserve.failWaiters(null, EdgeProblem.of(Problem.TENANT_UNKNOWN, "This tenant is no longer served.")));
    }

    @Override
    public void changed(@Nullable Tenant before, @Nullable Tenant after) {
        if (after == null && before != null) {
            forget(before.id(), true);
        } else if (after != null) {
            List<Minting> woken = new ArrayList<>(1);
            active.computeIfPresent(after.id(), (id, of) -> {
                woken.add(of.minting);
                return of;
            });
            woken.forEach(minting -> minting.changed(after));
        }
    }

    /** Null for a tenant that is not active. */
    public @Nullable Look look(String tenant) {
        Active of = active.get(tenant);
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
        return active.containsKey(tenant);
    }

    @Override
    public void close() {
        sweep.dispose();
    }
}
