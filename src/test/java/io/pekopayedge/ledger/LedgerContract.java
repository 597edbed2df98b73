package io.pekopayedge.ledger;

import static io.pekopayedge.ledger.Charges.FLOW;
import static io.pekopayedge.ledger.Charges.LIFE;
import static io.pekopayedge.ledger.Charges.OTHER_FLOW;
import static io.pekopayedge.ledger.Charges.PAID;
import static io.pekopayedge.ledger.Charges.answer;
import static io.pekopayedge.ledger.Charges.browser;
import static io.pekopayedge.ledger.Charges.click;
import static io.pekopayedge.ledger.Charges.keyed;
import static io.pekopayedge.ledger.Charges.server;
import static io.pekopayedge.ledger.Charges.unbound;
import static org.assertj.core.api.Assertions.assertThat;

import io.pekopayedge.problem.Problem;
import io.pekopayedge.settings.EdgeSettings.Charge.UnknownToken;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** The state table, row by row, as every ledger must keep it. */
abstract class LedgerContract {
    static final Outcome UNKNOWN = new Outcome.Unknown();
    static final Outcome FREE = new Outcome.Free();

    private TokenLedger ledger;
    private final Digest token = Charges.token(UUID.randomUUID());

    abstract TokenLedger ledger(UnknownToken unknownToken);

    @BeforeEach
    void refusingLedger() {
        ledger = ledger(UnknownToken.REFUSE);
    }

    // Leases

    @Test
    void lease_newToken_isKnownAndUnspent() {
        assertThat(lease(token, "acme", FLOW)).isTrue();
        assertThat(get(ledger.known(token))).isTrue();
        assertThat(get(ledger.unspent(token))).isTrue();
    }

    @Test
    void lease_knownToken_changesNothing() {
        lease(token, "acme", FLOW);
        assertThat(lease(token, "bistro", OTHER_FLOW)).isFalse();
        assertThat(begin(click(token))).isInstanceOf(Verdict.Send.class);
    }

    @Test
    void lease_chargedToken_isRefused() {
        charge(PAID);
        assertThat(lease(token, "acme", FLOW)).isFalse();
        assertThat(get(ledger.unspent(token))).isFalse();
    }

    @Test
    void known_tokenNeverHandedOut_isFalse() {
        assertThat(get(ledger.known(token))).isFalse();
        assertThat(get(ledger.unspent(token))).isFalse();
    }

    // Row 1: whose it is

    @Test
    void begin_tokenOfOtherTenant_isNotYours() {
        lease(token, "acme", FLOW);
        refused(Problem.TOKEN_NOT_YOURS, browser(token, "bistro", FLOW, "{}"));
        refused(Problem.TOKEN_NOT_YOURS, server(token, "bistro", "{}"));
        refused(Problem.TOKEN_NOT_YOURS, unbound(browser(token, "bistro", FLOW, "{}")));
    }

    @Test
    void begin_tokenOfOtherFlow_isNotYours() {
        lease(token, "acme", FLOW);
        refused(Problem.TOKEN_NOT_YOURS, browser(token, "acme", OTHER_FLOW, "{}"));
        refused(Problem.TOKEN_NOT_YOURS, browser(token, "acme", null, "{}"));
    }

    @Test
    void begin_otherFlowWithBindingOff_sends() {
        lease(token, "acme", FLOW);
        sent(unbound(browser(token, "acme", OTHER_FLOW, "{}")));
    }

    @Test
    void begin_browserTokenByShopsServer_sends() {
        lease(token, "acme", FLOW);
        sent(server(token, "acme", "{}"));
    }

    @Test
    void begin_tokenWithoutFlowByAnyFlow_sends() {
        lease(token, "acme", null);
        sent(click(token));
    }

