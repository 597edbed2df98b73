package io.pekopayedge.ledger;

import org.jspecify.annotations.Nullable;

/**
 * What PekoPay answered, reduced to what a client may see. The body is shared: nobody may change it.
 *
 * @param status 2xx or 4xx
 * @param contentType or null
 * @param retryAfter as PekoPay sent it, or null
 * @param location under the tenant's own path, or null; backend face only
 * @param etag or null; backend face only
 * @param link or null; backend face only
 * @param body as PekoPay sent it
 */
@SuppressWarnings("ArrayRecordComponent") // compared nowhere, copied nowhere
public record Answer(
        int status,
        @Nullable String contentType,
        @Nullable String retryAfter,
        @Nullable String location,
        @Nullable String etag,
        @Nullable String link,
        byte[] body) {
    /** A larger body is not kept: a repeat then gets {@code token-spent}. */
    public static final int KEPT_BYTES = 16 * 1024;

    private static final byte[] NOT_KEPT = new byte[KEPT_BYTES + 1];

    /** An answer whose body nobody may see: a repeat gets {@code token-spent}. */
    public static Answer withheld(int status) {
        return new Answer(status, null, null, null, null, null, NOT_KEPT);
    }

    @Override
    public String toString() {
        return "Answer " + status + ", " + body.length + " bytes";
    }
}
