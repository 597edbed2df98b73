package io.pekopayedge.ledger;

import org.jspecify.annotations.Nullable;

/**
 * Whose token it is, and until when it can be charged. As an entry: handed out, and no charge with it is known of.
 *
 * @param flow null where the token is not bound to one
 * @param until on the ticker, in nanoseconds
 * @param handedOut false for a record that a charge created: a token from elsewhere, or an idempotency key. Once free, nothing
 *     is known of it, so it goes
 */
record Lease(Digest token, String tenant, @Nullable Digest flow, long until, boolean handedOut) implements Entry {
    @Override
    public Lease lease() {
        return this;
    }

    /** How people name it: {@link Digest#id}. */
    String id() {
        return token.id();
    }

    boolean lives(long now) {
        return handedOut && now - until < 0;
    }

    boolean admits(Attempt attempt) {
        return tenant.equals(attempt.tenant())
                && (!attempt.boundToFlow() || flow == null || flow.equals(attempt.flow()));
    }
}