    @Test
    void begin_strangerInEveryState_learnsOnlyThatItIsNotHis() {
        Attempt run = charging(click(token));
        strangersAreRefused();
        end(run, UNKNOWN);
        strangersAreRefused();
        get(ledger.settle(token.id(), false));
        Attempt again = sent(click(token));
        end(again, new Outcome.Answered(PAID));
        strangersAreRefused();
    }

    private void strangersAreRefused() {
        refused(Problem.TOKEN_NOT_YOURS, browser(token, "bistro", FLOW, "{}"));
        refused(Problem.TOKEN_NOT_YOURS, browser(token, "acme", OTHER_FLOW, "{}"));
    }

    // Row 2: unknown tokens

    @Test
    void begin_unknownToken_isRefused() {
        refused(Problem.TOKEN_UNKNOWN, click(token));
        refused(Problem.TOKEN_UNKNOWN, server(token, "acme", "{}"));
    }

    @Test
    void begin_unknownTokenWhereForwarded_sendsOnceAndBelongsToItsFlow() {
        ledger = ledger(UnknownToken.FORWARD);
        sent(click(token));
        assertThat(begin(click(token))).isInstanceOf(Verdict.Running.class);
        refused(Problem.TOKEN_NOT_YOURS, browser(token, "acme", OTHER_FLOW, "{}"));
    }

    @Test
    void finish_forwardedTokenFree_isForgotten() {
        ledger = ledger(UnknownToken.FORWARD);
        end(sent(click(token)), FREE);
        assertThat(get(ledger.known(token))).isFalse();
        sent(browser(token, "acme", OTHER_FLOW, "{}"));
    }

    @Test
    void begin_idempotencyKey_sendsOnceThenReplays() {
        String key = UUID.randomUUID().toString();
        Attempt first = sent(keyed(key, "{}"));
        assertThat(begin(keyed(key, "{}"))).isInstanceOf(Verdict.Running.class);
        end(first, new Outcome.Answered(PAID));
        replayed(PAID, keyed(key, "{}"));
        refused(Problem.TOKEN_SPENT, keyed(key, "{\"other\":1}"));
    }

    @Test
    void finish_idempotencyKeyFree_maySendAgain() {
        String key = UUID.randomUUID().toString();
        end(sent(keyed(key, "{}")), FREE);
        sent(keyed(key, "{\"other\":1}"));
    }

    @Test
    void settle_idempotencyKeyFree_isForgotten() {
        String key = UUID.randomUUID().toString();
        Attempt attempt = sent(keyed(key, "{}"));
        end(attempt, UNKNOWN);
        get(ledger.settle(attempt.token().id(), false));
        assertThat(get(ledger.known(attempt.token()))).isFalse();
    }

    // Row 4: running

    @Test
    void begin_sameRequestWhileRunning_waits() {
        charging(click(token));
        assertThat(begin(click(token))).isInstanceOf(Verdict.Running.class);
    }

    @Test
    void begin_otherBytesOrFaceWhileRunning_isInProgress() {
        charging(click(token));
        refused(Problem.CHARGE_IN_PROGRESS, browser(token, "acme", FLOW, "{ }"));
        refused(Problem.CHARGE_IN_PROGRESS, server(token, "acme", "{}"));
        assertThat(get(ledger.unspent(token))).isFalse();
    }

