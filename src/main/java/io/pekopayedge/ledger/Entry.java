package io.pekopayedge.ledger;

import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One token's state in the memory ledger. A change of state puts another entry in its place, or its lease again; nothing of
 * an entry changes. Only open charges are kept as objects; the others are told from {@link AtRest}. Times are nanoseconds
 * on the ticker. Weights are bytes on a heap with compressed references, rounded up.
 */
sealed interface Entry permits Lease, Entry.Running, Entry.Unknown, Entry.Answered, Entry.Spent {
    Lease lease();

    /** From then on this entry says nothing any more. */
    long until();

    /** Being charged now. */
    final class Running implements Entry {
        /** With its lease, three digests, an id, a request's id, and its place in a map. */
        static final int WEIGHT = 560;

        private final Lease lease;

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
            this.lease = lease;
            this.attempt = attempt.id();
            this.request = attempt.request();
            this.intent = attempt.intent();
            this.requestId = attempt.requestId();
            this.since = since;
            this.deadline = deadline;
        }

        @Override
        public Lease lease() {
            return lease;
        }

        @Override
        public long until() {
            return deadline;
        }
    }

    /** Sent, and nobody knows what became of it. */
    final class Unknown implements Entry {
        /** It keeps no digest of the request. */
        static final int WEIGHT = Running.WEIGHT - 48;

        private final Lease lease;

        /** Whose time was up, and who may still know; null where it has said that it does not. */
        final @Nullable UUID attempt;

        final String intent;
        final String requestId;
        final long since;
        private final long until;

        Unknown(Running run, @Nullable UUID attempt, long until) {
            this(run.lease, attempt, run.intent, run.requestId, run.since, until);
        }

        private Unknown(Lease lease, @Nullable UUID attempt, String intent, String requestId, long since, long until) {
            this.lease = lease;
            this.attempt = attempt;
            this.intent = intent;
            this.requestId = requestId;
            this.since = since;
            this.until = until;
        }

        /** Its sender does not know either. */
        Unknown toAll() {
            return new Unknown(lease, null, intent, requestId, since, until);
        }

        @Override
        public Lease lease() {
            return lease;
        }

        @Override
        public long until() {
            return until;
        }
    }

    /**
     * Answered by PekoPay; the answer waits for a repeat.
     *
     * @param bytes {@link AnswerBytes}
     */
    @SuppressWarnings("ArrayRecordComponent") // compared nowhere, copied nowhere
    record Answered(Lease lease, Digest request, byte[] bytes, long until) implements Entry {
        Answer answer() {
            return Objects.requireNonNull(AnswerBytes.read(bytes));
        }
    }

    /** Charged, and no answer is kept to give again. */
    record Spent(Lease lease, long until) implements Entry {}
}
