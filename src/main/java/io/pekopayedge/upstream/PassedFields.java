package io.pekopayedge.upstream;

import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The client's header fields that PekoPay sees, all there are. A request upstream is built from these; nothing is copied
 * and then removed, so no {@code Connection} option of a client (RFC 9110 §7.6.1) can take away what the gateway added.
 *
 * @param contentType of the body, or null
 * @param accept or null
 * @param acceptLanguage or null
 * @param userAgent or null
 * @param traceparent valid by W3C Trace Context, or null
 * @param tracestate only with a traceparent, or null
 */
public record PassedFields(
        @Nullable String contentType,
        @Nullable String accept,
        @Nullable String acceptLanguage,
        @Nullable String userAgent,
        @Nullable String traceparent,
        @Nullable String tracestate) {
    private static final String AGENT = "pekopay-edge";

    /** Of a call that no client asked for. */
    public static final PassedFields OURS = new PassedFields(null, "application/json", null, null, null, null);

    /**
     * Gives each field that goes upstream, and no others. {@code Accept-Encoding} is always {@code identity}: {@code
     * Content-Encoding} does not reach the client, and a coded answer could not be searched for secrets.
     */
    public void forEach(BiConsumer<String, String> field) {
        give(field, "Content-Type", contentType);
        field.accept("Accept", accept == null ? "*/*" : accept);
        give(field, "Accept-Language", acceptLanguage);
        field.accept("User-Agent", userAgent == null ? AGENT : userAgent);
        give(field, "traceparent", traceparent);
        give(field, "tracestate", tracestate);
        field.accept("Accept-Encoding", "identity");
    }

    private static void give(BiConsumer<String, String> field, String name, @Nullable String value) {
        if (value != null) {
            field.accept(name, value);
        }
    }
}
