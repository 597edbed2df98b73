package io.pekopayedge.token;

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
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
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
     */
    public record Leased(SessionToken token, TokenOutcome source) {}

    /**
     * What the operator sees of one reserve.
     *
     * @param oldestAge of a ready token, or null
     * @param nextCall when minting may go on, or null if now
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
            @Nullable Instant nextCall,
            String breaker,
            @Nullable Instant failedAt,
            @Nullable String failure) {}

    private static final Duration SWEEP = Duration.ofMillis(250);

    private record Active(TokenReserve reserve, Minting minting, Breakers.Guarded breaker) {}

    private final Map<String, Active> active = new ConcurrentHashMap<>();
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
        Active of = active(tenant);
        SessionToken ready = of.reserve.take();
        of.minting.wake();
        return ready != null ? Mono.just(new Leased(ready, TokenOutcome.RESERVE)) : await(of);
    }

    /** The same instead of a token that the ledger knew already; counts as no new demand. */
    public Mono<Leased> instead(Tenant tenant) {
        Active of = active(tenant);
        of.minting.repeated();
        SessionToken ready = of.reserve.takeAnother();
        of.minting.wake();
        return ready != null ? Mono.just(new Leased(ready, TokenOutcome.RESERVE)) : await(of);
    }

    private Mono<Leased> await(Active of) {
        EdgeProblem hopeless = of.minting.hopeless();
        if (hopeless != null) {
            return Mono.error(hopeless);
        }
        return Mono.<SessionToken>create(sink -> {
                    Duration wait = settings.mint().waitFor();
                    Waiter waiter = new Waiter(sink, clock.nanosIn(wait));
                    sink.onDispose(waiter::end);
                    if (!of.reserve.await(waiter)) {
                        waiter.fail(of.minting.unavailable());
                        return;
                    }
                    waiter.timeout.update(clock.scheduler()
                            .schedule(
                                    () -> waiter.fail(of.minting.unavailable()), wait.toNanos(), TimeUnit.NANOSECONDS));
                    of.minting.wake();
                })
                .map(token -> new Leased(token, TokenOutcome.MINTED));
    }

    private Active active(Tenant tenant) {
        Active known = active.get(tenant.id());
        return known != null ? known : active.computeIfAbsent(tenant.id(), id -> activate(tenant));
    }

    private Active activate(Tenant tenant) {
        TokenReserve reserve =
                new TokenReserve(tenant.reserve(), settings.token().ttl(), clock);
        Breakers.Guarded breaker = breakers.forMinting(tenant.id(), MintFailure::unhealthy);
        Minting minting = new Minting(tenant, reserve, mint, breaker, pace, ledger, meters, settings, clock);
        gauges.add(tenant.id(), reserve);
        return new Active(reserve, minting, breaker);
    }

    /** Ages the tokens of active tenants, replaces them ahead of time, and forgets who has run dry. */
    private void sweep() {
        active.forEach((tenant, of) -> {
            // A request that had found its tenant just before it went may have woken it again.
            if (of.reserve.forgettable() || tenants.byId(tenant) == null) {
                forget(tenant, EdgeProblem.of(Problem.TOKEN_UNAVAILABLE, "Try again."));
            } else {
                of.minting.wake();
            }
        });
    }

    private void forget(String tenant, EdgeProblem told) {
        Active of = active.remove(tenant);
        if (of != null) {
            gauges.remove(tenant);
            of.minting.close(told);
        }
    }

    @Override
    public void changed(@Nullable Tenant before, @Nullable Tenant after) {
        if (after == null && before != null) {
            forget(before.id(), EdgeProblem.of(Problem.TENANT_UNKNOWN, "This tenant is no longer served."));
        } else if (after != null) {
            Active of = active.get(after.id());
            if (of != null) {
                of.minting.changed(after);
            }
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
                of.minting.nextCall(),
                of.breaker.state().name(),
                failure == null ? null : failure.at(),
                failure == null ? null : failure.reason());
    }

    public boolean isActive(String tenant) {
        return active.containsKey(tenant);
    }

    @Override
    public void close() {
        sweep.dispose();
    }
}
