package io.pekopayedge.stream;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.springframework.http.HttpHeaders;

/** The fields that end at each hop (RFC 9110 §7.6.1). */
final class HopByHop {
    private static final Set<String> ALWAYS = Set.of(
            "connection",
            "keep-alive",
            "proxy-connection",
            "proxy-authenticate",
            "proxy-authorization",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade",
            "http2-settings");

    private HopByHop() {}

    /** Those of a message, in lower case: the usual ones and what its {@code Connection} names. */
    static Set<String> of(HttpHeaders headers) {
        List<String> options = headers.getConnection();
        if (options.isEmpty()) {
            return ALWAYS;
        }
        Set<String> all = new HashSet<>(ALWAYS);
        options.forEach(option -> all.add(option.toLowerCase(Locale.ROOT)));
        // A client may not have these taken from what goes on: they tell the upstream what it is reading.
        all.removeAll(Set.of("host", "content-length", "content-type"));
        return all;
    }
}
