package io.pekopayedge.token;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.benmanes.caffeine.cache.Ticker;
import io.pekopayedge.settings.EdgeClock;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.test.scheduler.VirtualTimeScheduler;

/** Whose turn it is to ask PekoPay. Virtual time. */
class MintPaceTest {
    private final VirtualTimeScheduler scheduler = VirtualTimeScheduler.create();
    private final Ticker ticker = () -> scheduler.now(TimeUnit.NANOSECONDS);
    private final EdgeClock clock = new EdgeClock(Clock.systemUTC(), ticker, scheduler, new Random(1));
    private final MintPace pace = new MintPace(10, clock);
    private final List<String> calls = new ArrayList<>();

    /** Wants so many calls, one after the other. */
    private final class Tenant implements MintPace.Turn {
        private final String name;
        private final boolean urgent;
        private int wants;

        Tenant(String name, boolean urgent, int wants) {
            this.name = name;
            this.urgent = urgent;
            this.wants = wants;
            pace.line(this, urgent);
        }

        @Override
        public boolean take() {
            if (wants == 0) {
                return false;
            }
            calls.add(name);
            if (--wants > 0) {
                pace.line(this, urgent);
            }
            return true;
        }
    }

    @Test
    void rate_isKept_fromTheStart() {
        new Tenant("a", false, 1000);
        assertThat(calls).hasSize(1);
        for (int second = 1; second <= 10; second++) {
            scheduler.advanceTimeBy(Duration.ofSeconds(1));
            assertThat(calls).hasSizeBetween(second * 10, second * 10 + 1);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {500, 1000, 3_600_000})
    void turnsThatNobodyTook_areKeptForASecond_noSecondSeesTwiceTheRate(long idleMillis) {
        scheduler.advanceTimeBy(Duration.ofMillis(idleMillis));
        new Tenant("a", true, 1000);
        int saved = calls.size();
        assertThat(saved).isEqualTo(idleMillis == 500 ? 6 : 10);
        scheduler.advanceTimeBy(Duration.ofMillis(999));
        assertThat(calls).hasSizeBetween(saved + 9, 20);
        scheduler.advanceTimeBy(Duration.ofSeconds(10));
        assertThat(calls).hasSizeBetween(saved + 109, 120);
    }

    @Test
    void bigTenant_doesNotStarveASmallOne() {
        new Tenant("big", false, 1000);
        new Tenant("small", false, 10);
        scheduler.advanceTimeBy(Duration.ofSeconds(2));
        assertThat(Collections.frequency(calls, "small")).isGreaterThanOrEqualTo(9);
    }

    @Test
    void shoppersGoFirst_butRefillsKeepAQuarter() {
        new Tenant("refill", false, 1000);
        new Tenant("shoppers", true, 1000);
        scheduler.advanceTimeBy(Duration.ofSeconds(20));
        assertThat(Collections.frequency(calls, "shoppers")).isBetween(145, 152);
        assertThat(Collections.frequency(calls, "refill")).isBetween(48, 53);
    }

    @Test
    void oneInLine_whoBecomesUrgent_isMovedUp() {
        for (int i = 0; i < 100; i++) {
            new Tenant("other", false, 1);
        }
        Tenant late = new Tenant("late", false, 1);
        scheduler.advanceTimeBy(Duration.ofMillis(500));
        pace.line(late, true);
        scheduler.advanceTimeBy(Duration.ofMillis(100));
        assertThat(calls).endsWith("late");
        scheduler.advanceTimeBy(Duration.ofSeconds(20));
        assertThat(calls).hasSize(101);
    }

    @Test
    void turnThatIsNotTaken_isTheNexts() {
        new Tenant("a", false, 2);
        for (int i = 0; i < 50; i++) {
            new Tenant("nothing", false, 0);
        }
        new Tenant("b", false, 1);
        scheduler.advanceTimeBy(Duration.ofMillis(200));
        assertThat(calls).containsExactly("a", "a", "b");
    }

    @Test
    void turnThatThrows_doesNotStopTheOthers() {
        pace.line(
                () -> {
                    throw new IllegalStateException("a fault in a test");
                },
                true);
        new Tenant("a", false, 1);
        scheduler.advanceTimeBy(Duration.ofSeconds(1));
        assertThat(calls).containsExactly("a");
    }
}
