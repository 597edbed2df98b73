package io.pekopayedge.charge;

import io.pekopayedge.upstream.Breaker;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/** One tenant's way to PekoPay for charges: its breaker and how many are under way. Any thread. */
final class Lane {
    private final AtomicReference<URI> address;
    private final Breaker breaker;
    private final int most;
    private final Duration idleAfter;
    private final AtomicInteger underWay = new AtomicInteger();

    Lane(URI address, Breaker breaker, int most, Duration idleAfter) {
        this.address = new AtomicReference<>(address);
        this.breaker = breaker;
        this.most = most;
        this.idleAfter = idleAfter;
    }

    /** When nobody has charged for so long, it is forgotten. */
    Duration idleAfter() {
        return idleAfter;
    }

    /** To another address of PekoPay's from now on, perhaps: then the breaker begins anew. */
    void leadsTo(URI now) {
        URI before = address.get();
        if (!now.equals(before) && address.compareAndSet(before, now)) {
            breaker.restart();
        }
    }

    Breaker breaker() {
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
