package io.pekopayedge.ledger;

import io.pekopayedge.problem.Problem;

/** What the one who asked {@link TokenLedger#begin} must do. */
public sealed interface Verdict {
    /** Send it, then tell {@link TokenLedger#finish}: the record says so already. */
    record Send() implements Verdict {}

    /** The same request is running now; wait for it where it runs on this replica. */
    record Running() implements Verdict {}

    /** The same request was answered before: give that answer. */
    record Replay(Answer answer) implements Verdict {}

    /** Send nothing. */
    record Refuse(Problem problem) implements Verdict {}
}
