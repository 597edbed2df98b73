package io.pekopayedge.console;

import io.pekopayedge.guard.CardData;
import io.pekopayedge.ledger.TokenLedger;
import io.pekopayedge.ledger.UnknownCharge;
import io.pekopayedge.problem.EdgeProblem;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.WebEndpoint;
// The one that Spring Boot asks an operation's parameters for.
import org.springframework.lang.Nullable;
import reactor.core.publisher.Mono;

/**
 * {@code /actuator/charges}: the charges that somebody must settle, and settling one. Who may do it, {@link OperatorGate}
 * decides. Each settled charge is one line at the logger {@code io.pekopayedge.audit}. Any thread; never blocks.
 */
@WebEndpoint(id = "charges")
public final class ChargesEndpoint {
    private static final Logger AUDIT = LoggerFactory.getLogger("io.pekopayedge.audit");
    private static final int LONGEST_NAME = 100;
    private static final int LONGEST_NOTE = 1000;

    /** All that are unknown, those that were sent first before the others. */
    public record Report(List<UnknownCharge> charges) {}

    /** One that is settled now. */
    public record Settled(UnknownCharge charge, String outcome) {}

    /** Why not, for a person. */
    public record Reason(int status, String detail) {}

    private final TokenLedger ledger;

    public ChargesEndpoint(TokenLedger ledger) {
        this.ledger = ledger;
    }

    /** @param state {@code unknown}, or null, which means the same */
    @ReadOperation
    public Mono<WebEndpointResponse<Object>> list(@Nullable String state) {
        if (state != null && !"unknown".equals(state)) {
            return refused(400, "Only state=unknown can be listed.");
        }
        return answered(ledger.unknown().collectList().map(Report::new));
    }

    /**
     * @param id of a charge that is listed
     * @param outcome {@code charged}: the token is spent; {@code free}: it may be charged again while it lives
     * @param by who says so, 1–100 characters
     * @param note how it was found out, up to 1,000 characters, or null
     */
    @WriteOperation
    public Mono<WebEndpointResponse<Object>> settle(
            @Selector String id, String outcome, String by, @Nullable String note) {
        if (!"charged".equals(outcome) && !"free".equals(outcome)) {
            return refused(400, "outcome must be charged or free.");
        }
        String name = line(by);
        String found = note == null ? "" : line(note);
        if (name.isEmpty() || name.length() > LONGEST_NAME || found.length() > LONGEST_NOTE) {
            return refused(400, "by must be 1–100 characters, note at most 1,000.");
        }
        if (CardData.inText(name) || CardData.inText(found)) {
            return refused(422, "A card number must not stand in by or note.");
        }
        Mono<UnknownCharge> settling = ledger.settle(id, "charged".equals(outcome))
                .doOnNext(charge -> audit(charge, outcome, name, found))
                .doOnError(lost -> auditLost(id, outcome, name, found));
        // To its end, although the operator's client has left: no charge is settled without a line that says so.
        return answered(Mono.fromFuture(settling::toFuture, true).map(charge -> new Settled(charge, outcome)))
                .switchIfEmpty(refused(404, "No charge of this id is unknown: it was settled, or never was."));
    }

    private static void audit(UnknownCharge charge, String outcome, String by, String note) {
        AUDIT.atInfo()
                .addKeyValue("charge", charge.id())
                .addKeyValue("tenant", charge.tenant())
                .addKeyValue("intent", charge.intent())
                .addKeyValue("sent", charge.since())
                .addKeyValue("request", charge.requestId())
                .addKeyValue("outcome", outcome)
                .addKeyValue("by", by)
                .addKeyValue("note", note)
                .log("settled");
    }

    /** It may have been done all the same. */
    private static void auditLost(String id, String outcome, String by, String note) {
        AUDIT.atWarn()
                .addKeyValue("charge", line(id))
                .addKeyValue("outcome", outcome)
                .addKeyValue("by", by)
                .addKeyValue("note", note)
                .log("settling was asked for, and the ledger has not said whether it is done");
    }

    /** Nobody writes a second line into the log. */
    private static String line(String text) {
        return text.replaceAll("[\\p{Cntrl}\\p{Cf}\\u2028\\u2029]+", " ").strip();
    }

    private static Mono<WebEndpointResponse<Object>> answered(Mono<?> answer) {
        return answer.map(body -> new WebEndpointResponse<Object>(body, 200))
                .onErrorResume(EdgeProblem.class, away -> refused(503, "The ledger cannot be asked now."));
    }

    private static Mono<WebEndpointResponse<Object>> refused(int status, String detail) {
        return Mono.just(new WebEndpointResponse<>(new Reason(status, detail), status));
    }
}
