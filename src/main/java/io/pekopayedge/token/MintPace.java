package io.pekopayedge.token;

import io.pekopayedge.settings.EdgeClock;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The whole gateway's mint rate, shared fairly: each tenant that wants tokens stands in line once, gets one call, and goes
 * to the end. Tenants with waiting shoppers have a line of their own; it gets three turns of four while both lines have
 * somebody, so that one tenant's rush does not leave the others' reserves dry. Like the limits of the browser face, a token
 * bucket: turns that nobody took are kept for a second, so that the shoppers who waited for the end of an outage need not
 * wait for its pace as well; no second sees more than twice the rate. None are saved up at start: many replicas that start
 * together are no stampede. Any thread.
 */
final class MintPace {
    /** Something that makes one call when its turn comes; the same object is in line at most once. Must not block. */
    interface Turn {
        /** Whether a call was made; if not, the next in line has this turn. */
        boolean take();
    }

    private static final Logger LOG = LoggerFactory.getLogger(MintPace.class);
    private static final int URGENT_IN_A_ROW = 3;

    private final EdgeClock clock;
    private final long interval;
    private final long burst;
    private final Set<Turn> urgent = new LinkedHashSet<>();
    private final Set<Turn> refills = new LinkedHashSet<>();
    private final AtomicInteger work = new AtomicInteger();
    private long nextFree;
    private int inARow;
    private boolean scheduled;

    /** @param rate calls per second */
    MintPace(int rate, EdgeClock clock) {
        this.clock = clock;
        this.interval = 1_000_000_000L / rate;
        this.burst = 1_000_000_000L - interval;
        this.nextFree = clock.nanos();
    }

    /** Stands in line; one that stands there already keeps its place, or moves to the urgent line. */
    void line(Turn turn, boolean isUrgent) {
        synchronized (this) {
            if (isUrgent) {
                refills.remove(turn);
                urgent.add(turn);
            } else if (!urgent.contains(turn)) {
                refills.add(turn);
            }
        }
        run();
    }

    /** One thread at a time; a turn that stands in line again is met by the loop, not by recursion. */
    private void run() {
        if (work.getAndIncrement() != 0) {
            return;
        }
        int seen = 1;
        do {
            for (Turn turn; (turn = next()) != null; ) {
                if (!taken(turn)) {
                    giveBack();
                }
            }
            seen = work.addAndGet(-seen);
        } while (seen != 0);
    }

    private static boolean taken(Turn turn) {
        try {
            return turn.take();
        } catch (RuntimeException | Error e) {
            // Whatever is wrong with one tenant, the others' turns go on.
            LOG.error("A turn to mint failed", e);
            return true;
        }
    }

    private synchronized @Nullable Turn next() {
        if (urgent.isEmpty() && refills.isEmpty()) {
            return null;
        }
        long now = clock.nanos();
        if (nextFree - now > 0) {
            schedule(nextFree - now);
            return null;
        }
        long earliest = now - burst;
        nextFree = (nextFree - earliest > 0 ? nextFree : earliest) + interval;
        boolean refill = urgent.isEmpty() || (inARow >= URGENT_IN_A_ROW && !refills.isEmpty());
        inARow = refill ? 0 : inARow + 1;
        return first(refill ? refills : urgent);
    }

    private static Turn first(Set<Turn> line) {
        Iterator<Turn> turns = line.iterator();
        Turn first = turns.next();
        turns.remove();
        return first;
    }

    private synchronized void giveBack() {
        nextFree -= interval;
    }

    private void schedule(long nanos) {
        if (!scheduled) {
            scheduled = true;
            clock.scheduler()
                    .schedule(
                            () -> {
                                synchronized (this) {
                                    scheduled = false;
                                }
                                run();
                            },
                            nanos,
                            TimeUnit.NANOSECONDS);
        }
    }
}
