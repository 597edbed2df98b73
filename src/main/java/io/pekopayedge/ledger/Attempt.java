package io.pekopayedge.ledger;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A charge that somebody wants to send.
 *
 * @param token whose charge it is: a payment token's digest, or an idempotency key's
 * @param leased true for a payment token, which must have been handed out before; false for an idempotency key, whose
 *     first use creates the record
 * @param id names this attempt; only its owner may finish it
 * @param tenant that asks
 * @param flow that asks, or null on the backend face or without a cookie
 * @param face it came in by
 * @param boundToFlow whether a token that was leased to a flow may be charged by that flow alone
 * @param request what must be equal for a repeat to get the same answer
 * @param intent for the operator's list
 * @param requestId for the operator's list
 * @param answerKey seals the answer where the ledger's store is shared
 */
public record Attempt(
        Digest token,
        boolean leased,
        UUID id,
        String tenant,
        @Nullable Digest flow,
        Face face,
        boolean boundToFlow,
        Digest request,
        String intent,
        String requestId,
        AnswerKey answerKey) {
    /** The same, as if another had made it. */
    public Attempt by(UUID other) {
        return new Attempt(
                token, leased, other, tenant, flow, face, boundToFlow, request, intent, requestId, answerKey);
    }
}
