package io.pekopayedge.token;

import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import io.pekopayedge.problem.EdgeProblem;
import io.pekopayedge.problem.Problem;
import io.pekopayedge.settings.EdgeClock;
import io.pekopayedge.settings.EdgeSettings;
import io.pekopayedge.upstream.Breaker;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * When one tenant's mint calls may be made and how many at a time, and what is told to a request that finds no token
 * meanwhile: its breaker, its back-off, and what PekoPay asked for. Any thread.
 */
final class Restraint implements AutoCloseable {
    private static final Duration PROBE_PAUSE = Duration.ofMillis(50);

    private final Breaker breaker;
    private final Backoff backoff;
    private final EdgeSettings settings;

    Restraint(Breaker breaker, EdgeSettings settings, EdgeClock clock) {
        this.breaker = breaker;
        this.settings = settings;
        this.backoff = new Backoff(settings.breaker().openFor(), clock);
    }

    /** The call, or {@link CallNotPermittedException} where the breaker lets none through. */
    <T> Mono<T> guard(Mono<T> call) {
        return breaker.guard(call);
    }

    /** How long no call will be made; zero where one may be made now. */
    Duration pause() {
        Duration open = breaker.openFor();
        Duration wait = backoff.left();
        return open.compareTo(wait) > 0 ? open : wait;
    }

    int mostAtATime() {
        int most = settings.mint().maxConcurrent();
        return switch (breaker.state()) {
            case OPEN, HALF_OPEN -> Math.min(settings.breaker().probes(), most);
            default -> backoff.failing() ? 1 : most;
        };
    }

    /** What a call remembers from its beginning, to be told with its end. */
    int round() {
        return backoff.round();
    }

    /** Whether that ended a row of failures. */
    boolean succeeded(int begunIn) {
        return backoff.succeeded(begunIn);
    }

    void failed(MintFailure failure, int begunIn) {
        backoff.failed(failure, begunIn);
        if (!MintFailure.unhealthy(failure)) {
            breaker.alive();
        }
    }

    boolean failing() {
        return backoff.failing();
    }

    /** Half open, and all probes are under way: their end decides, not another try at once. */
    void cut() {
        backoff.hold(PROBE_PAUSE);
    }

    /**
     * Whatever was wrong may be right now.
     *
     * @param elsewhere the calls go to another address
     */
    void reset(boolean elsewhere) {
        backoff.reset();
        if (elsewhere) {
            breaker.restart();
        }
    }

    /** @see Breaker#rest */
    boolean rest() {
        return breaker.rest();
    }

    void wake() {
        breaker.wake();
    }

    /** Whether nobody should wait: no call will be made, or one of those that should show that things are well again failed. */
    boolean hopeless() {
        boolean tried = backoff.refused() || (backoff.failing() && breaker.state() == State.HALF_OPEN);
        return !breaker.openFor().isZero() || (tried && !backoff.left().isZero());
    }

    /** Why a request that finds no ready token should not wait at all, or null if a token may come in time. */
    @Nullable
    EdgeProblem tooLong(Duration patience) {
        return hopeless() || pause().compareTo(patience) > 0 ? unavailable() : null;
    }

    /** What a request gets that had no token in time; {@code Retry-After} is when the next call may bring one. */
    EdgeProblem unavailable() {
        return backoff.refused()
                ? EdgeProblem.retryLater(
                        Problem.CREDENTIALS_REFUSED, "The shop's PekoPay credentials must be renewed.", pause())
                : EdgeProblem.retryLater(Problem.TOKEN_UNAVAILABLE, "Try again in a moment.", pause());
    }

    State state() {
        return breaker.state();
    }

    @Override
    public void close() {
        breaker.close();
    }
}
