package io.pekopayedge.ledger;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One token's state in the memory ledger. A change of state puts another entry in its place, or its lease again. Nothing of
 * an entry changes but its place in a {@link Fifo}, and of a lease what it says there, all under the lock of the {@link
 * Stripe}. Times are nanoseconds on the ticker. Weights are bytes on a heap with compressed references, rounded up.
 */
abstract sealed class Entry permits Lease, Entry.Charged {
    @Nullable
    Entry older;

    @Nullable
    Entry newer;

    abstract Lease lease();

    /** From then on this entry says nothing any more. */
    abstract long until();

    abstract int weight();

    /** What became of a lease. It weighs that lease too. */
    abstract static sealed class Charged extends Entry {
        private final Lease lease;

        private Charged(Lease lease) {
            this.lease = lease;
        }

        @Override
        final Lease lease() {
            return lease;
        }
    }

    /** Being charged now. */
    static final class Running extends Charged {
        static final int WEIGHT = Lease.WEIGHT + 56 + 48 + 240;

        /** Whose it is. */
        final UUID attempt;

        final Digest request;
        final String intent;
        final String requestId;
        final long since;
        private final long deadline;

        /**
         * @param attempt of which only what is asked for later is kept: it holds the token
         * @param since on the wall clock, in milliseconds
         * @param deadline from then on nobody can still be at it, and the outcome counts as unknown
         */
        Running(Lease lease, Attempt attempt, long since, long deadline) {
            super(lease);
            this.attempt = attempt.id();
            this.request = attempt.request();
            this.intent = attempt.intent();
            this.requestId = attempt.requestId();
            this.since = since;
            this.deadline = deadline;
        }

        @Override
        long until() {
            return deadline;
        }

        @Override
        int weight() {
            return WEIGHT;
        }
    }

    /** Sent, and nobody knows what became of it. */
    static final class Unknown extends Charged {
        static final int WEIGHT = Lease.WEIGHT + 56 + 240;

        /** Whose time was up, and who may still know; null where it has said that it does not. */
        final @Nullable UUID attempt;

        final String intent;
        final String requestId;
        final long since;
        private final long until;

        Unknown(Running run, @Nullable UUID attempt, long until) {
            this(run.lease(), attempt, run.intent, run.requestId, run.since, until);
        }

        private Unknown(Lease lease, @Nullable UUID attempt, String intent, String requestId, long since, long until) {
            super(lease);
            this.attempt = attempt;
            this.intent = intent;
            this.requestId = requestId;
            this.since = since;
            this.until = until;
        }

        /** Its sender does not know either. */
        Unknown toAll(long until) {
            return new Unknown(lease(), null, intent, requestId, since, until);
        }

        @Override
        long until() {
            return until;
        }

        @Override
        int weight() {
            return WEIGHT;
        }
    }

    /** Answered by PekoPay; the answer waits for a repeat. */
    static final class Answered extends Charged {
        final Answer answer;
        private final long requestA;
        private final long requestB;
        private final long requestC;
        private final long requestD;
        private final long until;

        Answered(Lease lease, Digest request, Answer answer, long until) {
            super(lease);
            this.answer = answer;
            this.requestA = request.a;
            this.requestB = request.b;
            this.requestC = request.c;
            this.requestD = request.d;
            this.until = until;
        }

        boolean answers(Digest request) {
            return request.is(requestA, requestB, requestC, requestD);
        }

        @Override
        long until() {
            return until;
        }

        @Override
        int weight() {
            return Lease.WEIGHT
                    + (72 + 40 + 24 + answer.body().length)
                    + text(answer.contentType())
                    + text(answer.retryAfter())
                    + text(answer.location())
                    + text(answer.etag())
                    + text(answer.link());
        }

        private static int text(@Nullable String text) {
            return text == null ? 0 : 56 + text.length();
        }
    }

    /** Charged, and no answer is kept to give again. */
    static final class Spent extends Charged {
        private final long until;

        Spent(Lease lease, long until) {
            super(lease);
            this.until = until;
        }

        @Override
        long until() {
            return until;
        }

        @Override
        int weight() {
            return Lease.WEIGHT + 32;
        }
    }
}
