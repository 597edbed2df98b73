package io.pekopayedge.ledger;

/** How a charge that {@link TokenLedger#begin} let go ended. */
public sealed interface Outcome {
    /** PekoPay answered for good, 2xx or 4xx. */
    record Answered(Answer answer) implements Outcome {}

    /** Something was sent and what became of it is not known. It is not sent again, unless an operator settles it as free. */
    record Unknown() implements Outcome {}

    /** Provably not processed: the token may be charged again. */
    record Free() implements Outcome {}
}
