package io.pekopayedge.guard;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;

/**
 * The trace that a request belongs to (W3C Trace Context): as its client says or, where traces are collected, as the
 * gateway's own span goes on with it. What breaks the rules of §3.2 and §3.3 counts as absent.
 *
 * @param parent a valid {@code traceparent}, or null
 * @param state a valid {@code tracestate}, or null; never without a parent
 */
public record TraceContext(
        @Nullable String parent, @Nullable String state) {
    public static final TraceContext NONE = new TraceContext(null, null);

    /** Ids of zeros are invalid. */
    private static final String IDS = "-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}";

    /** Version 00 ends after the flags; a later one may go on after a dash; ff is invalid. */
    private static final Pattern PARENT =
            Pattern.compile("00" + IDS + "|(?!00|ff)[0-9a-f]{2}" + IDS + "(?:-[\\x21-\\x7e]{0,200})?");

    /** A member is key=value; a value holds no comma, no equals sign and does not end in a space. */
    private static final Pattern MEMBER = Pattern.compile(
            "[a-z0-9][a-z0-9_*/@-]{0,255}=[\\x20-\\x2b\\x2d-\\x3c\\x3e-\\x7e]{0,255}[\\x21-\\x2b\\x2d-\\x3c\\x3e-\\x7e]");

    private static final int LONGEST_STATE = 512;
    private static final int MOST_MEMBERS = 32;

    /** What a client's fields say. */
    public static TraceContext of(HttpHeaders headers) {
        List<String> parents = headers.getOrDefault("traceparent", List.of());
        if (parents.size() != 1 || !PARENT.matcher(parents.get(0)).matches()) {
            return NONE;
        }
        return new TraceContext(parents.get(0), state(headers.getOrDefault("tracestate", List.of())));
    }

    /** Several fields are one list, in their order (RFC 9110 §5.3). */
    private static @Nullable String state(List<String> lines) {
        List<String> members = lines.stream()
                .flatMap(line -> Stream.of(line.split(",", -1)))
                .map(String::strip)
                .filter(member -> !member.isEmpty())
                .toList();
        String state = members.stream().collect(Collectors.joining(","));
        boolean valid = !members.isEmpty()
                && members.size() <= MOST_MEMBERS
                && state.length() <= LONGEST_STATE
                && members.stream().allMatch(member -> MEMBER.matcher(member).matches());
        return valid ? state : null;
    }

    /** 32 hex digits, or null. */
    public @Nullable String traceId() {
        return parent == null ? null : parent.substring(3, 35);
    }
}
