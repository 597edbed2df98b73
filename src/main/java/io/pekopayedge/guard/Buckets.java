package io.pekopayedge.guard;

import io.github.bucket4j.Bandwidth;
import io.github.bucket4j.BucketConfiguration;
import io.github.bucket4j.BucketListener;
import io.github.bucket4j.ConsumptionProbe;
import io.github.bucket4j.MathType;
import io.github.bucket4j.TimeMeter;
import io.github.bucket4j.local.LocalBucket;
import io.github.bucket4j.local.SynchronizedBucket;
import io.pekopayedge.problem.EdgeProblem;
import io.pekopayedge.problem.Problem;
import io.pekopayedge.settings.EdgeClock;
import io.pekopayedge.settings.Rate;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

/**
 * The token buckets of one limit, one per key, full at first. A bucket that nobody touched for the period is full again
 * and forgotten. Bounded by {@link #MOST}: beyond half of it those that nobody used lately are forgotten early, so that a
 * flood of made-up keys costs memory up to a bound and no shopper anything. Safe for use by several threads.
 */
final class Buckets {
    static final int MOST = 50_000;

    private final String name;
    private final Generations<String, LocalBucket> buckets;
    private final BucketConfiguration configuration;
    private final TimeMeter meter;
    private final LimitListener listener;
    private final Supplier<LocalBucket> full = this::full;

    Buckets(String name, Rate rate, EdgeClock clock, LimitListener listener) {
        this.name = name;
        this.listener = listener;
        this.configuration = new BucketConfiguration(List.of(Bandwidth.builder()
                .capacity(rate.number())
                .refillGreedy(rate.number(), rate.period())
                .build()));
        this.meter = new SinceStart(clock);
        this.buckets = new Generations<>(rate.period(), MOST, bucket -> 1, clock);
    }

    /** @throws EdgeProblem rate-limited, with the time until the bucket holds one again */
    void take(String tenant, String key) {
        ConsumptionProbe probe = bucket(key).tryConsumeAndReturnRemaining(1);
        if (!probe.isConsumed()) {
            throw refusal(tenant, probe.getNanosToWaitForRefill());
        }
    }

    void giveBack(String key) {
        bucket(key).addTokens(1);
    }

    /** Takes one even if there is none: several may have been under way when the last was taken, and all count. */
    void owe(String key) {
        bucket(key).consumeIgnoringRateLimits(1);
    }

    /** @throws EdgeProblem rate-limited, if nothing could be taken now; takes nothing */
    void requireSome(String tenant, String key) {
        LocalBucket bucket = buckets.get(key);
        if (bucket != null) {
            long wait = bucket.estimateAbilityToConsume(1).getNanosToWaitForRefill();
            if (wait > 0) {
                throw refusal(tenant, wait);
            }
        }
    }

    /** How many keys are held, for tests. */
    long size() {
        return buckets.size();
    }

    private LocalBucket bucket(String key) {
        return buckets.get(key, full);
    }

    private LocalBucket full() {
        // Not lock-free: that one copies its state at each take, and is heavier while it waits for the next.
        return new SynchronizedBucket(configuration, MathType.INTEGER_64_BITS, meter, BucketListener.NOPE);
    }

    private EdgeProblem refusal(String tenant, long waitNanos) {
        listener.limited(tenant, name);
        return EdgeProblem.retryLater(
                Problem.RATE_LIMITED, "Too many requests: limit " + name + ".", Duration.ofNanos(waitNanos));
    }

    /** Bucket4j compares readings, not differences, so they must not wrap: they count from the start. */
    private static final class SinceStart implements TimeMeter {
        private final EdgeClock clock;
        private final long start;

        SinceStart(EdgeClock clock) {
            this.clock = clock;
            this.start = clock.nanos();
        }

        @Override
        public long currentTimeNanos() {
            return clock.nanos() - start;
        }

        @Override
        public boolean isWallClockBased() {
            return false;
        }
    }
}
