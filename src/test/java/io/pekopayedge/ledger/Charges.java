package io.pekopayedge.ledger;

import io.pekopayedge.settings.EdgeSettings.Charge;
import io.pekopayedge.settings.EdgeSettings.Charge.UnknownToken;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.UUID;
import org.springframework.util.unit.DataSize;

/** Settings and attempts that ledger tests speak of. */
final class Charges {
    static final Duration LIFE = Duration.ofMinutes(55);
    static final Duration TIMEOUT = Duration.ofSeconds(30);
    static final Duration KEEP_FOR = Duration.ofHours(24);
    static final Digest FLOW = Digest.ofFlow("acme", "flow-1");
    static final Digest OTHER_FLOW = Digest.ofFlow("acme", "flow-2");
    static final Answer PAID = answer(201, "{\"id\":\"txn_1\"}");

    private Charges() {}

    static Charge settings(DataSize memory, UnknownToken unknownToken) {
        return new Charge(
                TIMEOUT,
                Duration.ofSeconds(2),
                DataSize.ofKilobytes(16),
                64,
                Charge.Store.MEMORY,
                0,
                KEEP_FOR,
                memory,
                unknownToken);
    }

    static Digest token(Object name) {
        return Digest.ofToken("sess_" + name);
    }

    static Answer answer(int status, String body) {
        return new Answer(status, "application/json", null, null, null, null, body.getBytes(StandardCharsets.UTF_8));
    }

    /** From acme's page, in {@link #FLOW}, with the usual body. */
    static Attempt click(Digest token) {
        return browser(token, "acme", FLOW, "{}");
    }

    static Attempt browser(Digest token, String tenant, Digest flow, String body) {
        return attempt(token, tenant, flow, Face.BROWSER, body);
    }

    /** From a shop's own server. */
    static Attempt server(Digest token, String tenant, String body) {
        return attempt(token, tenant, null, Face.BACKEND, body);
    }

    static Attempt keyed(String key, String body) {
        Attempt attempt = server(Digest.ofIdempotencyKey("acme", key), "acme", body);
        return new Attempt(
                attempt.token(),
                false,
                attempt.id(),
                attempt.tenant(),
                null,
                Face.BACKEND,
                false,
                attempt.request(),
                attempt.intent(),
                attempt.requestId(),
                attempt.answerKey());
    }

    private static Attempt attempt(Digest token, String tenant, Digest flow, Face face, String body) {
        return new Attempt(
                token,
                true,
                UUID.randomUUID(),
                tenant,
                flow,
                face,
                face == Face.BROWSER,
                Digest.ofRequest(face, "/tenants/" + tenant + "/transactions", body.getBytes(StandardCharsets.UTF_8)),
                "charge",
                "req-1",
                AnswerKey.ofToken("sess_" + token.hex()));
    }

    static Attempt unbound(Attempt attempt) {
        return new Attempt(
                attempt.token(),
                attempt.leased(),
                attempt.id(),
                attempt.tenant(),
                attempt.flow(),
                attempt.face(),
                false,
                attempt.request(),
                attempt.intent(),
                attempt.requestId(),
                attempt.answerKey());
    }
}
