package io.pekopayedge.charge;

import io.pekopayedge.ledger.Attempt;
import io.pekopayedge.ledger.Outcome;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * One line per charge that the ledger let go, when it has ended, whether or not its client still listens: tenant, intent,
 * outcome, token (what it is now), ms, request, charge (first digits of the token's digest). An unknown outcome is a
 * warning.
 */
final class ChargeLog {
    private static final Logger LOG = LoggerFactory.getLogger("io.pekopayedge.charge");

    private ChargeLog() {}

    static void ended(Order order, @Nullable Attempt attempt, Aftermath aftermath, long nanos) {
        Outcome outcome = aftermath.outcome();
        LOG.atLevel(outcome instanceof Outcome.Unknown ? Level.WARN : Level.INFO)
                .addKeyValue("tenant", order.tenant().id())
                .addKeyValue("intent", order.intent().name())
                .addKeyValue("outcome", word(aftermath.counted()))
                .addKeyValue("token", word(outcome))
                .addKeyValue("ms", TimeUnit.NANOSECONDS.toMillis(nanos))
                .addKeyValue("request", order.requestId())
                .addKeyValue("charge", attempt == null ? "-" : attempt.token().id())
                .log("charge ended");
    }

    private static String word(Outcome outcome) {
        return outcome instanceof Outcome.Answered
                ? "answered"
                : outcome instanceof Outcome.Unknown ? "unknown" : "free";
    }

    private static String word(Enum<?> name) {
        return name.name().toLowerCase(Locale.ROOT);
    }
}
