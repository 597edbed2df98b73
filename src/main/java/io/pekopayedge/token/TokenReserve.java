package io.pekopayedge.token;

import com.github.benmanes.caffeine.cache.Cache;
import io.pekopayedge.ledger.Digest;
import io.pekopayedge.settings.EdgeClock;
import io.pekopayedge.settings.EdgeSettings.Reserve;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One tenant's ready tokens and the requests that wait for one; while somebody waits, nothing is ready. Any thread may
 * call; one short lock guards it, nothing under it blocks or calls out.
 */
final class TokenReserve {
    /** Requests that may wait at a time; more are refused, since they would outwait their limit anyway. */
    static final int MOST_WAITERS = 1_000;

    private static final int A_HANDFUL = 4;

    /**
     * What can be seen at a moment.
     *
     * @param oldestAge of a ready token, or null
     * @param freshFor until the next token is to be replaced, zero where one is wanted now; null where none will be
     */
    record Look(
            int target,
            int fresh,
            int stale,
            int waiting,
            double demand,
            @Nullable Duration oldestAge,
            @Nullable Duration freshFor) {}

    private final EdgeClock clock;
    private final Duration ttl;
    private final Shelf shelf;
    private final Set<Waiter> waiters = new LinkedHashSet<>(2);
    private final Demand demand;
    private Reserve settings;
    private long lastLease;
    private int edition;
    private boolean retired;

    /** @param held see {@link Shelf#holder} */
    TokenReserve(Reserve settings, Duration ttl, Cache<Digest, SessionToken> held, EdgeClock clock) {
        this.settings = settings;
        this.ttl = ttl;
        this.clock = clock;
        this.shelf = new Shelf(held);
        this.demand = new Demand(settings.cover());
        this.lastLease = clock.nanos();
    }

    /** Counts a request as demand; false where this reserve was forgotten, and another must be asked. */
    synchronized boolean asked() {
        long now = clock.nanos();
        if (!retired) {
            demand.count(now);
            lastLease = now;
        }
        return !retired;
    }

    /** Whether one can be taken. */
    synchronized boolean ready() {
        return shelf.oldest() != null;
    }

    /** The next token by age, fresh before stale, oldest first; null where none is ready. */
    synchronized @Nullable SessionToken take() {
        return shelf.next(clock.nanos());
    }

    /**
     * Serves the request if a token has become ready, else gives it a place in the queue: in one step, or a token that
     * comes between the two would lie there while somebody waits. False where there is no place.
     */
    boolean admit(Waiter waiter) {
        SessionToken ready;
        int of;
        synchronized (this) {
            ready = shelf.next(clock.nanos());
            of = edition;
            if (ready == null) {
                boolean admitted = !retired && waiters.size() < MOST_WAITERS;
                // One whose client has left meanwhile would stay for ever.
                return admitted && (waiter.ended() || waiters.add(waiter));
            }
        }
        if (!waiter.serve(ready)) {
            put(ready, of);
        }
        return true;
    }

    /**
     * A new token: to the longest waiting, else to the shelf.
     *
     * @param of the edition when it was asked for; one of an earlier edition is dropped
     * @return false where it is on a shelf already
     */
    boolean put(SessionToken token, int of) {
        while (true) {
            Waiter longest;
            synchronized (this) {
                if (retired || of != edition) {
                    return true;
                }
                longest = longestWaiting();
                if (longest == null) {
                    return shelve(token);
                }
            }
            if (longest.serve(token)) {
                return true;
            }
        }
    }

    private boolean shelve(SessionToken token) {
        boolean added = shelf.add(token);
        shelf.dropSurplus(target(clock.nanos()), settings.max());
        return added;
    }

    /** How many more tokens should be on their way, beyond those that are. */
    synchronized int wanted(int underWay) {
        long now = clock.nanos();
        shelf.age(now);
        return waiters.size() + Math.max(0, target(now) - shelf.fresh()) - underWay;
    }

    /** Whether a shopper waits. */
    synchronized boolean urgent() {
        return !waiters.isEmpty();
    }

    private @Nullable Waiter longestWaiting() {
        Iterator<Waiter> queue = waiters.iterator();
        if (!queue.hasNext()) {
            return null;
        }
        Waiter longest = queue.next();
        queue.remove();
        return longest;
    }

    /** It waits no more, for whatever reason. */
    synchronized void left(Waiter waiter) {
        waiters.remove(waiter);
    }

    /**
     * Ends the waiting of all whose time is over before a token can come; null: of all.
     *
     * @param underWay so many of the longest waiting stay: calls are on their way that may serve them
     */
    void failWaiters(@Nullable Long earliest, Throwable problem, int underWay) {
        List<Waiter> lost;
        synchronized (this) {
            lost = waiters.stream()
                    .skip(underWay)
                    .filter(waiter -> earliest == null || waiter.deadline - earliest < 0)
                    .toList();
        }
        lost.forEach(waiter -> waiter.fail(problem));
    }

    private int target(long now) {
        if (idle(now)) {
            return 0;
        }
        return (int) Math.max(settings.min(), Math.min(settings.max(), demanded(now)));
    }

    private double demanded(long now) {
        return Math.ceil(demand.perSecond(now) * settings.cover().toMillis() / 1000.0 - 1e-6);
    }

    /** Whether it is kept at its least, and that is a handful: nothing that must be spread. */
    synchronized boolean quiet() {
        return settings.min() <= A_HANDFUL && demanded(clock.nanos()) <= settings.min();
    }

    /** Whether nobody has asked for {@code idle-after}. */
    synchronized boolean idle() {
        return idle(clock.nanos());
    }

    private boolean idle(long now) {
        return now - lastLease >= settings.idleAfter().toNanos();
    }

    /** Whether nobody has asked for so long that the reserve may be forgotten once it is dry. */
    synchronized boolean forgettable() {
        long now = clock.nanos();
        shelf.age(now);
        return idle(now) && shelf.oldest() == null && waiters.isEmpty();
    }

    /**
     * Forgets this reserve: it takes in nobody any more.
     *
     * @param forced or only if it is forgettable
     * @return whether it is forgotten now
     */
    synchronized boolean retire(boolean forced) {
        if (forced || forgettable()) {
            retired = true;
            shelf.clear();
        }
        return retired;
    }

    synchronized void settings(Reserve changed) {
        settings = changed;
        demand.cover(changed.cover());
    }

    /** Tokens that are asked for now belong to this edition. */
    synchronized int edition() {
        return edition;
    }

    /** Drops every token, those on their way too: they are of another address or client. */
    synchronized void clear() {
        edition++;
        shelf.clear();
    }

    synchronized Look look() {
        long now = clock.nanos();
        shelf.age(now);
        int target = target(now);
        SessionToken oldest = shelf.oldest();
        Long next = shelf.freshFor(now);
        boolean lacking = !waiters.isEmpty() || shelf.fresh() < target;
        return new Look(
                target,
                shelf.fresh(),
                shelf.stale(),
                waiters.size(),
                demand.perSecond(now),
                oldest == null ? null : ttl.minusNanos(oldest.livesFor(now)),
                lacking ? Duration.ZERO : next == null || target == 0 ? null : Duration.ofNanos(next));
    }
}
