package io.pekopayedge.token;

import io.pekopayedge.guard.Call;
import io.pekopayedge.guard.ClientAddress;
import io.pekopayedge.guard.Flows;
import io.pekopayedge.guard.Generations;
import io.pekopayedge.guard.Limits;
import io.pekopayedge.ledger.Digest;
import io.pekopayedge.ledger.TokenLedger;
import io.pekopayedge.meter.EdgeMeters;
import io.pekopayedge.meter.TokenOutcome;
import io.pekopayedge.problem.EdgeProblem;
import io.pekopayedge.problem.Problem;
import io.pekopayedge.settings.EdgeClock;
import io.pekopayedge.settings.EdgeSettings;
import io.pekopayedge.tenant.Tenant;
import io.pekopayedge.token.Reserves.Leased;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** Hands tokens out: one token, one flow. Any thread; a client that leaves while it waits uses up no token. */
public final class TokenDesk {
    private static final int MOST_BYTES_RECENT = 32 << 20;
    private static final int BYTES_BESIDE_THE_TOKEN = 320;
    private static final int MOST_UNFIT = 8;

    /** What a flow got last, until when it is reused, and of which address and client: not the tenant, which may be gone by now. */
    private record Recent(SessionToken token, long reusedUntil, URI address, String client) {
        Recent(SessionToken token, long reusedUntil, Tenant tenant) {
            this(token, reusedUntil, tenant.baseUrl(), tenant.credentials().client());
        }

        boolean isOf(Tenant tenant) {
            return address.equals(tenant.baseUrl())
                    && client.equals(tenant.credentials().client());
        }
    }

    private final Reserves reserves;
    private final TokenLedger ledger;
    private final Flows flows;
    private final Limits limits;
    private final ClientAddress addresses;
    private final EdgeMeters meters;
    private final EdgeClock clock;
    /** What flows wait for. */
    private final Map<Digest, Mono<Leased>> waiting = new ConcurrentHashMap<>();

    /** By flow; null where nothing is ever reused. */
    private final @Nullable Generations<Digest, Recent> recent;

    private final Duration reuseFor;

    public TokenDesk(
            Reserves reserves,
            TokenLedger ledger,
            Flows flows,
            Limits limits,
            ClientAddress addresses,
            EdgeMeters meters,
            EdgeClock clock,
            EdgeSettings.Flow settings) {
        this.reserves = reserves;
        this.ledger = ledger;
        this.flows = flows;
        this.limits = limits;
        this.addresses = addresses;
        this.meters = meters;
        this.clock = clock;
        this.reuseFor = settings.reuseFor();
        this.recent = reuseFor.isZero()
                ? null
                : new Generations<>(
                        reuseFor,
                        MOST_BYTES_RECENT,
                        last -> last.token().json().length + BYTES_BESIDE_THE_TOKEN,
                        clock);
    }

    /** Answers a page's {@code sessionTokenProvider}; its origin has been looked at. */
    public Mono<Void> refresh(Call call, Tenant tenant) {
        String named = flows.of(call);
        String flow = named == null ? flows.fresh() : named;
        limits.refresh(tenant.id(), flow, call.client(addresses));
        Digest digest = Digest.ofFlow(tenant.id(), flow);
        Mono<Leased> token = named == null ? lease(tenant, digest) : next(tenant, digest);
        return count(call, tenant, token).flatMap(leased -> {
            if (named == null) {
                call.response().getHeaders().set("Set-Cookie", flows.setCookie(tenant, flow));
            }
            return hand(call, leased);
        });
    }

    /** Answers a storefront's server: a token that is bound to its tenant alone. */
    public Mono<Void> generate(Call call, Tenant tenant) {
        return count(call, tenant, lease(tenant, null)).flatMap(leased -> hand(call, leased));
    }

    /** A request that was refused before it came here. */
    public void refused(Call call, Tenant tenant) {
        meters.of(tenant.id()).tokenRequest(TokenOutcome.REFUSED, clock.nanos() - call.begun());
    }

    /** What a flow's refresh is answered with: the same again for {@code flow.reuse-for}, then another. */
    public Mono<Leased> next(Tenant tenant, Digest flow) {
        if (recent == null) {
            return lease(tenant, flow);
        }
        Recent last = recent.get(flow);
        if (last == null || clock.nanos() - last.reusedUntil() >= 0 || dead(last.token()) || !last.isOf(tenant)) {
            return another(tenant, flow);
        }
        return ledger.unspent(last.token().digest())
                .flatMap(unspent -> unspent
                        ? Mono.just(new Leased(last.token(), TokenOutcome.REUSED, clock.nanos()))
                        : another(tenant, flow));
    }

    private Mono<Leased> another(Tenant tenant, Digest flow) {
        return ledger.leasesAtOnce() && reserves.ready(tenant.id()) ? lease(tenant, flow) : leaseOnce(tenant, flow);
    }

    /** Of one flow's requests that must wait, the first gets a token, the others the same; it is given up with the last. */
    private Mono<Leased> leaseOnce(Tenant tenant, Digest flow) {
        return Mono.defer(() -> {
            Mono<Leased> mine = lease(tenant, flow)
                    .doFinally(end -> waiting.remove(flow))
                    .flux()
                    .replay(1)
                    .refCount(1)
                    .next();
            Mono<Leased> first = waiting.putIfAbsent(flow, mine);
            return first == null
                    ? mine
                    : first.map(leased -> new Leased(leased.token(), TokenOutcome.REUSED, leased.waitUntil()));
        });
    }

    private Mono<Leased> lease(Tenant tenant, @Nullable Digest flow) {
        return recorded(reserves.next(tenant), tenant, flow, MOST_UNFIT);
    }

    private boolean dead(SessionToken token) {
        return token.age(clock.nanos()) == SessionToken.Age.DEAD;
    }

    /**
     * A token that the ledger knows is somebody's, and one that died on its way, as when the process stood still: it is
     * dropped, and another taken.
     */
    private Mono<Leased> recorded(Mono<Leased> next, Tenant tenant, @Nullable Digest flow, int tries) {
        return next.flatMap(leased -> ledger.lease(
                        leased.token().digest(),
                        tenant.id(),
                        flow,
                        Duration.ofNanos(leased.token().livesFor(clock.nanos())))
                .flatMap(first -> {
                    if (first && !dead(leased.token())) {
                        remember(flow, leased.token(), tenant);
                        return Mono.just(leased);
                    }
                    return tries > 0
                            ? recorded(reserves.instead(tenant, leased, !first), tenant, flow, tries - 1)
                            : Mono.error(EdgeProblem.retryLater(
                                    Problem.TOKEN_UNAVAILABLE, "Try again in a moment.", Duration.ofSeconds(1)));
                }));
    }

    private void remember(@Nullable Digest flow, SessionToken token, Tenant tenant) {
        if (recent != null && flow != null) {
            recent.put(flow, new Recent(token, clock.nanosIn(reuseFor), tenant));
        }
    }

    private Mono<Leased> count(Call call, Tenant tenant, Mono<Leased> token) {
        return token.doOnNext(
                        leased -> meters.of(tenant.id()).tokenRequest(leased.source(), clock.nanos() - call.begun()))
                .doOnError(error ->
                        meters.of(tenant.id()).tokenRequest(TokenOutcome.UNAVAILABLE, clock.nanos() - call.begun()));
    }

    private static Mono<Void> hand(Call call, Leased leased) {
        call.outcome(leased.source().label());
        return call.reply(200, "application/json", leased.token().json());
    }
}
