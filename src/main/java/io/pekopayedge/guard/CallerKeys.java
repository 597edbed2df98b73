package io.pekopayedge.guard;

import io.pekopayedge.ledger.Digest;
import io.pekopayedge.problem.EdgeProblem;
import io.pekopayedge.problem.Problem;
import io.pekopayedge.tenant.ApiKey;
import io.pekopayedge.tenant.Tenant;
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
        if (authorization.regionMatches(true, 0, "Bearer ", 0, 7)) {
            return matches(tenant, null, authorization.substring(7).trim());
        }
        if (!authorization.regionMatches(true, 0, "Basic ", 0, 6)) {
            return false;
        }
        try {
            String pair = new String(
                    Base64.getDecoder().decode(authorization.substring(6).trim()), StandardCharsets.UTF_8);
            int colon = pair.indexOf(':');
            return colon >= 0 && matches(tenant, pair.substring(0, colon), pair.substring(colon + 1));
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static boolean matches(Tenant tenant, @Nullable String id, String key) {
        byte[] sha256 = Digest.newSha256().digest(key.getBytes(StandardCharsets.UTF_8));
        boolean found = false;
        for (ApiKey known : tenant.apiKeys()) {
            found |= known.matches(sha256) && (id == null || id.equals(known.id()));
        }
        return found;
    }
}
