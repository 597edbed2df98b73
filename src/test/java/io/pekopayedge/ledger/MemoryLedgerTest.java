package io.pekopayedge.ledger;

import static io.pekopayedge.ledger.Charges.FLOW;
import static io.pekopayedge.ledger.Charges.KEEP_FOR;
import static io.pekopayedge.ledger.Charges.LIFE;
import static io.pekopayedge.ledger.Charges.PAID;
import static io.pekopayedge.ledger.Charges.TIMEOUT;
import static io.pekopayedge.ledger.Charges.answer;
import static io.pekopayedge.ledger.Charges.browser;
import static io.pekopayedge.ledger.Charges.click;
import static io.pekopayedge.ledger.Charges.keyed;
import static io.pekopayedge.ledger.Charges.token;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.pekopayedge.problem.EdgeProblem;
import io.pekopayedge.problem.Problem;
import io.pekopayedge.settings.EdgeSettings.Charge.UnknownToken;
import java.time.Duration;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.util.unit.DataSize;

class MemoryLedgerTest {
    private static final Duration INSTANT = Duration.ofNanos(1);
    private static final Duration LONGEST_RUN = TIMEOUT.plusSeconds(5);

    private final ManualTime time = new ManualTime();

    @Nested
    class StateTable extends LedgerContract {
        @Override
        TokenLedger ledger(UnknownToken unknownToken) {
            return ledgerOf(DataSize.ofMegabytes(64), unknownToken);
        }

        @Override
        void tick() {
            time.pass(Duration.ofMillis(1));
        }
    }

    @Nested
    class Time {
        private final MemoryLedger ledger = ledgerOf(DataSize.ofMegabytes(64), UnknownToken.REFUSE);

        @Test
        void begin_justBeforeTheTokenDies_sends() {
            lease(ledger, token(1));
            time.pass(LIFE.minus(INSTANT));
            assertThat(begin(ledger, click(token(1)))).isInstanceOf(Verdict.Send.class);
        }

        @Test
        void begin_whenTheTokenDies_isUnknown() {
            lease(ledger, token(1));
            time.pass(LIFE);
            assertThat(ledger.unspent(token(1)).block()).isFalse();
            refused(ledger, Problem.TOKEN_UNKNOWN, click(token(1)));
        }

        @Test
        void finish_freeAfterTheTokenDied_isGone() {
            lease(ledger, token(1));
            time.pass(LIFE.minus(INSTANT));
            Attempt attempt = sent(ledger, click(token(1)));
            time.pass(INSTANT);
            ledger.finish(attempt, new Outcome.Free()).block();
            assertThat(ledger.known(token(1)).block()).isFalse();
        }

        @Test
        void settle_freeAfterTheTokenDied_isGone() {
            unknownCharge(ledger, token(1));
            time.pass(LIFE);
            assertThat(ledger.settle(token(1).id(), false).block()).isNotNull();
            refused(ledger, Problem.TOKEN_UNKNOWN, click(token(1)));
        }

        @Test
        void begin_answeredForAsLongAsItIsKept_replays() {
            lease(ledger, token(1));
            ledger.finish(sent(ledger, click(token(1))), new Outcome.Answered(PAID))
                    .block();
            time.pass(KEEP_FOR.minus(INSTANT));
            ledger.sweep();
            assertThat(begin(ledger, click(token(1)))).isInstanceOf(Verdict.Replay.class);
            time.pass(INSTANT);
            ledger.sweep();
            refused(ledger, Problem.TOKEN_UNKNOWN, click(token(1)));
        }

        @Test
        void begin_chargeNeverEnded_isUnknownAfterTimeoutAndMargin() {
            lease(ledger, token(1));
            Attempt attempt = sent(ledger, click(token(1)));
            time.pass(LONGEST_RUN.minus(INSTANT));
            assertThat(begin(ledger, click(token(1)))).isInstanceOf(Verdict.Running.class);
            time.pass(INSTANT);
            refused(ledger, Problem.CHARGE_OUTCOME_UNKNOWN, click(token(1)));
            ledger.finish(click(token(1)), new Outcome.Free()).block();
            refused(ledger, Problem.CHARGE_OUTCOME_UNKNOWN, click(token(1)));
            assertThat(ledger.unknownOf("acme")).isEqualTo(1);
            ledger.finish(attempt, new Outcome.Answered(PAID)).block();
            assertThat(begin(ledger, click(token(1)))).isInstanceOf(Verdict.Replay.class);
            assertThat(ledger.unknownOf("acme")).isZero();
        }

        @Test
        void finish_unknownAfterTimeoutAndMargin_staysUnknown() {
            lease(ledger, token(1));
            Attempt attempt = sent(ledger, click(token(1)));
            time.pass(LONGEST_RUN);
            ledger.finish(attempt, new Outcome.Unknown()).block();
            refused(ledger, Problem.CHARGE_OUTCOME_UNKNOWN, click(token(1)));
            assertThat(ledger.unknownOf("acme")).isEqualTo(1);
        }

