package io.pekopayedge.ledger.redis;

import io.pekopayedge.ledger.Answer;
import io.pekopayedge.ledger.AnswerBytes;
import io.pekopayedge.ledger.Attempt;
import org.jspecify.annotations.Nullable;

/** A stored answer: sealed with the payment token's own key, for the record that it belongs to. */
final class SealedAnswer {
    private SealedAnswer() {}

    static byte[] seal(Attempt attempt, Answer answer) {
        return attempt.answerKey().seal(AnswerBytes.of(answer), attempt.token());
    }

    /** Null where it cannot be opened: the token is spent all the same. */
    static @Nullable Answer open(Attempt attempt, byte[] sealed) {
        byte[] clear = attempt.answerKey().open(sealed, attempt.token());
        return clear == null ? null : AnswerBytes.read(clear);
    }
}
