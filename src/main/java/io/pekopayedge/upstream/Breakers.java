package io.pekopayedge.upstream;

import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.pekopayedge.settings.EdgeClock;
import io.pekopayedge.settings.EdgeSettings;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * Resilience4j breakers, one per tenant for minting and one for charging, around the PekoPay call itself: CLOSED =
 * flowing, OPEN = cut. Both of a breaker's time sources are the gateway's clock. Any thread.
 */
public final class Breakers {
    private final CircuitBreakerRegistry registry;
    private final EdgeClock clock;
    private final EdgeSettings.Breaker settings;

    public Breakers(CircuitBreakerRegistry registry, EdgeClock clock, EdgeSettings.Breaker settings) {
        this.registry = registry;
        this.clock = clock;
        this.settings = settings;
    }

    /**
     * Slow calls count; refused credentials and a plain 429 do not.
     *
     * @param limit within which a call ends
     */
    public Breaker forMinting(String tenant, Predicate<Throwable> failure, Duration limit) {
        CircuitBreakerConfig config = base(failure)
                .slowCallDurationThreshold(settings.slowCall())
                .slowCallRateThreshold(settings.slowRate())
                .build();
        return new Breaker(registry, clock, settings, "mint:" + tenant, config, limit);
    }

    /**
     * A card authorisation may take seconds: nothing is slow.
     *
     * @param limit within which a call ends
     */
    public Breaker forCharging(String tenant, Predicate<Throwable> failure, Duration limit) {
        CircuitBreakerConfig config =
                base(failure).slowCallDurationThreshold(Duration.ofDays(1)).build();
        return new Breaker(registry, clock, settings, "charge:" + tenant, config, limit);
    }

    private CircuitBreakerConfig.Builder base(Predicate<Throwable> failure) {
        return CircuitBreakerConfig.custom()
                .slidingWindow(settings.window(), settings.window(), CircuitBreakerConfig.SlidingWindowType.COUNT_BASED)
                .failureRateThreshold(settings.failureRate())
                .waitDurationInOpenState(settings.openFor())
                .permittedNumberOfCallsInHalfOpenState(settings.probes())
                // Its own limit on that state counts real time, and cuts again whatever the probes have shown.
                .maxWaitDurationInHalfOpenState(Duration.ZERO)
                .clock(clock.monotonic())
                .currentTimestampFunction(ignored -> clock.nanos(), TimeUnit.NANOSECONDS)
                .ignoreException(failure.negate())
                .writableStackTraceEnabled(false);
    }
}
