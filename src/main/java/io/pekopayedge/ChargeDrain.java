package io.pekopayedge;

import io.pekopayedge.charge.Charges;
import io.pekopayedge.settings.EdgeClock;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.springframework.boot.web.context.WebServerGracefulShutdownLifecycle;
import org.springframework.context.SmartLifecycle;

/** Lets charges end that no connection waits for any more, before the process does. */
final class ChargeDrain implements SmartLifecycle {
    private static final long LOOK_MILLIS = 20;

    private final Charges charges;
    private final EdgeClock clock;
    private final Duration most;
    private volatile boolean running;

    ChargeDrain(Charges charges, EdgeClock clock, Duration most) {
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

    @Override
    public void stop(Runnable stopped) {
        stop();
        wait(clock.nanosIn(most), stopped);
    }

    private void wait(long deadline, Runnable stopped) {
        if (charges.underWay() == 0 || clock.nanos() - deadline >= 0) {
            stopped.run();
        } else {
            clock.scheduler().schedule(() -> wait(deadline, stopped), LOOK_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public int getPhase() {
        return WebServerGracefulShutdownLifecycle.SMART_LIFECYCLE_PHASE - 2048;
    }
}
