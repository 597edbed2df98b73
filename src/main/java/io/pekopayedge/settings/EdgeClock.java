package io.pekopayedge.settings;

import com.github.benmanes.caffeine.cache.Ticker;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import reactor.core.scheduler.Scheduler;

/**
 * Time and chance, as everything here receives them. Ages and deadlines come from the ticker, which no clock change
 * moves; the wall clock is for what people and other programs read.
 *
 * @param wall for timestamps that leave the process
 * @param ticker nanoseconds of a monotonic clock; wraps, so compare differences only
 * @param scheduler runs what is due later; never blocked
 * @param random for jitter, not for secrets; must be safe for use by several threads
 */
public record EdgeClock(Clock wall, Ticker ticker, Scheduler scheduler, RandomGenerator random) {
    private static final long UPKEEP_MILLIS = 10;

    /** The ticker's reading now, in nanoseconds. */
    public long nanos() {
        return ticker.read();
    }

    /** The ticker's reading that lies so far ahead of now. */
    public long nanosIn(Duration ahead) {
        return ticker.read() + ahead.toNanos();
    }

    /** The ticker as a {@link Clock}, for libraries that measure durations by one; its instants mean nothing else, and do not wrap. */
    public Clock monotonic() {
        return new MonotonicClock(ticker);
    }

    /**
     * For the upkeep of caches that each request writes to: many entries at once, a moment later, and none while nothing is
     * written. What has had its time or was taken out is not found in the meantime either; bounds are overstepped by what was
     * written meanwhile, some hundred entries at most.
     */
    public Executor upkeep() {
        return task -> scheduler.schedule(task, UPKEEP_MILLIS, TimeUnit.MILLISECONDS);
    }

    private static final class MonotonicClock extends Clock {
        private final Ticker ticker;
        private final long start;

        MonotonicClock(Ticker ticker) {
            this.ticker = ticker;
            this.start = ticker.read();
        }

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
            return Instant.EPOCH.plusNanos(ticker.read() - start);
        }
    }
}
