package io.pekopayedge.token;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import io.pekopayedge.ledger.Digest;
import io.pekopayedge.settings.EdgeClock;
import io.pekopayedge.settings.EdgeSettings.Reserve;
import io.pekopayedge.token.SessionToken.Age;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * One tenant's ready tokens and the requests that wait for one. Caffeine holds the tokens and lets each go at its
 * {@code serve-until}; two queues give the order, and what Caffeine no longer holds cannot be handed out. Any thread may
 * call; one short lock guards the queues, nothing under it blocks or calls out.
 */
final class TokenReserve {
    /** Requests that may wait at a time; more are refused, since they would outwait their limit anyway. */
    static final int MOST_WAITERS = 1_000;

    /**
     * What can be seen at a moment.
     *
     * @param oldestAge of a ready token, or null
     */
    record Look(
            int target,
            int fresh,
            int stale,
            int waiting,
            double demand,
            @Nullable Duration oldestAge) {}

    private final EdgeClock clock;
    private final Duration ttl;
    private final Cache<Digest, SessionToken> held;
    private final Deque<SessionToken> fresh = new ArrayDeque<>();
    private final Deque<SessionToken> stale = new ArrayDeque<>();
    private final Deque<Waiter> waiters = new ArrayDeque<>();
    private final Demand demand;
    private Reserve settings;
    private long lastLease;

    TokenReserve(Reserve settings, Duration ttl, EdgeClock clock) {
        this.settings = settings;
        this.ttl = ttl;
        this.clock = clock;
        this.demand = new Demand(settings.cover());
        this.lastLease = clock.nanos();
        this.held = Caffeine.newBuilder()
                .expireAfter(new UntilServed())
                .ticker(clock.ticker())
                .executor(Runnable::run)
                .build();
    }

    /** The next token by age, fresh before stale, oldest first; null where none is ready. Counts as demand. */
    synchronized @Nullable SessionToken take() {
        long now = clock.nanos();
        demand.count(now);
        lastLease = now;
        return next(now);
    }

    /** The same for a request whose token turned out to be of no use; no new demand. */
    synchronized @Nullable SessionToken takeAnother() {
        return next(clock.nanos());
    }

    private @Nullable SessionToken next(long now) {
        age(now);
        for (SessionToken token; (token = pollNext()) != null; ) {
            if (held.asMap().remove(token.digest(), token)) {
                return token;
            }
        }
        return null;
    }

    private @Nullable SessionToken pollNext() {
        SessionToken token = fresh.pollFirst();
        return token != null ? token : stale.pollFirst();
    }

    /** Takes a place in the queue; false where it is full. */
    synchronized boolean await(Waiter waiter) {
        waiters.removeIf(Waiter::ended);
        return waiters.size() < MOST_WAITERS && waiters.add(waiter);
    }

    /** A new token: to the longest waiting, else to the shelf. False where it is on the shelf already. */
    boolean put(SessionToken token) {
        for (Waiter waiter; (waiter = longestWaiting()) != null; ) {
            if (waiter.serve(token)) {
                return true;
            }
        }
        return shelve(token);
    }

    private synchronized @Nullable Waiter longestWaiting() {
        return waiters.pollFirst();
    }

    private synchronized boolean shelve(SessionToken token) {
        if (held.asMap().putIfAbsent(token.digest(), token) != null) {
            return false;
        }
        fresh.addLast(token);
        dropSurplus();
        return true;
    }

    /** A replaced token goes: with enough fresh ones, the stale ones have no use left. */
    private void dropSurplus() {
        int target = target(clock.nanos());
        while (fresh.size() >= target && !stale.isEmpty()) {
            held.invalidate(stale.removeFirst().digest());
        }
        while (fresh.size() > settings.max()) {
            held.invalidate(fresh.removeFirst().digest());
        }
    }

    /** How many more tokens should be on their way, beyond those that are. */
    synchronized int wanted(int underWay) {
        long now = clock.nanos();
        age(now);
        return waiting() + Math.max(0, target(now) - fresh.size()) - underWay;
    }

    /** Whether a shopper waits. */
    synchronized boolean urgent() {
        return waiting() > 0;
    }

    private int waiting() {
        while (!waiters.isEmpty() && waiters.getFirst().ended()) {
            waiters.removeFirst();
        }
        return waiters.size();
    }

    /** Ends the waiting of all whose time is over before a token can come. */
    void failWaiters(long earliest, Throwable problem) {
        Waiter[] lost;
        synchronized (this) {
            lost = waiters.stream()
                    .filter(waiter -> waiter.deadline - earliest < 0)
                    .toArray(Waiter[]::new);
        }
        for (Waiter waiter : lost) {
            waiter.fail(problem);
        }
    }

    /** Moves tokens that have aged; drops the dead. */
    private void age(long now) {
        for (SessionToken token; (token = fresh.peekFirst()) != null && token.age(now) != Age.FRESH; ) {
            stale.addLast(fresh.removeFirst());
        }
        for (SessionToken token; (token = stale.peekFirst()) != null && token.age(now) == Age.DEAD; ) {
            held.invalidate(stale.removeFirst().digest());
        }
    }

    private int target(long now) {
        if (idle(now)) {
            return 0;
        }
        double wanted = Math.ceil(demand.perSecond(now) * settings.cover().toMillis() / 1000.0 - 1e-6);
        return (int) Math.max(settings.min(), Math.min(settings.max(), wanted));
    }

    private boolean idle(long now) {
        return now - lastLease >= settings.idleAfter().toNanos();
    }

    /** Whether nobody has asked for so long that the reserve may be forgotten once it is dry. */
    synchronized boolean forgettable() {
        long now = clock.nanos();
        age(now);
        return idle(now) && fresh.isEmpty() && stale.isEmpty() && waiting() == 0;
    }

    synchronized void settings(Reserve changed) {
        settings = changed;
    }

    /** Drops every ready token: they are of another address or client. */
    synchronized void clear() {
        fresh.clear();
        stale.clear();
        held.invalidateAll();
    }

    synchronized Look look() {
        long now = clock.nanos();
        age(now);
        SessionToken oldest = stale.isEmpty() ? fresh.peekFirst() : stale.peekFirst();
        return new Look(
                target(now),
                fresh.size(),
                stale.size(),
                waiting(),
                demand.perSecond(now),
                oldest == null ? null : ttl.minusNanos(oldest.livesFor(now)));
    }

    private final class UntilServed implements Expiry<Digest, SessionToken> {
        @Override
        public long expireAfterCreate(Digest key, SessionToken token, long now) {
            return Math.max(0, token.servedFor(clock.nanos()));
        }

        @Override
        public long expireAfterUpdate(Digest key, SessionToken token, long now, long left) {
            return left;
        }

        @Override
        public long expireAfterRead(Digest key, SessionToken token, long now, long left) {
            return left;
        }
    }
}