        @Test
        void start_sweepsByItself() {
            ledger.start();
            lease(ledger, token(1));
            sent(ledger, click(token(1)));
            time.pass(LONGEST_RUN.plusSeconds(1));
            assertThat(ledger.unknownOf("acme")).isEqualTo(1);
            ledger.close();
            lease(ledger, token(2));
            sent(ledger, click(token(2)));
            time.pass(LONGEST_RUN.plusSeconds(1));
            assertThat(ledger.unknownOf("acme")).isEqualTo(1);
        }

        @Test
        void unknown_chargeThatNobodyAskedAbout_isListedWhenItWasSent() {
            time.pass(Duration.ofSeconds(7));
            lease(ledger, token(1));
            sent(ledger, click(token(1)));
            time.pass(LONGEST_RUN);
            assertThat(ledger.unknown().blockFirst().since()).isEqualTo(ManualTime.START.plusSeconds(7));
        }
    }

    @Nested
    @ExtendWith(OutputCaptureExtension.class)
    class Forgetting {
        private final MemoryLedger ledger = ledgerOf(DataSize.ofMegabytes(64), UnknownToken.REFUSE);

        @Test
        void sweep_unknownBeyondKeepFor_leavesWithAnErrorLine(CapturedOutput output) {
            unknownCharge(ledger, token(1));
            time.pass(KEEP_FOR.minus(INSTANT));
            ledger.sweep();
            refused(ledger, Problem.CHARGE_OUTCOME_UNKNOWN, click(token(1)));
            assertThat(output).doesNotContain(token(1).id());
            time.pass(INSTANT);
            ledger.sweep();
            refused(ledger, Problem.TOKEN_UNKNOWN, click(token(1)));
            assertThat(ledger.unknownOf("acme")).isZero();
            await().until(() -> output.getAll().contains(token(1).id())); // written a moment later
            assertThat(output).contains("ERROR", token(1).id(), "acme", "req-1").doesNotContain("sess_");
        }
    }

    @Nested
    class Bound {
        private static final int PLENTY = 20_000;
        private final MemoryLedger ledger = ledgerOf(DataSize.ofMegabytes(1), UnknownToken.REFUSE);

        @Test
        void lease_beyondTheBound_oldestGoFirstAndTheNewestStays() {
            for (int i = 0; i < PLENTY; i++) {
                lease(ledger, token(i));
                assertThat(ledger.unspent(token(i)).block()).isTrue();
            }
            assertThat(ledger.known(token(0)).block()).isFalse();
            assertThat(ledger.unspent(token(PLENTY - 1000)).block()).isTrue();
        }

        @Test
        void finish_beyondTheBound_answersGoBeforeLeases() {
            lease(ledger, token("open"));
            for (int i = 0; i < PLENTY; i++) {
                lease(ledger, token(i));
                ledger.finish(sent(ledger, click(token(i))), new Outcome.Answered(PAID))
                        .block();
            }
            assertThat(ledger.known(token(0)).block()).isFalse();
            assertThat(begin(ledger, click(token(PLENTY - 1)))).isInstanceOf(Verdict.Replay.class);
            assertThat(begin(ledger, click(token("open")))).isInstanceOf(Verdict.Send.class);
        }

        /** Who lost the answer and asks again must not hear of an unknown token, as if nothing had been charged. */
        @Test
        void finish_inAFloodOfLeases_theAnswerIsKept() {
            for (int i = 0; i < PLENTY; i++) {
                lease(ledger, token(i));
                if (i == PLENTY / 2) {
                    ledger.finish(sent(ledger, click(token(i))), new Outcome.Answered(PAID))
                            .block();
                    ledger.finish(sent(ledger, keyed("order-1", "{}")), new Outcome.Answered(PAID))
                            .block();
                }
            }
            assertThat(begin(ledger, click(token(PLENTY / 2)))).isInstanceOf(Verdict.Replay.class);
            assertThat(begin(ledger, keyed("order-1", "{}"))).isInstanceOf(Verdict.Replay.class);
        }

        @Test
        void finish_inAFloodOfCharges_leasesKeepHalfOfTheRoom() {
            for (int i = 0; i < 3000; i++) {
                lease(ledger, token("open" + i));
            }
            for (int i = 0; i < PLENTY; i++) {
                ledger.finish(sent(ledger, keyed("order-" + i, "{}")), new Outcome.Answered(PAID))
                        .block();
            }
            for (int i = 0; i < 3000; i++) {
                assertThat(ledger.unspent(token("open" + i)).block()).isTrue();
            }
        }

