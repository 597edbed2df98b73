package io.pekopayedge.guard;

import io.pekopayedge.upstream.PassedFields;

/** The fields of a client's request that may go upstream. */
public final class TracedFields {
    private TracedFields() {}

    public static PassedFields of(Call call) {
        TraceContext trace = call.trace();
        return new PassedFields(
                call.first("Content-Type"),
                call.first("Accept"),
                call.first("Accept-Language"),
                call.first("User-Agent"),
                trace.parent(),
                trace.state());
    }
}
