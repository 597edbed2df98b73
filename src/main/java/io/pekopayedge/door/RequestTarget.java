package io.pekopayedge.door;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a request line asks for (RFC 9112 §3.2), before anything decides by it. Refuses what two servers may read in two
 * ways; carries what browsers leave raw, percent-encoded, since {@code java.net.URI} behind refuses it. Pure functions.
 */
final class RequestTarget {
    /** First segments that are ours: there, what PekoPay might read in another way than we do is refused too. */
    private static final Set<String> OWN = Set.of("api", "t", "tenants", "payment-token");

    private static final String LEGAL = "-._~!$&'()*+,;=:@/";
    private static final char[] HEX = "0123456789ABCDEF".toCharArray();

    private RequestTarget() {}

    /**
     * The target in origin form, every character legal (RFC 3986 §3.3, §3.4); null where it must be refused.
     *
     * @param target as it came, one char per byte
     * @param host the {@code Host} field
     */
    static @Nullable String originForm(String target, String host) {
        String origin = target.startsWith("/") ? target : withoutAuthority(target, host);
        if (origin == null || origin.indexOf('#') >= 0 || hasControls(origin)) {
            return null;
        }
        int mark = origin.indexOf('?');
        String path = mark < 0 ? origin : origin.substring(0, mark);
        if (isDoubtful(path)) {
            return null;
        }
        return legal(path, "") + (mark < 0 ? "" : "?" + legal(origin.substring(mark + 1), "?[]"));
    }

    /** Absolute form for the very host that the request is for is a request for it; for another it is a proxy's. */
    private static @Nullable String withoutAuthority(String target, String host) {
        String lower = target.toLowerCase(Locale.ROOT);
        int authority = lower.startsWith("http://") ? 7 : lower.startsWith("https://") ? 8 : -1;
        if (authority < 0) {
            return null;
        }
        int end = authority;
        while (end < target.length() && "/?".indexOf(target.charAt(end)) < 0) {
            end++;
        }
        if (!target.substring(authority, end).equalsIgnoreCase(host)) {
            return null;
        }
        return target.startsWith("/", end) ? target.substring(end) : "/" + target.substring(end);
    }

    private static boolean hasControls(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c <= 0x20 || c == 0x7F) {
                return true;
            }
        }
        return false;
    }

    private static boolean isDoubtful(String path) {
        String decoded = decoded(path);
        if (decoded.indexOf('\\') >= 0 || decoded.indexOf(0) >= 0 || hasSegment(decoded, "..")) {
            return true;
        }
        return isOwn(decoded)
                && (decoded.contains("//")
                        || path.indexOf(';') >= 0
                        || path.toLowerCase(Locale.ROOT).contains("%2f")
                        || hasSegment(decoded, ".")
                        || hasControls(decoded.replace(' ', '_'))
                        || !isEncodedWell(path, decoded));
    }

    private static boolean isOwn(String decoded) {
        int from = 0;
        while (from < decoded.length() && decoded.charAt(from) == '/') {
            from++;
        }
        int to = from;
        while (to < decoded.length() && "/;".indexOf(decoded.charAt(to)) < 0) {
            to++;
        }
        return OWN.contains(decoded.substring(from, to));
    }

    /** Whether a segment is this one, with or without parameters ({@code ..;x}, which some servers strip). */
    private static boolean hasSegment(String decoded, String wanted) {
        if (!decoded.contains(wanted)) {
            return false;
        }
        for (String segment : decoded.split("/", -1)) {
            int end = segment.indexOf(';');
            if ((end < 0 ? segment : segment.substring(0, end)).equals(wanted)) {
                return true;
            }
        }
        return false;
    }

    /** No lone percent sign, and UTF-8 where not ASCII: an overlong {@code %c0%ae} is a dot to some. */
    private static boolean isEncodedWell(String path, String decoded) {
        if (decoded.equals(path) && legal(path, "").equals(path)) {
            return true; // nothing to decode, and ASCII
        }
        for (int i = path.indexOf('%'); i >= 0; i = path.indexOf('%', i + 1)) {
            if (!isEscape(path, i)) {
                return false;
            }
        }
        byte[] bytes = decoded.getBytes(StandardCharsets.ISO_8859_1);
        // What is not UTF-8 does not come back as it was.
        return Arrays.equals(new String(bytes, StandardCharsets.UTF_8).getBytes(StandardCharsets.UTF_8), bytes);
    }

    /** Percent-decoded once, one char per byte; what is not an escape stays. */
    private static String decoded(String path) {
        if (path.indexOf('%') < 0) {
            return path;
        }
        StringBuilder to = new StringBuilder(path.length());
        for (int i = 0; i < path.length(); i++) {
            if (isEscape(path, i)) {
                to.append((char) Integer.parseInt(path, i + 1, i + 3, 16));
                i += 2;
            } else {
                to.append(path.charAt(i));
            }
        }
        return to.toString();
    }

    private static boolean isEscape(String text, int at) {
        return text.charAt(at) == '%'
                && at + 2 < text.length()
                && Character.digit(text.charAt(at + 1), 16) >= 0
                && Character.digit(text.charAt(at + 2), 16) >= 0;
    }

    private static String legal(String text, String also) {
        int bad = 0;
        while (bad < text.length() && isLegal(text, bad, also)) {
            bad++;
        }
        if (bad == text.length()) {
            return text;
        }
        StringBuilder to = new StringBuilder(text.length() + 16).append(text, 0, bad);
        for (int i = bad; i < text.length(); i++) {
            char c = text.charAt(i);
            if (isLegal(text, i, also)) {
                to.append(c);
            } else {
                to.append('%').append(HEX[c >> 4 & 15]).append(HEX[c & 15]);
            }
        }
        return to.toString();
    }

    private static boolean isLegal(String text, int at, String also) {
        char c = text.charAt(at);
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || LEGAL.indexOf(c) >= 0
                || also.indexOf(c) >= 0
                || isEscape(text, at);
    }
}
