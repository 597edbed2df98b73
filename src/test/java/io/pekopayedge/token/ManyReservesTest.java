package io.pekopayedge.token;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What a tenant costs that nobody asks for, and what a refresh costs beside many others; {@code -Dchaos.tenants=10000}. */
class ManyReservesTest {
    private static final int MANY = Integer.getInteger("chaos.tenants", 3_000);
    private static final String[] IDS =
            IntStream.range(0, MANY).mapToObj(i -> "t" + i).toArray(String[]::new);

    private static VirtualEdge edge() {
        return new VirtualEdge(
                "mint.rate=100000",
                "reserve.idle-after=10s",
                "token.ttl=50s",
                "token.serve-until=40s",
                "token.fresh-for=20s");
    }

    private static long heap() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }

    @Test
    void idleTenants_costNeitherTimerNorMemory() {
        VirtualEdge edge = edge();
        long none = heap();
        edge.serving(IDS);
        long served = heap();
        long active = wake(edge);
        long idleAgain = sleep(edge);
        wake(edge);
        long idleOnceMore = sleep(edge);
        long timers = timersInAnHour(edge);
        long nobodys = timersInAnHour(edge());
        System.out.printf(
                "Bytes per tenant of %,d: served and idle %d; active with 2 tokens, its series included, %d; idle"
                        + " again %d, %d. Timers in an idle hour: %d, and without any tenant %d; mint calls %d%n",
                MANY,
                (served - none) / MANY,
                (active - none) / MANY,
                (idleAgain - none) / MANY,
                (idleOnceMore - none) / MANY,
                timers,
                nobodys,
                edge.pekoPay.calls());
        assertThat(IDS).noneMatch(edge.reserves::isActive);
        assertThat((served - none) / MANY).isLessThan(2_000);
        assertThat((idleOnceMore - idleAgain) / MANY).isLessThan(50);
        assertThat(timers).isEqualTo(nobodys);
        assertThat(edge.pekoPay.calls()).isZero();
        edge.close();
    }

    /** Some after the others: the virtual scheduler looks through all that is due when a time-out is called off. */
    private static void wake(VirtualEdge edge, int tenants) {
        for (int i = 0; i < tenants; i++) {
            edge.ask(IDS[i]);
            if (i % 200 == 0) {
                edge.pass(Duration.ofMillis(100));
            }
        }
        edge.pass(Duration.ofSeconds(2));
    }

    /** Answers the heap while all are active. */
    private static long wake(VirtualEdge edge) {
        wake(edge, MANY);
        assertThat(edge.look("t17").fresh()).isEqualTo(2);
        edge.pekoPay.arrivals.clear();
        return heap();
    }

    /** Answers the heap when none is. */
    private static long sleep(VirtualEdge edge) {
        edge.pass(Duration.ofMinutes(1));
        edge.meters.forgetIdle(id -> Duration.ofSeconds(10), id -> false);
        edge.pekoPay.arrivals.clear();
        return heap();
    }

    private static long timersInAnHour(VirtualEdge edge) {
        long before = edge.timers();
        edge.pass(Duration.ofHours(1));
        return edge.timers() - before;
    }

    @Test
    void refresh_costsTheSame_besideManyActiveTenants() {
        long[] alone = cost(1);
        long[] among = cost(MANY);
        System.out.printf(
                "A refresh from the reserve: alone %d bytes, %d ns; beside %,d active tenants %d bytes, %d ns%n",
                alone[0], alone[1], MANY, among[0], among[1]);
        assertThat(among[0]).isLessThanOrEqualTo(alone[0] + alone[0] / 10);
    }

    /** Median bytes allocated by, and time of, a refresh that is served at once. */
    private static long[] cost(int tenants) {
        VirtualEdge edge = new VirtualEdge("mint.rate=100000").serving(Arrays.copyOf(IDS, tenants));
        wake(edge, tenants);
        for (int i = 0; i < 200; i++) {
            edge.ask("t0");
            edge.pass(Duration.ofMillis(100));
        }
        edge.pass(Duration.ofSeconds(10));
        ThreadMXBean thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long[] bytes = new long[300];
        long[] nanos = new long[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            long before = thread.getThreadAllocatedBytes(Thread.currentThread().getId());
            long begun = System.nanoTime();
            VirtualEdge.Asked asked = edge.ask("t0");
            nanos[i] = System.nanoTime() - begun;
            bytes[i] = thread.getThreadAllocatedBytes(Thread.currentThread().getId()) - before;
            asked.token();
        }
        edge.close();
        Arrays.sort(bytes);
        Arrays.sort(nanos);
        return new long[] {bytes[bytes.length / 2], nanos[nanos.length / 2]};
    }
}
