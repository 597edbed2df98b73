package io.pekopayedge.charge;

import io.pekopayedge.ledger.Face;
import io.pekopayedge.tenant.Intent;
import io.pekopayedge.tenant.Tenant;
import io.pekopayedge.upstream.PassedFields;
import org.jspecify.annotations.Nullable;

/**
 * A charge that a client asked for, checked. Holds the payment token: never printed.
 *
 * @param tenant whose charge it is
 * @param intent what it is for
 * @param face it came in by
 * @param flow of the shopper, or null
 * @param client address, for limits
 * @param token the payment token, or null (backend face only)
 * @param callerKey the caller's {@code Idempotency-Key}, or null (backend face only)
 * @param query raw, or null
 * @param fields that PekoPay may see
 * @param requestId ours
 * @param body as it came, and as it goes
 */
@SuppressWarnings("ArrayRecordComponent") // compared nowhere, copied nowhere
public record Order(
        Tenant tenant,
        Intent intent,
        Face face,
        @Nullable String flow,
        String client,
        @Nullable String token,
        @Nullable String callerKey,
        @Nullable String query,
        PassedFields fields,
        String requestId,
        byte[] body) {

    /** The same, for another version of its tenant. */
    Order as(Tenant other) {
        return new Order(other, intent, face, flow, client, token, callerKey, query, fields, requestId, body);
    }

    String pathAndQuery() {
        return query == null ? intent.path() : intent.path() + "?" + query;
    }

    @Override
    public String toString() {
        return "Order " + tenant.id() + "/" + intent.name();
    }
}
