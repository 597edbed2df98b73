package io.pekopayedge.ledger.redis;

import static io.pekopayedge.ledger.redis.RedisLink.bytes;

import io.lettuce.core.ScriptOutputType;
import io.pekopayedge.ledger.Attempt;
import io.pekopayedge.ledger.Digest;
import io.pekopayedge.ledger.redis.Arrears.Unwritten;
import io.pekopayedge.settings.EdgeSettings.Charge;
import io.pekopayedge.settings.EdgeSettings.Charge.UnknownToken;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** The scripts on a token's record, each with its arguments in the order that its file says. Any thread. */
final class Records {
    static final Duration UNKNOWN_KEPT = Duration.ofDays(30);

    /** A begin that was taken back arrives by then, or never: no network holds anything for longer. */
    private static final Duration CANCELLED_KEPT = Duration.ofDays(1);

    private final RedisLink link;
    private final Charge settings;

    Records(RedisLink link, Charge settings) {
        this.link = link;
        this.settings = settings;
    }

    /** A word; {@code replay} is followed by the sealed answer. */
    Mono<List<Object>> begin(Attempt attempt) {
        return link.run(
                Script.BEGIN,
                ScriptOutputType.MULTI,
                bytes(attempt.token().hex()),
                bytes(attempt.id().toString()),
                bytes(attempt.tenant()),
                bytes(hex(attempt.flow())),
                bytes(attempt.request().hex()),
                bytes(attempt.leased() && settings.unknownToken() == UnknownToken.REFUSE),
                bytes(attempt.boundToFlow()),
                bytes(attempt.intent()),
                bytes(attempt.requestId()),
                bytes(settings.timeout().plus(RedisLedger.MARGIN).toMillis()),
                bytes(UNKNOWN_KEPT.toMillis()));
    }

    /** How many outcomes are unknown for the tenant then; negative where nothing changed. */
    Mono<Long> finish(Ending end) {
        Attempt attempt = end.attempt();
        return link.run(
                Script.FINISH,
                ScriptOutputType.INTEGER,
                bytes(attempt.token().hex()),
                bytes(attempt.id().toString()),
                bytes(end.word()),
                bytes(attempt.request().hex()),
                bytes(settings.keepFor().toMillis()),
                bytes(UNKNOWN_KEPT.toMillis()),
                end.sealed(),
                bytes(CANCELLED_KEPT.toMillis()),
                bytes(attempt.intent()),
                bytes(attempt.requestId()),
                bytes(attempt.tenant()),
                bytes(hex(attempt.flow())));
    }

    /**
     * Whether it is this flow's now.
     *
     * @param life how long it lives from now on; not negative
     * @param late whether it may have been written before
     */
    Mono<Boolean> lease(Unwritten lease, Duration life, boolean late) {
        return link.<Long>run(
                        Script.LEASE,
                        ScriptOutputType.INTEGER,
                        bytes(lease.token().hex()),
                        bytes(lease.tenant()),
                        bytes(hex(lease.flow())),
                        bytes(life.toMillis()),
                        bytes(late))
                .map(first -> first == 1);
    }

    /** The token's state; empty text where nothing is known of it. */
    Mono<String> look(Digest token) {
        return link.<byte[]>run(Script.LOOK, ScriptOutputType.VALUE, bytes(token.hex()))
                .map(RedisLink::text);
    }

    private static String hex(@Nullable Digest flow) {
        return flow == null ? "" : flow.hex();
    }
}
