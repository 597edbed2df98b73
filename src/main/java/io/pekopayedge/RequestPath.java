package io.pekopayedge;

import io.pekopayedge.problem.EdgeProblem;
import io.pekopayedge.problem.Problem;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Which way a path asks for, and of which tenant.
 *
 * @param way through the gateway
 * @param tenantId that the path names, or null
 * @param decoded the path, percent-decoded once
 */
record RequestPath(Way way, @Nullable String tenantId, String decoded) {
    /** Every way through. */
    enum Way {
        REFRESH,
        CHARGE,
        GENERATE,
        TENANT,
        STOREFRONT
    }

    private static final String REFRESH_PATH = "/api/payment-token/refresh";
    static final String CHARGE_PATH = "/api/checkout/charge";
    private static final String GENERATE_END = "/generate";

    /**
     * @param raw as the client sent it
     * @throws EdgeProblem where one of our own paths is written in a doubtful way
     */
    static RequestPath of(String raw) {
        if (raw.equals(REFRESH_PATH)) {
            return new RequestPath(Way.REFRESH, null, raw);
        }
        if (raw.equals(CHARGE_PATH)) {
            return new RequestPath(Way.CHARGE, null, raw);
        }
        String path = raw.indexOf('%') < 0 ? raw : decode(raw);
        if (!isOurs(path)) {
            return new RequestPath(Way.STOREFRONT, null, path);
        }
        if (path.contains("//")
                || raw.indexOf(';') >= 0
                || raw.toLowerCase(Locale.ROOT).contains("%2f")) {
            throw doubtful();
        }
        return ours(path);
    }

    static EdgeProblem doubtful() {
        return EdgeProblem.of(Problem.MALFORMED_REQUEST, "The path is written in a doubtful way.");
    }

    private static boolean isOurs(String path) {
        return path.startsWith("/tenants/")
                || path.startsWith("/payment-token/")
                || path.startsWith("/t/")
                || path.startsWith("/api/");
    }

    private static RequestPath ours(String path) {
        if (path.equals(REFRESH_PATH)) {
            return new RequestPath(Way.REFRESH, null, path);
        }
        if (path.equals(CHARGE_PATH)) {
            return new RequestPath(Way.CHARGE, null, path);
        }
        if (path.startsWith("/t/")) {
            int end = path.indexOf('/', 3);
            String rest = end < 0 ? "" : path.substring(end);
            Way way = rest.equals(REFRESH_PATH) ? Way.REFRESH : rest.equals(CHARGE_PATH) ? Way.CHARGE : Way.STOREFRONT;
            return new RequestPath(way, way == Way.STOREFRONT ? null : path.substring(3, end), path);
        }
        if (path.startsWith("/tenants/")) {
            return new RequestPath(Way.TENANT, segment(path, "/tenants/".length()), path);
        }
        if (path.startsWith("/payment-token/") && path.endsWith(GENERATE_END)) {
            String id = segment(path, "/payment-token/".length());
            if (path.length() == "/payment-token/".length() + id.length() + GENERATE_END.length()) {
                return new RequestPath(Way.GENERATE, id, path);
            }
        }
        return new RequestPath(Way.STOREFRONT, null, path);
    }

    private static String segment(String path, int from) {
        int end = path.indexOf('/', from);
        return end < 0 ? path.substring(from) : path.substring(from, end);
    }

    private static String decode(String raw) {
        try {
            return URLDecoder.decode(raw.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw EdgeProblem.of(Problem.MALFORMED_REQUEST, "The path is not percent-encoded as it should be.");
        }
    }
}
