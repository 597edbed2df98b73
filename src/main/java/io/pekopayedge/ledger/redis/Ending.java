package io.pekopayedge.ledger.redis;

import io.pekopayedge.ledger.Answer;
import io.pekopayedge.ledger.Attempt;
import io.pekopayedge.ledger.Outcome;

/**
 * How an attempt ended, as Redis is told. Compared by identity: each is one thing to write.
 */
final class Ending {
    private static final String NEVER = "never";

    private final Attempt attempt;
    private final String word;
    private final byte[] sealed;

    private Ending(Attempt attempt, String word, byte[] sealed) {
        this.attempt = attempt;
        this.word = word;
        this.sealed = sealed;
    }

    static Ending of(Attempt attempt, Outcome outcome) {
        if (outcome instanceof Outcome.Answered answered) {
            return answered.answer().body().length > Answer.KEPT_BYTES
                    ? spent(attempt)
                    : new Ending(attempt, "answered", SealedAnswer.seal(attempt, answered.answer()));
        }
        return new Ending(attempt, outcome instanceof Outcome.Unknown ? "unknown" : "free", new byte[0]);
    }

    /** It was not let go, whatever a {@code begin} that is still on its way will say. */
    static Ending never(Attempt attempt) {
        return new Ending(attempt, NEVER, new byte[0]);
    }

    /** The token is used up; how, Redis has forgotten. */
    static Ending spent(Attempt attempt) {
        return new Ending(attempt, "spent", new byte[0]);
    }

    boolean isNever() {
        return word.equals(NEVER);
    }

    Attempt attempt() {
        return attempt;
    }

    String word() {
        return word;
    }

    byte[] sealed() {
        return sealed;
    }
}
