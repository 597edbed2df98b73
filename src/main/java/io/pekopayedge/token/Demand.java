package io.pekopayedge.token;

import java.time.Duration;

/**
 * Refreshes per second that needed a new token: an exponential average over irregular events, corrected while its history
 * is short. The first event starts the history and counts for nothing, since one visitor is no rate. Not thread-safe: its
 * reserve guards it.
 */
final class Demand {
    /** Below this no correction: two requests within a blink are not a thousand per second. */
    private static final double SHORTEST_HISTORY_SECONDS = 10;

    private double timeConstant;
    private double perSecond;
    private long begun;
    private long last;
    private boolean any;

    /** @param cover the average's time constant is this, at most a minute */
    Demand(Duration cover) {
        this.timeConstant = timeConstant(cover);
    }

    /** Another cover from now on. */
    void cover(Duration cover) {
        timeConstant = timeConstant(cover);
    }

    private static double timeConstant(Duration cover) {
        return Math.min(cover.toMillis() / 1000.0, 60);
    }

    void count(long now) {
        if (!any) {
            any = true;
            begun = now;
            last = now;
            return;
        }
        decay(now);
        perSecond += 1 / timeConstant;
    }

    double perSecond(long now) {
        if (!any) {
            return 0;
        }
        decay(now);
        double history = Math.max((now - begun) / 1e9, Math.min(SHORTEST_HISTORY_SECONDS, timeConstant));
        return perSecond / -Math.expm1(-history / timeConstant);
    }

    private void decay(long now) {
        perSecond *= Math.exp((last - now) / 1e9 / timeConstant);
        last = now;
    }
}
