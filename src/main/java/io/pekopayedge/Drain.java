package io.pekopayedge;

import io.pekopayedge.charge.Charges;
import io.pekopayedge.door.LastCall;
import io.pekopayedge.settings.EdgeClock;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.web.context.WebServerGracefulShutdownLifecycle;
import org.springframework.context.SmartLifecycle;

/**
 * The end, once the gateway has said that it is not ready: nobody comes in any more, who is there is served, and charges
 * end that no connection waits for. The management port stays until then and says how it goes.
 */
final class Drain implements SmartLifecycle {
    private static final Logger LOG = LoggerFactory.getLogger(Drain.class);
    private static final long LOOK_MILLIS = 20;
    private static final long TO_TELL_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final LastCall lastCall;
    private final Charges charges;
    private final EdgeClock clock;
    private final Duration most;
    private volatile boolean running;

    Drain(LastCall lastCall, Charges charges, EdgeClock clock, Duration most) {
        this.lastCall = lastCall;
        this.charges = charges;
        this.clock = clock;
        this.most = most;
    }

    @Override
    public void start() {
        running = true;
    }

    @Override
    public void stop() {
        running = false;
    }

    /** A request that was still arriving may begin its charge late: it must end while somebody is there to tell and to log it. */
    @Override
    public void stop(Runnable stopped) {
        long deadline = clock.nanosIn(most);
        charges.endBy(deadline - TO_TELL_NANOS);
        lastCall.make();
        wait(deadline, () -> {
            int left = charges.underWay();
            if (left > 0) {
                LOG.warn("{} charges were not over when the gateway ended", left);
            }
            lastCall.close();
            stop();
            stopped.run();
        });
    }

    private void wait(long deadline, Runnable over) {
        if ((lastCall.isEmpty() && charges.underWay() == 0) || clock.nanos() - deadline >= 0) {
            over.run();
        } else {
            clock.scheduler().schedule(() -> wait(deadline, over), LOOK_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    /** Before the management port's context, which goes just before the web server. */
    @Override
    public int getPhase() {
        return WebServerGracefulShutdownLifecycle.SMART_LIFECYCLE_PHASE + 768;
    }
}
