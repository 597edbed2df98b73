package io.pekopayedge.charge;

import io.pekopayedge.ledger.Answer;

/**
 * What a client is told of a charge that PekoPay answered.
 *
 * @param answer PekoPay's, reduced
 * @param replayed whether nothing was sent for this request
 */
public record Told(Answer answer, boolean replayed) {
    Told again() {
        return replayed ? this : new Told(answer, true);
    }
}
