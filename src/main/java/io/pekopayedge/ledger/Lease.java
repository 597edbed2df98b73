package io.pekopayedge.ledger;

import java.security.SecureRandom;
import org.jspecify.annotations.Nullable;

/**
 * Whose token it is, and until when it can be charged. As an entry: handed out, and no charge with it is known of. It also
 * holds its token's state, and its place in {@link ByToken}; both change under the lock of the {@link Stripe}. There may be a
 * million of them, so it is one object, with both digests in pieces.
 */
final class Lease extends Entry {
    /** Its own, and its share of {@link ByToken}. */
    static final int WEIGHT = 112 + 8;

    /** Nobody can choose keys that meet in one chain. */
    private static final long ODD = new SecureRandom().nextLong() | 1;

    private final long tokenA;
    private final long tokenB;
    private final long tokenC;
    private final long tokenD;
    private final long flowA;
    private final long flowB;
    private final long flowC;
    private final long flowD;
    private final long until;
    private final String tenant;
    private final boolean ofFlow;
    private final boolean handedOut;

    /**
     * Its token's state: itself while it is free to be charged. Null before it is in the ledger, and once it has left: so not
     * null exactly while it is in {@link ByToken}.
     */
    @Nullable
    Entry entry;

    /** The next in its chain. */
    @Nullable
    Lease next;

    /**
     * @param flow null where the token is not bound to one
     * @param until on the ticker, in nanoseconds
     * @param handedOut false for a record that a charge created: a token from elsewhere, or an idempotency key. Once free,
     *     nothing is known of it, so it goes
     */
    Lease(Digest token, String tenant, @Nullable Digest flow, long until, boolean handedOut) {
        tokenA = token.a;
        tokenB = token.b;
        tokenC = token.c;
        tokenD = token.d;
        ofFlow = flow != null;
        flowA = flow == null ? 0 : flow.a;
        flowB = flow == null ? 0 : flow.b;
        flowC = flow == null ? 0 : flow.c;
        flowD = flow == null ? 0 : flow.d;
        this.tenant = tenant;
        this.until = until;
        this.handedOut = handedOut;
    }

    /** A copy. */
    Digest token() {
        return new Digest(tokenA, tokenB, tokenC, tokenD);
    }

    /** How people name it: {@link Digest#id}. */
    String id() {
        return token().id();
    }

    boolean isOf(Digest token) {
        return token.is(tokenA, tokenB, tokenC, tokenD);
    }

    /** For its place in a table; of other bits than what chooses its {@link Stripe}. */
    int hash() {
        return hash(tokenB);
    }

    static int hash(Digest token) {
        return hash(token.b);
    }

    private static int hash(long bits) {
        return (int) ((bits * ODD) >>> 32);
    }

    String tenant() {
        return tenant;
    }

    @Override
    Lease lease() {
        return this;
    }

    @Override
    long until() {
        return until;
    }

    @Override
    int weight() {
        return WEIGHT;
    }

    boolean handedOut() {
        return handedOut;
    }

    boolean lives(long now) {
        return handedOut && now - until < 0;
    }

    boolean admits(Attempt attempt) {
        return tenant.equals(attempt.tenant()) && (!attempt.boundToFlow() || !ofFlow || isOfFlow(attempt.flow()));
    }

    private boolean isOfFlow(@Nullable Digest flow) {
        return flow != null && flow.is(flowA, flowB, flowC, flowD);
    }
}