        @Test
        void finish_beyondTheBound_bodiesGoBeforeTheKnowledgeThatItIsSpent() {
            Answer large = answer(200, "x".repeat(Answer.KEPT_BYTES));
            for (int i = 0; i < 200; i++) {
                lease(ledger, token(i));
                ledger.finish(sent(ledger, click(token(i))), new Outcome.Answered(large))
                        .block();
            }
            refused(ledger, Problem.TOKEN_SPENT, click(token(0)));
            assertThat(begin(ledger, click(token(199)))).isInstanceOf(Verdict.Replay.class);
        }

        /** A forgotten token is refused; a forgotten key would be charged again. */
        @Test
        void finish_beyondTheBound_tokensGoBeforeIdempotencyKeys() {
            ledger.finish(sent(ledger, keyed("order-1", "{}")), new Outcome.Answered(PAID))
                    .block();
            for (int i = 0; i < PLENTY; i++) {
                lease(ledger, token(i));
                ledger.finish(sent(ledger, click(token(i))), new Outcome.Answered(PAID))
                        .block();
            }
            assertThat(ledger.known(token(0)).block()).isFalse();
            refused(ledger, Problem.TOKEN_SPENT, keyed("order-1", "{}"));
        }

        /** A ledger of this size has one stripe, so all leases are in one list. */
        @Test
        void finish_freeAndChargedAgain_theOthersKeepTheirPlaces() {
            lease(ledger, token(1));
            lease(ledger, token(2));
            ledger.finish(sent(ledger, click(token(1))), new Outcome.Free()).block();
            time.pass(LIFE.minus(INSTANT));
            Attempt first = sent(ledger, click(token(1)));
            Attempt second = sent(ledger, click(token(2)));
            time.pass(INSTANT);
            ledger.sweep();
            ledger.finish(first, new Outcome.Answered(PAID)).block();
            ledger.finish(second, new Outcome.Answered(PAID)).block();
            assertThat(begin(ledger, click(token(1)))).isInstanceOf(Verdict.Replay.class);
            assertThat(begin(ledger, click(token(2)))).isInstanceOf(Verdict.Replay.class);
        }

        @Test
        void begin_oneTenantsUnknownOutcomes_leaveRoomForTheOthers() {
            Attempt running = click(token("running"));
            lease(ledger, token("running"));
            sent(ledger, running);
            int unknown = unknownUntilFull("acme");
            assertThat(unknown).isBetween(100, 400);

            lease(ledger, token("more"));
            full(click(token("more")));
            assertThat(unknownUntilFull("bistro")).isBetween(100, 400);

            assertThat(unknownUntilFull("third")).isLessThan(5);
            for (int i = 0; i < PLENTY; i++) {
                lease(ledger, token(i));
            }
            assertThat(ledger.unknownOf("acme")).isEqualTo(unknown);
            assertThat(begin(ledger, click(token("running")))).isInstanceOf(Verdict.Running.class);
        }

        @Test
        void begin_afterRoomWasMade_sendsAgain() {
            unknownUntilFull("acme");
            lease(ledger, token("more"));
            full(click(token("more")));
            ledger.settle(ledger.unknown().blockFirst().id(), true).block();
            ledger.settle(ledger.unknown().blockFirst().id(), false).block();
            sent(ledger, click(token("more")));
        }

        private int unknownUntilFull(String tenant) {
            for (int i = 0; i < 1000; i++) {
                Digest token = token(tenant + i);
                ledger.lease(token, tenant, FLOW, LIFE).block();
                Attempt attempt = browser(token, tenant, FLOW, "{}");
                try {
                    begin(ledger, attempt);
                } catch (EdgeProblem full) {
                    return i;
                }
                ledger.finish(attempt, new Outcome.Unknown()).block();
            }
            return 1000;
        }

        private void full(Attempt attempt) {
            assertThatThrownBy(() -> begin(ledger, attempt)).isInstanceOfSatisfying(EdgeProblem.class, problem -> {
                assertThat(problem.problem()).isEqualTo(Problem.LEDGER_UNAVAILABLE);
                assertThat(problem.retryAfter()).isNotNull();
            });
        }
    }

    private MemoryLedger ledgerOf(DataSize memory, UnknownToken unknownToken) {
        return new MemoryLedger(Charges.settings(memory, unknownToken), time.clock);
    }

    private static void lease(TokenLedger ledger, Digest token) {
        assertThat(ledger.lease(token, "acme", FLOW, LIFE).block()).isTrue();
    }

    private static Verdict begin(TokenLedger ledger, Attempt attempt) {
        return ledger.begin(attempt).block();
    }

    private static Attempt sent(TokenLedger ledger, Attempt attempt) {
        assertThat(begin(ledger, attempt)).isInstanceOf(Verdict.Send.class);
        return attempt;
    }

    private static void unknownCharge(TokenLedger ledger, Digest token) {
        lease(ledger, token);
        ledger.finish(sent(ledger, click(token)), new Outcome.Unknown()).block();
    }

    private static void refused(TokenLedger ledger, Problem problem, Attempt attempt) {
        assertThat(begin(ledger, attempt)).isEqualTo(new Verdict.Refuse(problem));
    }
}
