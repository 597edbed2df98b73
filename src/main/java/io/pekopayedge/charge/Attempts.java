package io.pekopayedge.charge;

import io.netty.handler.codec.http.HttpMethod;
import io.pekopayedge.ledger.AnswerKey;
import io.pekopayedge.ledger.Attempt;
import io.pekopayedge.ledger.Digest;
import io.pekopayedge.ledger.Face;
import io.pekopayedge.settings.EdgeClock;
import io.pekopayedge.upstream.UpstreamRequest;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What the ledger and PekoPay are asked for an order. Any thread. */
final class Attempts {
    private final boolean bound;
    private final EdgeClock clock;

    /** @param bound whether a token is charged by its flow alone, on the browser face */
    Attempts(boolean bound, EdgeClock clock) {
        this.bound = bound;
        this.clock = clock;
    }

    /** Null where there is neither token nor key to tell a repeat by. */
    @Nullable
    Attempt of(Order order) {
        String token = order.token();
        if (token != null) {
            return attempt(order, Digest.ofToken(token), true, AnswerKey.ofToken(token));
        }
        String key = order.callerKey();
        String tenant = order.tenant().id();
        return key == null
                ? null
                : attempt(order, Digest.ofIdempotencyKey(tenant, key), false, AnswerKey.ofIdempotencyKey(tenant, key));
    }

    private Attempt attempt(Order order, Digest record, boolean leased, AnswerKey answerKey) {
        String tenant = order.tenant().id();
        String flow = order.flow();
        return new Attempt(
                record,
                leased,
                new UUID(clock.random().nextLong(), clock.random().nextLong()),
                tenant,
                flow == null ? null : Digest.ofFlow(tenant, flow),
                order.face(),
                bound && order.face() == Face.BROWSER,
                Digest.ofRequest(order.face(), order.pathAndQuery(), order.body()),
                order.intent().name(),
                order.requestId(),
                answerKey);
    }

    static UpstreamRequest request(Order order) {
        return new UpstreamRequest(
                order.tenant(),
                HttpMethod.POST,
                order.pathAndQuery(),
                order.fields(),
                order.requestId(),
                idempotencyKey(order),
                order.body());
    }

    private static @Nullable String idempotencyKey(Order order) {
        if (order.callerKey() != null) {
            return order.callerKey();
        }
        String token = order.token();
        return token == null ? null : IdempotencyKeys.derive(order.tenant().id(), token);
    }
}
