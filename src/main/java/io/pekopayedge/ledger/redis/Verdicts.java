package io.pekopayedge.ledger.redis;

import static io.pekopayedge.ledger.redis.RedisLink.text;

import io.pekopayedge.ledger.Answer;
import io.pekopayedge.ledger.Attempt;
import io.pekopayedge.ledger.Outcome;
import io.pekopayedge.ledger.Verdict;
import io.pekopayedge.ledger.redis.RedisLink.NotConnected;
import io.pekopayedge.problem.Problem;
import io.pekopayedge.settings.EdgeClock;
import java.util.List;
import java.util.function.Function;
import reactor.core.publisher.Mono;

/**
 * What Redis' word on a begin means here, where this replica knows better at times: a Redis that took over, or crashed, may
 * have lost what was written last. Any thread.
 */
final class Verdicts {
    private static final long REPLICAS_MILLIS = 200;

    private final int replicas;
    private final RedisLink link;
    private final Arrears arrears;
    private final Function<Ending, Mono<Void>> finish;
    private final EdgeClock clock;

    /**
     * @param replicas that must have a record before its charge is sent
     * @param finish writes an end, now or later
     */
    Verdicts(int replicas, RedisLink link, Arrears arrears, Function<Ending, Mono<Void>> finish, EdgeClock clock) {
        this.replicas = replicas;
        this.link = link;
        this.arrears = arrears;
        this.finish = finish;
        this.clock = clock;
    }

    /** @param said as {@link Records#begin} answers */
    Mono<Verdict> of(Attempt attempt, List<Object> said) {
        return switch (text(said.get(0))) {
            case "send" -> sendUnlessKnownBetter(attempt, said.size() > 1);
            case "running" -> Mono.just(new Verdict.Running());
            case "replay" -> Mono.just(replay(attempt, said.get(1)));
            case "token-unknown" -> refuse(Problem.TOKEN_UNKNOWN);
            case "token-not-yours" -> refuse(Problem.TOKEN_NOT_YOURS);
            case "charge-in-progress" -> refuse(Problem.CHARGE_IN_PROGRESS);
            case "charge-outcome-unknown" -> refuse(Problem.CHARGE_OUTCOME_UNKNOWN);
            case "token-spent" -> refuse(Problem.TOKEN_SPENT);
            default -> Mono.error(RedisLedger.away());
        };
    }

    /**
     * A Redis that lost its last writes would let go once more what this replica has seen end.
     *
     * @param freed an operator settled the token's last charge as free
     */
    private Mono<Verdict> sendUnlessKnownBetter(Attempt attempt, boolean freed) {
        long now = clock.nanos();
        if (arrears.isAnswered(attempt.token(), now)) {
            return finish.apply(Ending.spent(attempt)).thenReturn(new Verdict.Refuse(Problem.TOKEN_SPENT));
        }
        if (freed) {
            arrears.settled(attempt.token());
        } else if (arrears.isDoubted(attempt.token(), now)) {
            return finish.apply(Ending.of(attempt, new Outcome.Unknown()))
                    .thenReturn(new Verdict.Refuse(Problem.CHARGE_OUTCOME_UNKNOWN));
        }
        return confirmed().thenReturn(new Verdict.Send());
    }

    private static Verdict replay(Attempt attempt, Object sealed) {
        Answer answer = sealed instanceof byte[] bytes ? SealedAnswer.open(attempt, bytes) : null;
        return answer == null ? new Verdict.Refuse(Problem.TOKEN_SPENT) : new Verdict.Replay(answer);
    }

    private static Mono<Verdict> refuse(Problem problem) {
        return Mono.just(new Verdict.Refuse(problem));
    }

    /** A record that a failover could lose is none. It has been written: however this fails, it must be taken back. */
    private Mono<Void> confirmed() {
        return replicas == 0
                ? Mono.empty()
                : link.confirmed(replicas, REPLICAS_MILLIS)
                        .onErrorMap(NotConnected.class, lost -> RedisLedger.away())
                        .flatMap(confirmed -> confirmed >= replicas ? Mono.empty() : Mono.error(RedisLedger.away()));
    }
}
