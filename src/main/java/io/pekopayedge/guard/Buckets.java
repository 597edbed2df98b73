package io.pekopayedge.guard;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
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

/**
 * The token buckets of one limit, one per key, full at first. A bucket that nobody touched for the period is full again
 * and forgotten. Bounded: beyond {@link #MOST} keys the least used are forgotten early, so that a flood of made-up keys
 * costs memory up to a bound and no shopper anything. Safe for use by several threads.
 */
final class Buckets {
    static final int MOST = 50_000;

    private final String name;
    private final Cache<String, LocalBucket> buckets;
    private final BucketConfiguration configuration;
    private final TimeMeter meter;
    private final LimitListener listener;

    Buckets(String name, Rate rate, EdgeClock clock, LimitListener listener) {
        this.name = name;
        this.listener = listener;
        this.configuration = new BucketConfiguration(List.of(Bandwidth.builder()
                .capacity(rate.number())
                .refillGreedy(rate.number(), rate.period())
                .build()));
        this.meter = new SinceStart(clock);
        this.buckets = Caffeine.newBuilder()
                .maximumSize(MOST)
                .expireAfterAccess(rate.period())
                .ticker(clock.ticker())
                .executor(clock.upkeep())
                .build();
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
        LocalBucket bucket = buckets.getIfPresent(key);
        if (bucket != null) {
            long wait = bucket.estimateAbilityToConsume(1).getNanosToWaitForRefill();
            if (wait > 0) {
                throw refusal(tenant, wait);
            }
        }
    }

    /** How many keys are held, for tests. */
    long size() {
        buckets.cleanUp();
        return buckets.estimatedSize();
    }

    private LocalBucket bucket(String key) {
        LocalBucket bucket = buckets.getIfPresent(key);
        return bucket != null ? bucket : buckets.get(key, this::full);
    }

    private LocalBucket full(String key) {
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
