package io.pekopayedge.token;

import io.pekopayedge.settings.EdgeClock;
import java.time.Duration;

/**
 * How long to wait after failures: 250 ms doubling with full jitter, at most {@code breaker.open-for} or 30 s; after
 * refused credentials 1 s doubling to 5 min; and never less than PekoPay asked for. Calls that were under way together
 * fail once, and one that was begun before a failure does not end the wait that followed it. Any thread.
 */
final class Backoff {
    private static final Duration FIRST = Duration.ofMillis(250);
    private static final Duration MOST = Duration.ofSeconds(30);
    private static final Duration FIRST_REFUSED = Duration.ofSeconds(1);
    private static final Duration MOST_REFUSED = Duration.ofMinutes(5);

    private final Duration most;
    private final EdgeClock clock;
    private int failures;
    private boolean refused;
    private long notBefore;
    private int round;

    Backoff(Duration openFor, EdgeClock clock) {
        this.most = openFor.compareTo(MOST) < 0 ? openFor : MOST;
        this.clock = clock;
        this.notBefore = clock.nanos();
    }

    /** What a call remembers from its beginning, to be told with its end. */
    synchronized int round() {
        return round;
    }

    synchronized void failed(MintFailure failure, int begunIn) {
        boolean refusal = failure.reason() == MintFailure.Reason.CREDENTIALS_REFUSED;
        boolean another = refusal != refused || failures == 0;
        if (another) {
            failures = 0;
            refused = refusal;
        }
        if (another || begunIn == round) {
            failures++;
            round++;
        }
        Duration wait = refusal ? doubled(FIRST_REFUSED, MOST_REFUSED) : jittered(doubled(FIRST, most));
        Duration asked = failure.retryAfter();
        if (asked != null && asked.compareTo(wait) > 0) {
            // A little later than asked, so that ten replicas do not come back in one instant.
            wait = asked.plusNanos(
                    (long) (asked.toNanos() * 0.05 * clock.random().nextDouble()));
        }
        // Of several calls that fail together, one that asks for little does not shorten another's pause.
        hold(wait);
    }

    /** Waits at least so long, without counting a failure. */
    synchronized void hold(Duration wait) {
        long until = clock.nanosIn(wait);
        if (until - notBefore > 0) {
            notBefore = until;
        }
    }

    /** Whether that ended a row of failures. */
    synchronized boolean succeeded(int begunIn) {
        boolean ends = failures > 0 && begunIn == round;
        if (begunIn == round) {
            reset();
        }
        return ends;
    }

    synchronized void reset() {
        failures = 0;
        refused = false;
        notBefore = clock.nanos();
    }

    /** Zero where a call may be made. */
    synchronized Duration left() {
        return Duration.ofNanos(Math.max(0, notBefore - clock.nanos()));
    }

    synchronized boolean failing() {
        return failures > 0;
    }

    /** Whether the last failure was a refusal of the credentials. */
    synchronized boolean refused() {
        return refused;
    }

    private Duration doubled(Duration first, Duration limit) {
        Duration wait = first.multipliedBy(1L << Math.min(failures - 1, 20));
        return wait.compareTo(limit) < 0 ? wait : limit;
    }

    private Duration jittered(Duration wait) {
        return Duration.ofNanos(1 + (long) (wait.toNanos() * clock.random().nextDouble()));
    }
}
