package io.pekopayedge.sandbox;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One charge or subscription that reached PekoPay with good credentials. Each is an effect, also those that the sandbox
 * then refuses: PekoPay promises no idempotency, so every one of them could have moved money.
 *
 * @param token null when the request had none
 * @param kind {@code transactions} or {@code subscriptions}
 * @param result what became of it
 */
public record Charge(Instant at, String tenantId, @Nullable String token, String kind, Result result, Call call) {

    /** What PekoPay did. */
    public enum Result {
        ACCEPTED,
        DECLINED,
        TOKEN_SPENT,
        TOKEN_EXPIRED,
        TOKEN_UNKNOWN,
        NOT_TOKENIZED
    }

    /** Whether the shopper paid. */
    public boolean accepted() {
        return result == Result.ACCEPTED;
    }
}
