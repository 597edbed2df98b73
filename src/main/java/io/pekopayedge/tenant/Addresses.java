package io.pekopayedge.tenant;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The forms of hosts, origins and URLs that a tenant file may give. Pure; each method refuses what is not of its form. */
final class Addresses {
    private static final Map<String, Integer> DEFAULT_PORT = Map.of("http", 80, "https", 443);
    private static final Pattern LABELS =
            Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*");
    private static final Pattern IPV6 = Pattern.compile("\\[[0-9a-f:.]{2,45}]");
    private static final Pattern LOOPBACK =
            Pattern.compile("localhost|127(\\.\\d{1,3}){3}|\\[(::1|(0{1,4}:){7}0{0,3}1)]");
    private static final Pattern SAFE_PATH = Pattern.compile("(/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*");

    private Addresses() {}

    /** A host name in lower case, without port. */
    static String host(String text) {
        String host = text.toLowerCase(Locale.ROOT);
        if (host.indexOf('/') >= 0) {
            throw new Refusal("is not a host name", "write the name alone, without scheme and path");
        }
        if (IPV6.matcher(host).matches()) {
            return host;
        }
        if (host.indexOf(':') >= 0) {
            throw new Refusal("has a port", "write the name alone: any port belongs to it");
        }
        if (host.length() > 253 || !LABELS.matcher(host).matches()) {
            throw new Refusal(
                    "is not a host name",
                    "letters, digits, hyphens and dots; no wildcards; other scripts in their xn-- form");
        }
        return host;
    }

    /** {@code scheme://host[:port]} in lower case, as browsers send it: without the scheme's own port (RFC 6454 §6.2). */
    static String origin(String text) {
        URI uri = url(text);
        if (!path(uri).isEmpty() || text.endsWith("/")) {
            throw new Refusal("an origin has no path", "write scheme://host[:port] without a slash at the end");
        }
        return uri.toString();
    }

    /** Where a storefront's own server listens. */
    static URI storefront(String text) {
        URI uri = url(text);
        if (!path(uri).isEmpty()) {
            throw new Refusal("has a path", "write scheme://host[:port]: the request's own path is used");
        }
        return uri;
    }

    /** An http or https URL without user, query and fragment; scheme and host in lower case, no slash at the end. */
    static URI url(String text) {
        URI uri = parse(text);
        String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
        if (!DEFAULT_PORT.containsKey(scheme)) {
            throw new Refusal("is not an http or https URL", "begin with https:// or http://");
        }
        if (uri.getRawUserInfo() != null) {
            throw new Refusal("holds a user", "write credentials under credentials only");
        }
        if (uri.getRawQuery() != null || uri.getRawFragment() != null) {
            throw new Refusal("has a query or fragment", "remove what follows ? or #");
        }
        if (uri.getHost() == null) {
            throw new Refusal("has no valid host name", "letters, digits, hyphens and dots, then :port if need be");
        }
        int port = uri.getPort();
        if (port == 0 || port > 65_535) {
            throw new Refusal("has an impossible port", "1–65535");
        }
        if (!SAFE_PATH.matcher(path(uri)).matches()) {
            throw new Refusal("has an unsafe path", "letters, digits and . _ ~ - between single slashes");
        }
        boolean usual = port == -1 || DEFAULT_PORT.get(scheme) == port;
        String host = uri.getHost().toLowerCase(Locale.ROOT);
        return URI.create(scheme + "://" + host(host) + (usual ? "" : ":" + port) + path(uri));
    }

    /** Whether what is sent there can be read on the way: plain http to another machine. */
    static boolean readableOnTheWay(URI url) {
        return "http".equals(url.getScheme()) && !loopback(url.getHost());
    }

    /** By its name alone: nothing is looked up. */
    private static boolean loopback(@Nullable String host) {
        return host != null && LOOPBACK.matcher(host).matches();
    }

    private static String path(URI uri) {
        String path = uri.getRawPath() == null ? "" : uri.getRawPath();
        return path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    }

    private static URI parse(String text) {
        try {
            return new URI(text);
        } catch (URISyntaxException e) {
            throw new Refusal("is not a URL", "write it as https://host[:port]");
        }
    }
}
