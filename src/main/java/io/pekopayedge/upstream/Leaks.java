package io.pekopayedge.upstream;

import io.pekopayedge.tenant.BasicCredentials;
import io.pekopayedge.tenant.Tenant;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Looks for a tenant's own secrets in what PekoPay sent back: some servers echo what they were sent. */
public final class Leaks {
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
            int begun = Math.min(forbidden.length - 1, content.length);
            while (begun > longest
                    && !Arrays.equals(content, content.length - begun, content.length, forbidden, 0, begun)) {
                begun--;
            }
            longest = Math.max(longest, begun);
        }
        return longest;
    }

    private static boolean holds(byte[] content, BasicCredentials credentials) {
        for (byte[] forbidden : credentials.forbidden()) {
            if (indexOf(content, forbidden) >= 0) {
                return true;
            }
        }
        return false;
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
