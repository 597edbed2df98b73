package io.pekopayedge.guard;

import io.pekopayedge.problem.EdgeProblem;
import io.pekopayedge.problem.Problem;
import io.pekopayedge.tenant.Tenant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Which web pages may call the browser face. Pure; safe for use by several threads. */
public final class Origins {
    private Origins() {}

    /**
     * Passes an origin that the tenant lists, or whose host and port are those of {@code Host}. The scheme is not compared:
     * TLS may end before us.
     *
     * @param origin the {@code Origin} field (RFC 6454 §7), all values joined if there are several; null if absent
     * @param host the {@code Host} field; null if absent
     * @param secFetchSite the {@code Sec-Fetch-Site} field, which decides where there is no {@code Origin}
     * @throws EdgeProblem origin-refused
     */
    public static void check(
            Tenant tenant, @Nullable String origin, @Nullable String host, @Nullable String secFetchSite) {
        boolean allowed = origin == null
                ? !"cross-site".equalsIgnoreCase(secFetchSite)
                : isListed(tenant, origin) || isSame(origin, host);
        if (!allowed) {
            throw EdgeProblem.of(Problem.ORIGIN_REFUSED, "This origin is not among the shop's origins.");
        }
    }

    private static boolean isListed(Tenant tenant, String origin) {
        return tenant.origins().contains(origin) || tenant.origins().contains(origin.toLowerCase(Locale.ROOT));
    }

    private static boolean isSame(String origin, @Nullable String host) {
        String defaultPort = origin.regionMatches(true, 0, "https://", 0, 8)
                ? ":443"
                : origin.regionMatches(true, 0, "http://", 0, 7) ? ":80" : null;
        if (host == null || host.isEmpty() || defaultPort == null) {
            return false;
        }
        String site = origin.substring(origin.indexOf("//") + 2);
        return withPort(site, defaultPort).equalsIgnoreCase(withPort(host, defaultPort));
    }

    private static String withPort(String site, String defaultPort) {
        return site.lastIndexOf(':') > site.lastIndexOf(']') ? site : site + defaultPort;
    }
}
