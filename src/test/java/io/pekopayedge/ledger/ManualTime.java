package io.pekopayedge.ledger;

import io.pekopayedge.settings.EdgeClock;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import reactor.test.scheduler.VirtualTimeScheduler;

/** Time that passes when a test says so. The ticker starts just before it wraps, as {@code nanoTime} may. */
final class ManualTime {
    static final Instant START = Instant.parse("2026-11-22T20:00:00Z");

    private final AtomicLong elapsed = new AtomicLong();
    private final VirtualTimeScheduler scheduler = VirtualTimeScheduler.create();

    final EdgeClock clock =
            new EdgeClock(new Wall(), () -> Long.MAX_VALUE - 1_000_000_000 + elapsed.get(), scheduler, new Random(1));

    void pass(Duration time) {
        elapsed.addAndGet(time.toNanos());
        scheduler.advanceTimeBy(time);
    }

    private final class Wall extends Clock {
        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return START.plusNanos(elapsed.get());
        }
    }
}
