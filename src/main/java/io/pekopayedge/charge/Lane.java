package io.pekopayedge.charge;

import io.pekopayedge.upstream.Breakers;
import java.util.concurrent.atomic.AtomicInteger;

/** One tenant's way to PekoPay for charges: its breaker and how many are under way. Any thread. */
final class Lane {
    private final Breakers.Guarded breaker;
    private final int most;
    private final AtomicInteger underWay = new AtomicInteger();

    Lane(Breakers.Guarded breaker, int most) {
        this.breaker = breaker;
        this.most = most;
    }

    Breakers.Guarded breaker() {
        return breaker;
    }

    /** False where too many are under way; else {@link #leave} must follow. */
    boolean enter() {
        if (underWay.incrementAndGet() <= most) {
            return true;
        }
        leave();
        return false;
    }

    void leave() {
        underWay.decrementAndGet();
    }
}
