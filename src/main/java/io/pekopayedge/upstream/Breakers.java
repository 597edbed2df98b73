package io.pekopayedge.upstream;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.github.resilience4j.reactor.circuitbreaker.operator.CircuitBreakerOperator;
import io.pekopayedge.settings.EdgeClock;
import io.pekopayedge.settings.EdgeSettings;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import reactor.core.publisher.Mono;

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

    /** Slow calls count; refused credentials and a plain 429 do not. */
    public Guarded forMinting(String tenant, Predicate<Throwable> failure) {
        CircuitBreakerConfig config = base(failure)
                .slowCallDurationThreshold(settings.slowCall())
                .slowCallRateThreshold(settings.slowRate())
                .build();
        return new Guarded("mint:" + tenant, config);
    }

    /** A card authorisation may take seconds: nothing is slow. */
    public Guarded forCharging(String tenant, Predicate<Throwable> failure) {
        CircuitBreakerConfig config =
                base(failure).slowCallDurationThreshold(Duration.ofDays(1)).build();
        return new Guarded("charge:" + tenant, config);
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

    /**
     * One breaker and the moment until which it is open. Half open it stays for {@code open-for} at most: if by then fewer
     * calls than {@code probes} have been made and all that ended were good, it closes, as a shop with few shoppers would
     * otherwise be cut again and again; if one was bad or none has ended, it opens.
     */
    public final class Guarded implements AutoCloseable {
        private final String name;
        private final CircuitBreakerConfig config;
        private final AtomicLong openUntil = new AtomicLong();
        private final AtomicInteger transitions = new AtomicInteger();
        private volatile CircuitBreaker breaker;

        private Guarded(String name, CircuitBreakerConfig config) {
            this.name = name;
            this.config = config;
            this.breaker = registered();
        }

        private CircuitBreaker registered() {
            registry.remove(name);
            CircuitBreaker made = registry.circuitBreaker(name, config);
            made.getEventPublisher()
                    .onStateTransition(
                            event -> entered(event.getStateTransition().getToState()));
            return made;
        }

        /** Opens once so many probes were bad that the others cannot change it: they may come late, or not at all. */
        private void probed() {
            int bad = breaker.getMetrics().getNumberOfFailedCalls();
            if (breaker.getState() == CircuitBreaker.State.HALF_OPEN
                    && bad * 100 >= settings.failureRate() * settings.probes()) {
                breaker.transitionToOpenState();
            }
        }

        private void entered(CircuitBreaker.State state) {
            int transition = transitions.incrementAndGet();
            if (state == CircuitBreaker.State.OPEN) {
                openUntil.set(clock.nanosIn(settings.openFor()));
            } else if (state == CircuitBreaker.State.HALF_OPEN) {
                clock.scheduler()
                        .schedule(() -> decide(transition), settings.openFor().toNanos(), TimeUnit.NANOSECONDS);
            }
        }

        private void decide(int transition) {
            if (transitions.get() != transition) {
                return;
            }
            CircuitBreaker.Metrics probes = breaker.getMetrics();
            int ended = probes.getNumberOfBufferedCalls();
            if (ended > 0 && probes.getNumberOfFailedCalls() == 0 && probes.getNumberOfSlowCalls() == 0) {
                breaker.transitionToClosedState();
            } else {
                breaker.transitionToOpenState();
            }
        }

        /** Runs the call if the breaker lets it; else fails with {@code CallNotPermittedException} at once. */
        public <T> Mono<T> guard(Mono<T> call) {
            return call.transformDeferred(CircuitBreakerOperator.of(breaker)).doOnError(error -> probed());
        }

        /** A call was answered in good order, if not with what it asked for: what a probe wants to know is known. */
        public void alive() {
            if (breaker.getState() == CircuitBreaker.State.HALF_OPEN) {
                breaker.transitionToClosedState();
            }
        }

        /** The calls go elsewhere from now on; what was learnt of the old address says nothing about the new one. */
        public void restart() {
            breaker.transitionToClosedState();
        }

        public CircuitBreaker.State state() {
            return breaker.getState();
        }

        /** How long no call will be made; zero where one may be. */
        public Duration openFor() {
            return breaker.getState() == CircuitBreaker.State.OPEN
                    ? Duration.ofNanos(Math.max(0, openUntil.get() - clock.nanos()))
                    : Duration.ZERO;
        }

        /** Leaves the metrics until {@link #wake}, unless it is cut or tries; answers whether it did. */
        public boolean rest() {
            boolean quiet = breaker.getState() != CircuitBreaker.State.HALF_OPEN
                    && openFor().isZero();
            if (quiet) {
                close();
            }
            return quiet;
        }

        /** Begins anew: what it knew before its rest is old. */
        public void wake() {
            breaker = registered();
        }

        /** Leaves the registry, and with it the metrics. */
        @Override
        public void close() {
            registry.find(name)
                    .filter(breaker::equals) // its tenant may have come back, with a new one
                    .ifPresent(known -> registry.remove(name));
        }
    }
}
