package io.pekopayedge.guard;

import io.pekopayedge.upstream.PassedFields;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The fields of a client's request that may go upstream. */
public final class TracedFields {
    /** W3C Trace Context §3.2.2; version ff and all-zero ids are invalid. */
    private static final Pattern TRACEPARENT =
            Pattern.compile("(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}");

    private static final int LONGEST_STATE = 512;

    private TracedFields() {}

    public static PassedFields of(Call call) {
        String trace = call.first("traceparent");
        boolean traced = trace != null && TRACEPARENT.matcher(trace).matches();
        return new PassedFields(
                call.first("Content-Type"),
                call.first("Accept"),
                call.first("Accept-Language"),
                call.first("User-Agent"),
                traced ? trace : null,
                traced ? state(call.first("tracestate")) : null);
    }

    private static @Nullable String state(@Nullable String tracestate) {
        return tracestate != null && tracestate.length() <= LONGEST_STATE ? tracestate : null;
    }
}
