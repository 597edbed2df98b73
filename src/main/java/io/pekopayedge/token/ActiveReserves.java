package io.pekopayedge.token;

import com.github.benmanes.caffeine.cache.Cache;
import io.pekopayedge.ledger.Digest;
import io.pekopayedge.ledger.TokenLedger;
import io.pekopayedge.meter.EdgeMeters;
import io.pekopayedge.problem.EdgeProblem;
import io.pekopayedge.problem.Problem;
import io.pekopayedge.settings.EdgeClock;
import io.pekopayedge.settings.EdgeSettings;
import io.pekopayedge.tenant.Tenant;
import io.pekopayedge.tenant.Tenants;
import io.pekopayedge.upstream.Breaker;
import io.pekopayedge.upstream.Breakers;
import io.pekopayedge.upstream.PekoPay;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;

/**
 * Which tenants have a reserve now. One is made by a tenant's first request; when nobody has asked for {@code
 * reserve.idle-after} its series go, and when it has run dry as well it is forgotten: an idle tenant costs neither timer
 * nor memory. Any thread.
 */
final class ActiveReserves implements AutoCloseable {
    /** One tenant's. */
    static final class Active {
        final TokenReserve reserve;
        final Minting minting;
        final Restraint restraint;
        private volatile boolean shown = true;

        private Active(TokenReserve reserve, Minting minting, Restraint restraint) {
            this.reserve = reserve;
            this.minting = minting;
            this.restraint = restraint;
        }
    }

    private static final Duration SWEEP = Duration.ofMillis(250);

    private static final Logger LOG = LoggerFactory.getLogger(ActiveReserves.class);

    private final Map<String, Active> active = new ConcurrentHashMap<>();
    private final Cache<Digest, SessionToken> held;
    private final EdgeSettings settings;
    private final EdgeClock clock;
    private final Tenants tenants;
    private final Mint mint;
    private final MintPace pace;
    private final TokenLedger ledger;
    private final Breakers breakers;
    private final EdgeMeters meters;
    private final ReserveGauges gauges;
    private final Disposable sweep;

    ActiveReserves(
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

    /** Null for a tenant that is not active. */
    @Nullable
    Active find(String tenant) {
        return active.get(tenant);
    }

    /** The tenant's reserve, which has counted a request: it will not be forgotten under its hands. */
    Active asked(Tenant tenant) {
        Active of = of(tenant);
        while (!of.reserve.asked()) {
            of = of(tenant);
        }
        if (!of.shown) {
            showOrHide(tenant.id());
        }
        return of;
    }

    Active of(Tenant tenant) {
        Active known = active.get(tenant.id());
        return known != null ? known : active.computeIfAbsent(tenant.id(), id -> activate(tenant));
    }

    private Active activate(Tenant seen) {
        // The request may have found an earlier version of its tenant; a change since then was told to nobody here.
        Tenant now = tenants.byId(seen.id());
        Tenant tenant = now != null ? now : seen;
        TokenReserve reserve =
                new TokenReserve(tenant.reserve(), settings.token().ttl(), held, clock);
        Breaker breaker = breakers.forMinting(
                tenant.id(), MintFailure::unhealthy, settings.mint().timeout());
        Restraint restraint = new Restraint(breaker, settings, clock);
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
                    return;
                }
                if (of.shown == of.reserve.idle()) {
                    showOrHide(tenant);
                }
                of.minting.wake();
            } catch (RuntimeException | Error e) {
                LOG.error("A look at the reserve failed tenant={}; the others go on", tenant, e);
            }
        });
    }

    /** The series of a tenant that nobody asks for go before its last tokens do, and come back with the next request. */
    private void showOrHide(String tenant) {
        active.computeIfPresent(tenant, (id, of) -> {
            boolean wanted = !of.reserve.idle();
            if (wanted && !of.shown) {
                of.restraint.wake();
                gauges.add(id, of.reserve);
                of.shown = true;
            } else if (!wanted && of.shown && of.restraint.rest()) {
                gauges.remove(id);
                of.shown = false;
            }
            return of;
        });
    }

    /** In one step with a waking of the same tenant, so that what a new reserve registers is not taken away again. */
    void forget(String tenant, boolean forced) {
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
        gone.forEach(reserve -> reserve.failWaiters(
                null, EdgeProblem.of(Problem.TENANT_UNKNOWN, "This tenant is no longer served."), 0));
    }

    /** Another version of a tenant that may be active. */
    void changed(Tenant now) {
        List<Minting> woken = new ArrayList<>(1);
        active.computeIfPresent(now.id(), (id, of) -> {
            woken.add(of.minting);
            return of;
        });
        woken.forEach(minting -> minting.changed(now));
    }

    /** Asks for nothing more; who waits, waits out his time. */
    @Override
    public void close() {
        sweep.dispose();
        active.values().forEach(of -> of.minting.close());
    }
}
