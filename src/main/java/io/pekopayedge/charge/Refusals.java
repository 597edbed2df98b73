package io.pekopayedge.charge;

import io.pekopayedge.problem.EdgeProblem;
import io.pekopayedge.problem.Problem;
import java.time.Duration;

/** What a shopper is told where the ledger says that nothing may be sent. */
final class Refusals {
    private static final Duration SOON = Duration.ofSeconds(1);

    private Refusals() {}

    static EdgeProblem of(Problem problem) {
        return switch (problem) {
            case CHARGE_IN_PROGRESS -> EdgeProblem.retryLater(problem, "Ask again for its outcome.", SOON);
            case TOKEN_SPENT -> EdgeProblem.of(problem, "Get a new token to pay again.");
            case TOKEN_UNKNOWN -> EdgeProblem.of(problem, "Get a new token; this one has expired or is not ours.");
            case TOKEN_NOT_YOURS -> EdgeProblem.of(problem, "A token is charged by the checkout that got it.");
            case CHARGE_OUTCOME_UNKNOWN ->
                EdgeProblem.of(
                        problem, "A charge with this token was sent and its outcome is not known. Do not pay again.");
            default -> EdgeProblem.of(problem, "The charge was not sent.");
        };
    }
}
