package io.pekopayedge.guard;

import io.pekopayedge.ledger.Digest;
import io.pekopayedge.problem.EdgeProblem;
import io.pekopayedge.problem.Problem;
import io.pekopayedge.tenant.ApiKey;
import io.pekopayedge.tenant.Tenant;
import io.pekopayedge.tenant.Tenants;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * Whether a storefront's server may act for a tenant: {@code Authorization: Bearer <api key>}, or {@code Basic <key
 * id>:<api key>} so that code written for PekoPay changes its secret only. Any thread.
 */
public final class CallerKeys {
    private CallerKeys() {}

    /**
     * The tenant, for a caller that holds one of its keys. Every way to fail looks the same from outside.
     *
     * @param tenant null if unknown
     */
    public static Tenant check(Call call, @Nullable Tenant tenant) {
        String authorization = call.single("Authorization");
        if (tenant == null || authorization == null || !isKeyOf(tenant, authorization)) {
            throw EdgeProblem.of(Problem.CALLER_UNAUTHENTICATED, "Send one of this tenant's API keys.");
        }
        return tenant;
    }

    /** Whether an {@code Authorization} value holds a key of the tenant. */
    public static boolean isKeyOf(Tenant tenant, String authorization) {
        Presented shown = presented(authorization);
        if (shown == null) {
            return false;
        }
        byte[] sha256 = shown.sha256();
        boolean found = false;
        for (ApiKey known : tenant.apiKeys()) {
            found |= known.matches(sha256) && (shown.id == null || shown.id.equals(known.id()));
        }
        return found;
    }

    /** Whether it holds a key of any tenant: such a value goes to nobody's storefront. */
    public static boolean isKey(Tenants tenants, String authorization) {
        Presented shown = presented(authorization);
        return shown != null && tenants.anyHasKey(shown.sha256());
    }

    private record Presented(@Nullable String id, String key) {
        byte[] sha256() {
            return Digest.newSha256().digest(key.getBytes(StandardCharsets.UTF_8));
        }
    }

    /** Null where it is of another scheme, or not of its form. */
    private static @Nullable Presented presented(String authorization) {
        String rest = after("Bearer", authorization);
        if (rest != null) {
            return new Presented(null, rest);
        }
        String encoded = after("Basic", authorization);
        if (encoded == null) {
            return null;
        }
        try {
            String pair = new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8);
            int colon = pair.indexOf(':');
            return colon < 0 ? null : new Presented(pair.substring(0, colon), pair.substring(colon + 1));
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static @Nullable String after(String scheme, String authorization) {
        int end = scheme.length();
        boolean named = authorization.regionMatches(true, 0, scheme, 0, end)
                && authorization.length() > end
                && (authorization.charAt(end) == ' ' || authorization.charAt(end) == '\t');
        return named ? authorization.substring(end).trim() : null;
    }
}
