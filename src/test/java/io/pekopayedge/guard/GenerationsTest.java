package io.pekopayedge.guard;

import static org.assertj.core.api.Assertions.assertThat;

import io.pekopayedge.settings.EdgeClock;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import reactor.test.scheduler.VirtualTimeScheduler;

/** By a clock that stands still until it is moved, and that wraps on the way. */
class GenerationsTest {
    private static final Duration PERIOD = Duration.ofMinutes(1);

    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - PERIOD.toNanos());
    private final EdgeClock clock =
            new EdgeClock(Clock.systemUTC(), now::get, VirtualTimeScheduler.create(), new Random(1));
    private final Generations<String, String> held = new Generations<>(PERIOD, 20, String::length, clock);

    private void pass(Duration time) {
        now.addAndGet(time.toNanos());
    }

    @Test
    void unused_isRememberedForAPeriod_andForgottenAfterTwo() {
        held.put("a", "1");
        pass(PERIOD.minusNanos(1));
        held.put("b", "2");
        pass(Duration.ofNanos(1));
        held.put("c", "3");
        assertThat(held.size()).isEqualTo(3);
        pass(PERIOD);
        held.put("d", "4");
        assertThat(held.get("a")).isNull();
        assertThat(held.get("b")).isNull();
        assertThat(held.get("c")).isEqualTo("3");
    }

    @Test
    void used_staysForEver() {
        held.put("a", "1");
        for (int i = 0; i < 10; i++) {
            pass(PERIOD);
            assertThat(held.get("a")).isEqualTo("1");
        }
        pass(PERIOD.multipliedBy(10));
        held.put("b", "2");
        assertThat(held.get("a")).isEqualTo("1");
        assertThat(held.size()).isEqualTo(2);
    }

    @Test
    void beyondHalfTheWeight_whatIsUsedStays_andTheBoundHolds() {
        held.put("in use", "x");
        held.put("heavy", "1234");
        for (int i = 0; i < 100; i++) {
            held.put("flood " + i, "1");
            assertThat(held.get("in use")).isEqualTo("x");
            assertThat(held.size()).isLessThanOrEqualTo(20);
        }
        assertThat(held.get("heavy")).isNull();
        assertThat(held.get("flood 0")).isNull();
        assertThat(held.get("flood 99")).isEqualTo("1");
    }

    @Test
    void putAgain_isWhatIsFound_andWeighsOnce() {
        for (int i = 0; i < 100; i++) {
            held.put("a", "1234");
            held.put("b", "1");
        }
        held.put("a", "5678");
        assertThat(held.get("a")).isEqualTo("5678");
        assertThat(held.get("b")).isEqualTo("1");
        pass(PERIOD);
        held.put("a", "9");
        assertThat(held.get("a")).isEqualTo("9");
    }

    @Test
    void first_isAskedForOnlyWhereThereIsNone() {
        assertThat(held.get("a", () -> "1")).isEqualTo("1");
        pass(PERIOD);
        assertThat(held.get("a", () -> "2")).isEqualTo("1");
    }

    @Test
    void threads_seeOneValueOfAKeyInUse_whileMapsTurnBelowThem() throws Exception {
        Generations<Integer, Object> shared = new Generations<>(PERIOD, 64, value -> 1, clock);
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            Object one = shared.get(-1, Object::new);
            List<Future<Boolean>> ends = IntStream.range(0, 4)
                    .mapToObj(thread -> threads.submit(() -> {
                        boolean same = true;
                        for (int i = 0; i < 200_000; i++) {
                            shared.get(i / 4, Object::new);
                            same &= shared.get(-1, Object::new) == one;
                        }
                        return same;
                    }))
                    .toList();
            for (Future<Boolean> end : ends) {
                assertThat(end.get()).isTrue();
            }
        } finally {
            threads.shutdownNow();
        }
    }
}
