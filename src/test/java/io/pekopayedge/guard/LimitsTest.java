package io.pekopayedge.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.pekopayedge.problem.EdgeProblem;
import io.pekopayedge.problem.Problem;
import io.pekopayedge.settings.EdgeClock;
import io.pekopayedge.settings.EdgeSettings;
import io.pekopayedge.settings.Rate;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import reactor.test.scheduler.VirtualTimeScheduler;

/** Token buckets by a clock that stands still until it is moved. */
class LimitsTest {
    private static final String FLOW = "flow-aaaaaaaaaaaaaaaaaaaaaa";

    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 1_000_000);
    private final EdgeClock clock =
            new EdgeClock(Clock.systemUTC(), now::get, VirtualTimeScheduler.create(), new Random(1));
    private final List<String> told = new ArrayList<>();
    private final Limits limits = new Limits(
            new EdgeSettings.Limits(
                    Rate.valueOf("20/1m"),
                    Rate.valueOf("120/1m"),
                    Rate.valueOf("30/1m"),
                    Rate.valueOf("10/1h"),
                    Rate.valueOf("5/1h"),
                    List.of()),
            clock,
            (tenant, limit) -> told.add(tenant + " " + limit));

    private int flows;

    private String anotherFlow() {
        return FLOW + flows++;
    }

    private void pass(Duration time) {
        now.addAndGet(time.toNanos());
    }

    private static Duration refusal(Runnable call) {
        EdgeProblem problem = catchThrowableOfType(EdgeProblem.class, call::run);
        assertThat(problem.problem()).isEqualTo(Problem.RATE_LIMITED);
        return problem.retryAfter();
    }

    /** As the header says it: whole seconds, rounded up. */
    private static Duration told(Duration after) {
        return Duration.ofSeconds(Math.max(1, after.plusMillis(999).toSeconds()));
    }

    @Test
    void refresh_beyondTheFlowsBurst_isRefused_andRetryAfterIsTrue() {
        for (int i = 0; i < 20; i++) {
            limits.refresh("acme", FLOW, "192.0.2.1");
        }
        Duration after = refusal(() -> limits.refresh("acme", FLOW, "192.0.2.1"));
        assertThat(after).isEqualTo(Duration.ofSeconds(3));
        assertThat(told).containsExactly("acme refresh-per-flow");
        limits.refresh("acme", "another-" + FLOW, "192.0.2.1");
        limits.refresh("bistro", FLOW, "192.0.2.1");
        pass(after.minusMillis(1));
        assertThat(refusal(() -> limits.refresh("acme", FLOW, "192.0.2.1"))).isPositive();
        pass(Duration.ofMillis(1));
        limits.refresh("acme", FLOW, "192.0.2.1");
    }

    @Test
    void everyLimit_afterItsRetryAfter_letsOneThrough_andNotBefore() {
        List<Runnable> calls = List.of(
                () -> limits.refresh("acme", FLOW, "192.0.2.1"),
                () -> limits.refresh("acme", anotherFlow(), "192.0.2.2"),
                () -> limits.charge("acme", "192.0.2.1"),
                () -> {
                    limits.beforeSend("acme", null, "192.0.2.3");
                    limits.declined("acme", null, "192.0.2.3");
                },
                () -> {
                    limits.beforeSend("acme", FLOW, "192.0.2.4");
                    limits.declined("acme", FLOW, "192.0.2.4");
                });
        List<Integer> bursts = List.of(20, 120, 30, 10, 5);
        for (int i = 0; i < calls.size(); i++) {
            Runnable call = calls.get(i);
            for (int n = 0; n < bursts.get(i); n++) {
                call.run();
            }
            Duration after = refusal(call);
            pass(after.minusNanos(1));
            refusal(call);
            pass(told(after).minus(after).plusNanos(1));
            assertThatCode(call::run).doesNotThrowAnyException();
        }
        assertThat(told.stream().distinct())
                .containsExactly(
                        "acme refresh-per-flow",
                        "acme refresh-per-client",
                        "acme charge-per-client",
                        "acme declines-per-client",
                        "acme declines-per-flow");
    }

    @Test
    void refresh_thatOneLimitRefuses_doesNotCountForTheOther_norMakeABucket() {
        for (int i = 0; i < 20; i++) {
            limits.refresh("acme", FLOW, "192.0.2.1");
        }
        for (int i = 0; i < 200; i++) {
            refusal(() -> limits.refresh("acme", FLOW, "192.0.2.1"));
        }
        for (int i = 0; i < 100; i++) {
            limits.refresh("acme", anotherFlow(), "192.0.2.1");
        }
        long held = limits.size();
        for (int i = 0; i < 200; i++) {
            refusal(() -> limits.refresh("acme", anotherFlow(), "192.0.2.1"));
        }
        assertThat(limits.size()).isEqualTo(held);
    }

    @Test
    void declines_thatWereUnderWayTogether_allCount() {
        for (int i = 0; i < 15; i++) {
            limits.beforeSend("acme", null, "192.0.2.1");
        }
        for (int i = 0; i < 15; i++) {
            limits.declined("acme", null, "192.0.2.1");
        }
        assertThat(refusal(() -> limits.beforeSend("acme", null, "192.0.2.1"))).isEqualTo(Duration.ofMinutes(36));
        limits.beforeSend("bistro", null, "192.0.2.1");
    }

    @Test
    void addressesOfOneIpv6Network_areOneClient() {
        for (int i = 0; i < 30; i++) {
            limits.charge("acme", "2001:db8:1:2::" + Integer.toHexString(i + 1));
        }
        refusal(() -> limits.charge("acme", "2001:db8:1:2:ffff::1"));
        limits.charge("acme", "2001:db8:1:3::1");
    }

    @Test
    void forgedForwardedFor_givesNoNewBucket() throws UnknownHostException {
        InetSocketAddress socket = new InetSocketAddress(InetAddress.getByName("203.0.113.9"), 1);
        ClientAddress untrusting = new ClientAddress(List.of("10.0.0.0/8"), clock);
        for (int i = 0; i < 30; i++) {
            limits.charge("acme", untrusting.of(socket, List.of("192.0.2." + i, "1.2.3." + i)));
        }
        refusal(() -> limits.charge("acme", untrusting.of(socket, List.of("192.0.2.77"))));

        InetSocketAddress proxy = new InetSocketAddress(InetAddress.getByName("10.1.2.3"), 1);
        for (int i = 0; i < 30; i++) {
            // The proxy appends whom it saw; what stands left of it the client has written.
            limits.charge("acme", untrusting.of(proxy, List.of("192.0.2." + i + ", 198.51.100.7")));
        }
        refusal(() -> limits.charge("acme", untrusting.of(proxy, List.of("6.6.6.6", "198.51.100.7"))));
        limits.charge("acme", untrusting.of(proxy, List.of("198.51.100.8")));
    }

    /** {@code -Dchaos.keys=1000000} made-up flows, clients and declines: memory stays bounded, and nobody who is limited is let off. */
    @Test
    void millionKeys_areBounded_andAClientInUseStaysLimited() {
        int keys = Integer.getInteger("chaos.keys", 150_000);
        for (int i = 0; i < 120; i++) {
            limits.refresh("acme", anotherFlow(), "192.0.2.1");
        }
        long before = heap();
        SplittableRandom random = new SplittableRandom(20261122);
        HexFormat hex = HexFormat.of();
        for (int i = 0; i < keys; i++) {
            String flow = hex.toHexDigits(random.nextLong()) + hex.toHexDigits(random.nextLong());
            String client = "2001:db8:" + Integer.toHexString(i >>> 16) + ":" + Integer.toHexString(i & 0xFFFF) + "::1";
            limits.refresh("acme", flow, client);
            limits.charge("acme", client);
            limits.declined("acme", flow, client);
            if (i % 1000 == 0) {
                refusal(() -> limits.refresh("acme", anotherFlow(), "192.0.2.1"));
            }
        }
        long held = limits.size();
        long bytes = heap() - before;
        System.out.printf(
                "%d keys in each of five limits: %d buckets held, %d KB, %d B each%n",
                keys, held, bytes >> 10, bytes / held);
        assertThat(held).isLessThanOrEqualTo(5L * Buckets.MOST);
        assertThat(bytes).isLessThan(128L << 20);
        refusal(() -> limits.refresh("acme", anotherFlow(), "192.0.2.1"));
        pass(Duration.ofHours(2));
        assertThat(limits.size()).isLessThanOrEqualTo(5L * Buckets.MOST / 2);
        pass(Duration.ofHours(2));
        assertThat(limits.size()).isZero();
    }

    private static long heap() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