    @Test
    void begin_64AtOnce_oneSends() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(64);
        try {
            for (int round = 0; round < 20; round++) {
                Digest each = Charges.token(UUID.randomUUID());
                lease(each, "acme", FLOW);
                List<Callable<Verdict>> clicks = IntStream.range(0, 64)
                        .mapToObj(i -> (Callable<Verdict>) () -> begin(click(each)))
                        .toList();
                int sends = 0;
                for (Future<Verdict> verdict : threads.invokeAll(clicks)) {
                    sends += verdict.get() instanceof Verdict.Send ? 1 : 0;
                }
                assertThat(sends).isEqualTo(1);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    // Rows 5 and 6: answered

    @Test
    void begin_sameRequestAfterAnswer_replays() {
        charge(PAID);
        replayed(PAID, click(token));
        replayed(PAID, click(token));
    }

    @Test
    void begin_afterDecline_replaysTheDecline() {
        Answer declined =
                new Answer(422, "application/problem+json", "7", "/l", "\"e\"", "<n>", new byte[] {0, -1, 10});
        lease(token, "acme", FLOW);
        end(sent(server(token, "acme", "{}")), new Outcome.Answered(declined));
        replayed(declined, server(token, "acme", "{}"));
    }

    @Test
    void begin_answerWithoutBodyOrType_replays() {
        Answer bare = new Answer(204, null, null, null, null, null, new byte[0]);
        charge(bare);
        replayed(bare, click(token));
    }

    @Test
    void begin_otherBytesOrFaceAfterAnswer_isSpent() {
        charge(PAID);
        refused(Problem.TOKEN_SPENT, browser(token, "acme", FLOW, "{ }"));
        refused(Problem.TOKEN_SPENT, server(token, "acme", "{}"));
    }

    @Test
    void begin_answerTooLargeToKeep_isSpent() {
        charge(answer(200, "x".repeat(Answer.KEPT_BYTES + 1)));
        refused(Problem.TOKEN_SPENT, click(token));
    }

    @Test
    void begin_largestKeptAnswer_replays() {
        Answer large = answer(200, "x".repeat(Answer.KEPT_BYTES));
        charge(large);
        replayed(large, click(token));
    }

    // Row 7: unknown

    @Test
    void begin_afterUnknownOutcome_isRefusedForEver() {
        end(charging(click(token)), UNKNOWN);
        refused(Problem.CHARGE_OUTCOME_UNKNOWN, click(token));
        refused(Problem.CHARGE_OUTCOME_UNKNOWN, browser(token, "acme", FLOW, "{ }"));
        refused(Problem.CHARGE_OUTCOME_UNKNOWN, server(token, "acme", "{}"));
        assertThat(get(ledger.unspent(token))).isFalse();
    }

    @Test
    void unknown_severalCharges_oldestFirstWithWhatAnOperatorNeeds() {
        List<Digest> tokens = IntStream.range(0, 5)
                .mapToObj(i -> Charges.token(UUID.randomUUID()))
                .toList();
        for (Digest each : tokens) {
            lease(each, "acme", FLOW);
            end(sent(click(each)), UNKNOWN);
            tick();
        }
        List<UnknownCharge> open = ledger.unknown().collectList().block(Duration.ofSeconds(5));
        assertThat(open)
                .extracting(UnknownCharge::id)
                .containsExactly(tokens.stream().map(Digest::id).toArray(String[]::new));
        assertThat(open).isSortedAccordingTo((a, b) -> a.since().compareTo(b.since()));
        assertThat(open.get(0)).extracting("tenant", "intent", "requestId").containsExactly("acme", "charge", "req-1");
        assertThat(ledger.unknownOf("acme")).isEqualTo(5);
        assertThat(ledger.unknownOf("bistro")).isZero();
    }

    // Free, and settling

    @Test
    void finish_free_leasesAgain() {
        end(charging(click(token)), FREE);
        assertThat(get(ledger.unspent(token))).isTrue();
        refused(Problem.TOKEN_NOT_YOURS, browser(token, "acme", OTHER_FLOW, "{}"));
        sent(browser(token, "acme", FLOW, "{ }"));
    }

    @Test
    void finish_byAnotherAttempt_changesNothing() {
        charging(click(token));
        end(click(token), FREE);
        end(click(token), new Outcome.Answered(PAID));
        assertThat(begin(click(token))).isInstanceOf(Verdict.Running.class);
    }

    @Test
    void finish_twice_changesNothing() {
        Attempt attempt = charging(click(token));
        end(attempt, UNKNOWN);
        end(attempt, FREE);
        end(attempt, new Outcome.Answered(PAID));
        refused(Problem.CHARGE_OUTCOME_UNKNOWN, click(token));
    }

    /** It was slow, its outcome was unknown, and an operator did not find it at PekoPay. */
    @Test
    void finish_afterItWasSettledAsFree_isStillLearnt() {
        Attempt attempt = charging(click(token));
        end(attempt, UNKNOWN);
        assertThat(get(ledger.settle(token.id(), false))).isNotNull();
        end(attempt, new Outcome.Answered(PAID));
        replayed(PAID, click(token));
    }

    @Test
    void settle_charged_isSpentEvenForTheSameBytes() {
        end(charging(click(token)), UNKNOWN);
        UnknownCharge settled = get(ledger.settle(token.id(), true));
        assertThat(settled.tenant()).isEqualTo("acme");
        refused(Problem.TOKEN_SPENT, click(token));
        assertThat(ledger.unknown().collectList().block(Duration.ofSeconds(5))).isEmpty();
        assertThat(ledger.unknownOf("acme")).isZero();
    }

    @Test
    void settle_freeWhileItLives_leasesAgain() {
        end(charging(click(token)), UNKNOWN);
        assertThat(get(ledger.settle(token.id(), false)).id()).isEqualTo(token.id());
        refused(Problem.TOKEN_NOT_YOURS, browser(token, "acme", OTHER_FLOW, "{}"));
        sent(click(token));
    }

    @Test
    void settle_whatIsNotUnknown_isEmptyAndChangesNothing() {
        charging(click(token));
        assertThat(get(ledger.settle(token.id(), false))).isNull();
        assertThat(get(ledger.settle("0123456789abcdef", true))).isNull();
        assertThat(get(ledger.settle("not an id", true))).isNull();
        assertThat(begin(click(token))).isInstanceOf(Verdict.Running.class);
    }

    @Test
    void settle_twice_secondIsEmpty() {
        end(charging(click(token)), UNKNOWN);
        assertThat(get(ledger.settle(token.id(), true))).isNotNull();
        assertThat(get(ledger.settle(token.id(), false))).isNull();
        refused(Problem.TOKEN_SPENT, click(token));
    }

    @Test
    void begin_subscribedTwice_sendsOnce() {
        lease(token, "acme", FLOW);
        Mono<Verdict> begin = ledger.begin(click(token));
        assertThat(get(begin)).isInstanceOf(Verdict.Send.class);
        assertThat(get(begin)).isInstanceOf(Verdict.Running.class);
    }

    // Words of these tests

    /** Lets a little time pass, so that an order shows. */
    abstract void tick();

    boolean lease(Digest token, String tenant, Digest flow) {
        return get(ledger.lease(token, tenant, flow, LIFE));
    }

    Verdict begin(Attempt attempt) {
        return get(ledger.begin(attempt));
    }

    Attempt sent(Attempt attempt) {
        assertThat(begin(attempt)).isInstanceOf(Verdict.Send.class);
        return attempt;
    }

    Attempt charging(Attempt attempt) {
        lease(token, "acme", FLOW);
        return sent(attempt);
    }

    void charge(Answer answer) {
        end(charging(click(token)), new Outcome.Answered(answer));
    }

    void end(Attempt attempt, Outcome outcome) {
        get(ledger.finish(attempt, outcome));
    }

    void refused(Problem problem, Attempt attempt) {
        assertThat(begin(attempt)).isEqualTo(new Verdict.Refuse(problem));
    }

    void replayed(Answer answer, Attempt attempt) {
        assertThat(begin(attempt))
                .isInstanceOfSatisfying(
                        Verdict.Replay.class,
                        replay -> assertThat(replay.answer())
                                .usingRecursiveComparison()
                                .isEqualTo(answer));
    }

    static <T> T get(Mono<T> mono) {
        return mono.block(Duration.ofSeconds(5));
    }
}
