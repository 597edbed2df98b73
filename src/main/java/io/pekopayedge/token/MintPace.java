package io.pekopayedge.token;

import io.pekopayedge.settings.EdgeClock;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The whole gateway's mint rate, shared fairly: each tenant that wants tokens stands in line once, gets one call, and goes
 * to the end; tenants with waiting shoppers have a line of their own that goes first. A fifth of a second's calls may be
 * made at once. Any thread.
 */
final class MintPace {
    /** Something that makes one call when its turn comes. Must not block. */
    interface Turn {
        /** Whether a call was made; if not, the next in line has this turn. */
        boolean take();
    }

    private final EdgeClock clock;
    private final long interval;
    private final long burst;
    private final Deque<Turn> urgent = new ArrayDeque<>();
    private final Deque<Turn> refills = new ArrayDeque<>();
    private final AtomicInteger work = new AtomicInteger();
    private long nextFree;
    private boolean scheduled;

    /** @param rate calls per second */
    MintPace(int rate, EdgeClock clock) {
        this.clock = clock;
        this.interval = 1_000_000_000L / rate;
        this.burst = Math.max(interval, 200_000_000L) - interval;
        this.nextFree = clock.nanos() - burst;
    }

    /** Stands in line; the caller does so once until its turn has come. */
    void line(Turn turn, boolean isUrgent) {
        synchronized (this) {
            (isUrgent ? urgent : refills).addLast(turn);
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
                if (!turn.take()) {
                    giveBack();
                }
            }
            seen = work.addAndGet(-seen);
        } while (seen != 0);
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
        nextFree = Math.max(nextFree, now - burst) + interval;
        Turn turn = urgent.pollFirst();
        return turn != null ? turn : refills.pollFirst();
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
                            java.util.concurrent.TimeUnit.NANOSECONDS);
        }
    }
}
