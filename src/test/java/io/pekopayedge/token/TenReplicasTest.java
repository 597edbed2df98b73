package io.pekopayedge.token;

import static org.assertj.core.api.Assertions.assertThat;

import io.pekopayedge.token.VirtualEdge.Asked;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Ten gateways before one PekoPay: they start together, and an outage begins and ends for all at once. Virtual time. */
class TenReplicasTest {
    private static final int REPLICAS = 10;
    private static final int RATE = 5;
    private static final Duration TICK = Duration.ofMillis(100);

    private final List<VirtualEdge> edges = new ArrayList<>();
    private final List<Asked> asked = new ArrayList<>();
    private int turn;

    TenReplicasTest() {
        VirtualEdge first = new VirtualEdge("mint.rate=" + RATE).serving("acme");
        edges.add(first);
        for (int i = 1; i < REPLICAS; i++) {
            // Each has its own chance, as processes do.
            VirtualEdge next = new VirtualEdge(first, "mint.rate=" + RATE).serving("acme");
            for (int draws = 0; draws < 7 * i; draws++) {
                next.clock.random().nextLong();
            }
            edges.add(next);
        }
    }

    private VirtualEdge first() {
        return edges.get(0);
    }

    /** Twenty shoppers a second, each to the next replica. */
    private void shopFor(Duration time) {
        for (long left = time.toMillis(); left > 0; left -= TICK.toMillis()) {
            for (int i = 0; i < 2; i++) {
                asked.add(edges.get(turn++ % REPLICAS).ask("acme"));
            }
            first().pass(TICK);
        }
    }

    private long mostIn(Duration window, int from) {
        List<FakePekoPay.Arrival> calls = List.copyOf(
                first().pekoPay.arrivals.subList(from, first().pekoPay.calls()));
        long most = 0;
        for (int begin = 0, end = 0; begin < calls.size(); begin++) {
            while (end < calls.size() && calls.get(end).at() - calls.get(begin).at() < window.toNanos()) {
                end++;
            }
            most = Math.max(most, end - begin);
        }
        return most;
    }

    @Test
    void startTogether_asksNoMoreThanTheRateAllows_andServesEverybody() {
        shopFor(Duration.ofMinutes(2));
        long most = mostIn(Duration.ofSeconds(1), 0);
        System.out.printf("Ten replicas start: at most %d mint calls in a second (rate %d each)%n", most, RATE);
        assertThat(most).isLessThanOrEqualTo(REPLICAS * (RATE + 1));
        assertThat(asked).allSatisfy(one -> assertThat(one.problem).isNull());
    }

    @Test
    void outage_forAllAtOnce_isNeitherProbedNorEndedInStep() {
        shopFor(Duration.ofMinutes(3));
        first().pekoPay.on(first().pekoPay.dead());
        int before = first().pekoPay.calls();
        shopFor(Duration.ofMinutes(3));
        int during = first().pekoPay.calls() - before;
        long inStep = mostIn(Duration.ofMillis(50), before);
        first().pekoPay.on(first().pekoPay.well(Duration.ofMillis(100)));
        int end = first().pekoPay.calls();
        asked.clear();
        shopFor(Duration.ofMinutes(2));
        long most = mostIn(Duration.ofSeconds(1), end);
        System.out.printf(
                "Ten replicas, outage of 3 min: %d mint calls, at most %d within 50 ms; after it at most %d in a"
                        + " second; %d of %d refused then%n",
                during,
                inStep,
                most,
                asked.stream().filter(one -> one.problem != null).count(),
                asked.size());
        // Three probes each in ten seconds, and what it took to notice.
        assertThat(during).isLessThanOrEqualTo(REPLICAS * (3 * 18 + 20));
        assertThat(inStep).isLessThanOrEqualTo(REPLICAS);
        assertThat(most).isLessThanOrEqualTo(REPLICAS * (RATE + 1));
        assertThat(asked).allSatisfy(one -> assertThat(one.problem).isNull());
    }
}
