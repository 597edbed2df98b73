package io.pekopayedge;

import io.pekopayedge.guard.Call;
import io.pekopayedge.settings.EdgeClock;
import io.pekopayedge.tenant.Tenant;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;
import org.springframework.http.HttpStatusCode;

/**
 * One canonical line per request, with field names that stay: tenant, route, outcome, status, upstream, ms, request,
 * charge, trace.id. Holds no path, no query and no body: each of them may carry a secret.
 */
final class RequestLog {
    private static final Logger LOG = LoggerFactory.getLogger("io.pekopayedge.request");

    private final EdgeClock clock;

    RequestLog(EdgeClock clock) {
        this.clock = clock;
    }

    /** @param left whether the client went before the answer */
    void line(Call call, boolean left) {
        if (!LOG.isInfoEnabled()) {
            return;
        }
        Tenant tenant = call.tenant();
        HttpStatusCode status = call.response().getStatusCode();
        LoggingEventBuilder line = LOG.atInfo()
                .addKeyValue("tenant", tenant == null ? "-" : tenant.id())
                .addKeyValue("route", call.route())
                .addKeyValue("outcome", left ? "client-left" : call.outcome())
                .addKeyValue("status", status == null ? 0 : status.value())
                .addKeyValue("upstream", call.upstreamStatus())
                .addKeyValue("ms", TimeUnit.NANOSECONDS.toMillis(clock.nanos() - call.begun()))
                .addKeyValue("request", call.requestId());
        if (call.charge() != null) {
            line = line.addKeyValue("charge", call.charge());
        }
        String traceId = call.trace().traceId();
        if (traceId != null) {
            line = line.addKeyValue("trace.id", traceId);
        }
        line.log("request");
    }
}
