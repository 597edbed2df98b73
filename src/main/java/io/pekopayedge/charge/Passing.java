package io.pekopayedge.charge;

import io.pekopayedge.ledger.Answer;
import io.pekopayedge.ledger.Face;
import io.pekopayedge.tenant.Tenant;
import io.pekopayedge.upstream.Leaks;
import io.pekopayedge.upstream.TenantPaths;
import io.pekopayedge.upstream.UpstreamReply;
import java.nio.charset.StandardCharsets;
import java.time.Clock;

/** What of PekoPay's answer to a charge a client may see. */
final class Passing {
    private static final byte[] EMPTY_OBJECT = "{}".getBytes(StandardCharsets.US_ASCII);

    private Passing() {}

    static Aftermath aftermath(Order order, UpstreamReply reply, Clock wall) {
        boolean leaked = Leaks.in(order.tenant(), reply);
        return Aftermath.of(reply, leaked ? withheld(reply) : answer(order, reply), leaked, wall);
    }

    private static Answer answer(Order order, UpstreamReply reply) {
        if (order.face() == Face.BROWSER) {
            return new Answer(reply.status(), reply.contentType(), reply.retryAfter(), null, null, null, reply.body());
        }
        Tenant tenant = order.tenant();
        return new Answer(
                reply.status(),
                reply.contentType(),
                reply.retryAfter(),
                TenantPaths.location(tenant, reply.location()),
                reply.etag(),
                reply.link(),
                reply.body());
    }

    /** An answer with the tenant's secret in it: its status says whether money moved, and that is kept. */
    private static Answer withheld(UpstreamReply reply) {
        return reply.successful()
                ? new Answer(reply.status(), "application/json", null, null, null, null, EMPTY_OBJECT)
                : Answer.withheld(reply.status());
    }
}
