package io.pekopayedge.ledger;

import static io.pekopayedge.ledger.Charges.FLOW;
import static io.pekopayedge.ledger.Charges.LIFE;
import static io.pekopayedge.ledger.Charges.answer;
import static io.pekopayedge.ledger.Charges.click;
import static org.assertj.core.api.Assertions.assertThat;

import io.pekopayedge.settings.EdgeSettings.Charge.UnknownToken;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.util.unit.DataSize;

/** The weights are estimates: here the heap itself is asked. */
class MemoryLedgerWeightTest {
    private static final DataSize MEMORY = DataSize.ofMegabytes(32);
    /** A quarter is for charges under way. */
    private static final long BOUND = MEMORY.toBytes() / 4 * 3;

    private static final long SLACK = DataSize.ofMegabytes(3).toBytes();

    private final ManualTime time = new ManualTime();
    private final MemoryLedger ledger = new MemoryLedger(Charges.settings(MEMORY, UnknownToken.REFUSE), time.clock);

    @Test
    void lease_farBeyondTheBound_staysWithinTheBound() {
        long before = usedHeap();
        for (int i = 0; i < 500_000; i++) {
            ledger.lease(Charges.token(i), "acme", Digest.ofFlow("acme", "flow-" + i), LIFE)
                    .block();
        }
        assertThat(usedHeap() - before).isBetween(BOUND / 5 * 4, BOUND + SLACK);
        assertThat(ledger.known(Charges.token(499_999)).block()).isTrue();
    }

    /** What has left leaves nothing behind, in no list and no table. */
    @Test
    void lease_aMillionThroughASmallLedger_staysWithinItsBound() {
        MemoryLedger small = new MemoryLedger(
                Charges.settings(DataSize.ofMegabytes(1), UnknownToken.REFUSE), new ManualTime().clock);
        long before = usedHeap();
        for (int i = 0; i < 1_000_000; i++) {
            small.lease(Charges.token(i), "acme", FLOW, LIFE).block();
        }
        assertThat(usedHeap() - before).isLessThan(DataSize.ofMegabytes(2).toBytes());
        assertThat(small.known(Charges.token(999_999)).block()).isTrue();
    }

    /** But for its table, which stays as wide as it was: 8 bytes for each. */
    @Test
    void sweep_whenAllIsOver_givesTheMemoryBack() {
        long before = usedHeap();
        for (int i = 0; i < 200_000; i++) {
            ledger.lease(Charges.token(i), "acme", FLOW, LIFE).block();
        }
        time.pass(LIFE);
        ledger.sweep();
        assertThat(usedHeap() - before).isLessThan(200_000 * 8 + SLACK / 2);
        assertThat(ledger.known(Charges.token(199_999)).block()).isFalse();
    }

    /** Of 31 KB: nearly two pages each. */
    @Test
    void finish_withAnswersOfSeveralPages_staysWithinTheBound() {
        long before = usedHeap();
        for (int i = 0; i < 10_000; i++) {
            charge(
                    i,
                    new Outcome.Answered(new Answer(
                            201, null, null, "/" + "x".repeat(15_000), null, null, new byte[Answer.KEPT_BYTES])));
        }
        assertThat(usedHeap() - before).isBetween(BOUND / 5 * 3, BOUND + SLACK);
        assertThat(ledger.known(Charges.token(9_999)).block()).isTrue();
    }

    @Test
    void finish_farBeyondTheBound_staysWithinTheBound() {
        long before = usedHeap();
        for (int i = 0; i < 200_000; i++) {
            charge(
                    i,
                    new Outcome.Answered(
                            answer(201, "{\"id\":\"txn_%d\",\"note\":\"%s\"}".formatted(i, "x".repeat(200)))));
        }
        assertThat(usedHeap() - before).isBetween(BOUND / 5 * 4, BOUND + SLACK);
        assertThat(ledger.known(Charges.token(199_999)).block()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4})
    void finish_withAnyFieldLong_staysWithinTheBound(int which) {
        long before = usedHeap();
        for (int i = 0; i < 60_000; i++) {
            String[] field = new String[5];
            field[which] = i + "x".repeat(400);
            charge(
                    i,
                    new Outcome.Answered(
                            new Answer(429, field[0], field[1], field[2], field[3], field[4], new byte[0])));
        }
        assertThat(usedHeap() - before).isBetween(BOUND / 5 * 4, BOUND + SLACK);
        assertThat(ledger.known(Charges.token(59_999)).block()).isTrue();
    }

    private void charge(int i, Outcome outcome) {
        Attempt attempt = click(Charges.token(i));
        ledger.lease(attempt.token(), "acme", FLOW, LIFE).block();
        ledger.begin(attempt).block();
        ledger.finish(attempt, outcome).block();
    }

    private static long usedHeap() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }
}
