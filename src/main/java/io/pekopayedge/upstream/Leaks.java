package io.pekopayedge.upstream;

import io.pekopayedge.tenant.BasicCredentials;
import io.pekopayedge.tenant.Tenant;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Looks for a tenant's own secrets in what PekoPay sent back: some servers echo what they were sent, as it was or with
 * JSON's escapes (RFC 8259 §7), of which encoders write some for any {@code /}, {@code =} or {@code +} of Base64.
 */
public final class Leaks {
    private static final byte[] ESCAPE = {'\\'};
    /** Bytes of the longest escape of one sign. */
    private static final int ESCAPED = 6;

    private static final int NO = 0;
    /** The content ends before the secret does. */
    private static final int BEGUN = 1;

    private static final int WHOLE = 2;

    private Leaks() {}

    /** Whether a reply's body or fields hold the Basic value or the secret of either pair. */
    public static boolean in(Tenant tenant, UpstreamReply reply) {
        return in(tenant, reply.body())
                || in(tenant, reply.contentType())
                || in(tenant, reply.retryAfter())
                || in(tenant, reply.location())
                || in(tenant, reply.etag())
                || in(tenant, reply.link());
    }

    private static boolean in(Tenant tenant, @Nullable String field) {
        return field != null && in(tenant, field.getBytes(StandardCharsets.UTF_8));
    }

    /** Whether the bytes hold the Basic value or the secret of either pair. */
    public static boolean in(Tenant tenant, byte[] content) {
        BasicCredentials previous = tenant.previousCredentials();
        return holds(content, tenant.credentials()) || (previous != null && holds(content, previous));
    }

    /** How many bytes at the end may be the beginning of what must not leave, of either pair. */
    public static int begunIn(Tenant tenant, byte[] content) {
        BasicCredentials previous = tenant.previousCredentials();
        int begun = begunIn(content, tenant.credentials());
        return previous == null ? begun : Math.max(begun, begunIn(content, previous));
    }

    private static int begunIn(byte[] content, BasicCredentials credentials) {
        int longest = 0;
        for (byte[] forbidden : credentials.forbidden()) {
            int from = Math.max(0, content.length - ESCAPED * forbidden.length);
            while (content.length - from > longest
                    && !startsAsIs(content, from, forbidden)
                    && spelt(content, from, forbidden) != BEGUN) {
                from++;
            }
            longest = Math.max(longest, content.length - from);
        }
        return longest;
    }

    /** Whether the content's end is the secret's beginning, as it is. */
    private static boolean startsAsIs(byte[] content, int from, byte[] wanted) {
        int length = content.length - from;
        return length < wanted.length && Arrays.equals(content, from, content.length, wanted, 0, length);
    }

    private static boolean holds(byte[] content, BasicCredentials credentials) {
        boolean escaped = indexOf(content, ESCAPE) >= 0;
        for (byte[] forbidden : credentials.forbidden()) {
            if (indexOf(content, forbidden) >= 0 || (escaped && isSpeltIn(content, forbidden))) {
                return true;
            }
        }
        return false;
    }

    private static boolean isSpeltIn(byte[] content, byte[] wanted) {
        for (int i = 0; i <= content.length - wanted.length; i++) {
            if (spelt(content, i, wanted) == WHOLE) {
                return true;
            }
        }
        return false;
    }

    /** Whether what stands there, its escapes read, is the wanted text, or as much of it as there is. */
    private static int spelt(byte[] content, int from, byte[] wanted) {
        int i = from;
        int j = 0;
        while (j < wanted.length) {
            if (i == content.length || (content[i] == '\\' && i + 1 == content.length)) {
                return BEGUN;
            }
            if (content[i] != '\\') {
                if (content[i++] != wanted[j++]) {
                    return NO;
                }
            } else if (content[i + 1] != 'u') {
                if (content[i + 1] != wanted[j++]) {
                    return NO;
                }
                i += 2;
            } else if (content.length < i + ESCAPED) {
                return BEGUN;
            } else {
                byte[] sign = sign(content, i + 2);
                int end = j + sign.length;
                if (end > wanted.length || !Arrays.equals(sign, 0, sign.length, wanted, j, end)) {
                    return NO;
                }
                i += ESCAPED;
                j = end;
            }
        }
        return WHOLE;
    }

    /** Of four hex digits, in UTF-8. */
    private static byte[] sign(byte[] content, int from) {
        int code = 0;
        for (int i = from; i < from + 4; i++) {
            code = code << 4 | Math.max(0, Character.digit(content[i], 16));
        }
        return String.valueOf((char) code).getBytes(StandardCharsets.UTF_8);
    }

    private static int indexOf(byte[] content, byte[] wanted) {
        byte first = wanted[0];
        search:
        for (int i = 0, last = content.length - wanted.length; i <= last; i++) {
            if (content[i] != first) {
                continue;
            }
            for (int j = 1; j < wanted.length; j++) {
                if (content[i + j] != wanted[j]) {
                    continue search;
                }
            }
            return i;
        }
        return -1;
    }
}
