package io.pekopayedge.upstream;

import io.netty.handler.codec.http.HttpMethod;
import io.pekopayedge.tenant.Tenant;
import org.jspecify.annotations.Nullable;

/**
 * A call to a tenant's PekoPay, before credentials. The body is shared: nobody may change it.
 *
 * @param tenant whose address and credentials are used
 * @param method GET or POST
 * @param pathAndQuery percent-encoded, starting with a slash
 * @param fields of the client
 * @param requestId ours
 * @param idempotencyKey or null
 * @param body or null
 */
@SuppressWarnings("ArrayRecordComponent") // compared nowhere, copied nowhere
public record UpstreamRequest(
        Tenant tenant,
        HttpMethod method,
        String pathAndQuery,
        PassedFields fields,
        String requestId,
        @Nullable String idempotencyKey,
        byte @Nullable [] body) {

    @Override
    public String toString() {
        return method + " for " + tenant.id();
    }
}
