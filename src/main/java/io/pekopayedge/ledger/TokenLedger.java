package io.pekopayedge.ledger;

import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * What became of each token: leased → running → answered or unknown. One record per token, found by its digest; every
 * change is atomic. Any thread may call any method, none blocks; every method works when subscribed to, once per
 * subscription. Cancelling a subscription does not undo a change. Where the store is away, {@link #begin} ends with
 * {@link io.pekopayedge.problem.Problem#LEDGER_UNAVAILABLE} within 500 ms and nothing may be sent; what operators ask for,
 * within 5 s.
 */
public interface TokenLedger {
    /**
     * Records that a token is handed to a flow. Answers false, and changes nothing, when the token is known already: it
     * must not be handed out again. Never fails for a store that is away: such a lease is this replica's until it can be
     * written.
     *
     * @param flow null where the token is not bound to one
     * @param life how long the token can still be charged
     */
    Mono<Boolean> lease(Digest token, String tenant, @Nullable Digest flow, Duration life);

    /** Whether {@link #lease} is done before its subscriber goes on, so that no request of the same flow comes in between. */
    default boolean leasesAtOnce() {
        return false;
    }

    /** Whether the token was handed out before; where the store is away, by this replica. */
    Mono<Boolean> known(Digest token);

    /** Whether the token is leased and no charge with it is running, answered or unknown; false where the store is away. */
    Mono<Boolean> unspent(Digest token);

    /** Decides about a charge, and records it as running when the verdict is {@link Verdict.Send}. */
    Mono<Verdict> begin(Attempt attempt);

    /**
     * Records how a charge ended that {@link #begin} let go, also when it counts as unknown by now because its time was up.
     * A second call, or one by another attempt, changes nothing.
     */
    Mono<Void> finish(Attempt attempt, Outcome outcome);

    /** The charges that must be settled, oldest first. */
    Flux<UnknownCharge> unknown();

    /**
     * Settles an unknown outcome.
     *
     * @param id of an {@link UnknownCharge}
     * @param charged true: the token is spent; false: it may be charged again while it lives
     * @return empty where no such charge is unknown
     */
    Mono<UnknownCharge> settle(String id, boolean charged);

    /** How many charges' ends are still to be written, because the store was away; none where all is written at once. */
    default int owed() {
        return 0;
    }

    /**
     * How many outcomes are unknown, by tenant and of those that have any, as far as this replica knows without asking: a
     * view that changes with it.
     */
    Map<String, Integer> unknownByTenant();

    /** {@link #unknownByTenant()}, of one. */
    default int unknownOf(String tenant) {
        return unknownByTenant().getOrDefault(tenant, 0);
    }
}
