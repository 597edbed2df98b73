package io.pekopayedge.guard;

import com.fasterxml.jackson.core.JsonPointer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the gateway needs of a charge's body; the bytes go on as they came. Immutable; prints nothing of it.
 *
 * @param paymentToken 1–4096 visible ASCII characters; null only where none is required
 * @param intent as the body names it, not checked against the tenant's; null if it names none
 */
public record ChargeBody(
        @Nullable String paymentToken, @Nullable String intent) {

    /**
     * Reads the body once, from end to end. What is wrong is told in this order: not JSON, card data, not a valid charge.
     *
     * @param body whole; not changed
     * @param skip values that are not scanned for card data
     * @param tokenRequired whether a charge without {@code paymentToken} is refused
     * @throws io.pekopayedge.problem.EdgeProblem malformed-request, card-data-refused or charge-invalid; without a word
     *     of the body
     */
    public static ChargeBody read(byte[] body, List<JsonPointer> skip, boolean tokenRequired) {
        return new ChargeReader(skip, tokenRequired).read(body);
    }

    @Override
    public String toString() {
        return "ChargeBody[****]";
    }
}
