package io.pekopayedge.upstream;

import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.pekopayedge.settings.EdgeClock;
import io.pekopayedge.settings.EdgeSettings;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import reactor.core.publisher.Mono;

/**
 * One breaker and the moment until which it is open. A call is heard of by the state that let it through alone: what was
 * begun before an outage was noticed tells nothing of how things are after it. Half open it stays for {@code open-for}:
 * if by then fewer calls than {@code probes} have been made and all that ended were good, it closes, as a shop with few
 * shoppers would otherwise be cut again and again; if one was bad, it opens; if none has ended, the first to end decides,
 * for good answers may take longer than {@code open-for}. Any thread.
 */
public final class Breaker implements AutoCloseable {
    private final CircuitBreakerRegistry registry;
    private final EdgeClock clock;
    private final EdgeSettings.Breaker settings;
    private final String name;
    private final CircuitBreakerConfig config;
    private final Duration limit;
    private final AtomicLong openUntil = new AtomicLong();
    /** Which state this is, counted from the first. */
    private final AtomicInteger spell = new AtomicInteger();
    /** The spell that the first probe to end decides. */
    private volatile int overdue;

    private volatile CircuitBreaker breaker;

    /** @param limit within which a call ends */
    Breaker(
            CircuitBreakerRegistry registry,
            EdgeClock clock,
            EdgeSettings.Breaker settings,
            String name,
            CircuitBreakerConfig config,
            Duration limit) {
        this.registry = registry;
        this.clock = clock;
        this.settings = settings;
        this.name = name;
        this.config = config;
        this.limit = limit;
        this.breaker = registered();
    }

    private CircuitBreaker registered() {
        spell.incrementAndGet();
        registry.remove(name);
        CircuitBreaker made = registry.circuitBreaker(name, config);
        made.getEventPublisher()
                .onStateTransition(event -> entered(event.getStateTransition().getToState()));
        return made;
    }

    private void entered(CircuitBreaker.State state) {
        int entered = spell.incrementAndGet();
        if (state == CircuitBreaker.State.OPEN) {
            openUntil.set(clock.nanosIn(settings.openFor()));
        } else if (state == CircuitBreaker.State.HALF_OPEN) {
            long early = settings.openFor().toNanos();
            long late = Math.max(early, limit.toNanos());
            clock.scheduler().schedule(() -> decide(entered, early == late), early, TimeUnit.NANOSECONDS);
            if (early < late) {
                clock.scheduler().schedule(() -> decide(entered, true), late, TimeUnit.NANOSECONDS);
            }
        }
    }

    /** @param last the call that this state began with has ended, whatever became of it */
    private void decide(int of, boolean last) {
        if (spell.get() != of) {
            return;
        }
        overdue = of; // before it looks: who ends at this moment is seen here, or sees this
        CircuitBreaker.Metrics probes = breaker.getMetrics();
        int ended = probes.getNumberOfBufferedCalls();
        if (ended > 0 && probes.getNumberOfFailedCalls() == 0 && probes.getNumberOfSlowCalls() == 0) {
            leave(of, CircuitBreaker::transitionToClosedState);
        } else if (ended > 0 || last) {
            leave(of, CircuitBreaker::transitionToOpenState);
        }
    }

    /** Opens once so many probes were bad that the others cannot change it: they may come late, or not at all. */
    private void probed(int of) {
        int bad = breaker.getMetrics().getNumberOfFailedCalls();
        if (breaker.getState() == CircuitBreaker.State.HALF_OPEN
                && bad * 100 >= settings.failureRate() * settings.probes()) {
            leave(of, CircuitBreaker::transitionToOpenState);
        }
    }

    /** A state is left once, whoever finds out first that it is over. */
    private void leave(int of, Consumer<CircuitBreaker> transition) {
        if (spell.compareAndSet(of, of + 1)) {
            transition.accept(breaker);
        }
    }

    /** Runs the call if the breaker lets it; else fails with {@code CallNotPermittedException} at once. */
    public <T> Mono<T> guard(Mono<T> call) {
        return Mono.defer(() -> {
            CircuitBreaker asked = breaker;
            if (!asked.tryAcquirePermission()) {
                return Mono.error(CallNotPermittedException.createCallNotPermittedException(asked));
            }
            Passage passage = new Passage(asked, spell.get());
            return call.doOnSuccess(answer -> passage.good())
                    .doOnError(passage::bad)
                    .doOnCancel(passage::givenUp);
        });
    }

    /** One call that was let through. */
    private final class Passage {
        private final CircuitBreaker asked;
        private final int in;
        private final long begun;
        private final AtomicBoolean over = new AtomicBoolean();

        Passage(CircuitBreaker asked, int in) {
            this.asked = asked;
            this.in = in;
            this.begun = asked.getCurrentTimestamp();
        }

        void good() {
            if (counts()) {
                asked.onSuccess(took(), asked.getTimestampUnit());
                ended();
            }
        }

        void bad(Throwable error) {
            if (counts()) {
                asked.onError(took(), asked.getTimestampUnit(), error);
                probed(in);
                ended();
            }
        }

        void givenUp() {
            if (counts()) {
                asked.releasePermission();
            }
        }

        private void ended() {
            if (overdue == in) {
                decide(in, false);
            }
        }

        private long took() {
            return asked.getCurrentTimestamp() - begun;
        }

        private boolean counts() {
            return over.compareAndSet(false, true) && spell.get() == in;
        }
    }

    /** A call was answered in good order, if not with what it asked for: what a probe wants to know is known. */
    public void alive() {
        if (breaker.getState() == CircuitBreaker.State.HALF_OPEN) {
            breaker.transitionToClosedState();
        }
    }

    /** The calls go elsewhere from now on; what was learnt of the old address says nothing about the new one. */
    public void restart() {
        spell.incrementAndGet(); // from closed to closed no event tells of it
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
