package io.pekopayedge.token;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import io.pekopayedge.ledger.Digest;
import io.pekopayedge.settings.EdgeClock;
import io.pekopayedge.token.SessionToken.Age;
import java.util.PriorityQueue;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * One tenant's ready tokens by age. Caffeine holds those of all tenants and lets each go at its {@code serve-until}; two
 * queues give the order, and what Caffeine no longer holds cannot be handed out. Not safe for threads: its reserve guards
 * it.
 */
final class Shelf {
    private final Cache<Digest, SessionToken> held;
    private final Queue<SessionToken> fresh = byAge();
    private final Queue<SessionToken> stale = byAge();
    /** When the first of the fresh ones ages: with its jitter that need not be the oldest. */
    private long nextAges;

    Shelf(Cache<Digest, SessionToken> held) {
        this.held = held;
    }

    private static Queue<SessionToken> byAge() {
        return new PriorityQueue<>(2, (one, other) -> Long.signum(one.servedFor(0) - other.servedFor(0)));
    }

    /** What holds the tokens of all shelves: one cache, since a tenant with two tokens should not cost one of its own. */
    static Cache<Digest, SessionToken> holder(EdgeClock clock) {
        return Caffeine.newBuilder()
                .expireAfter(new UntilServed(clock))
                .ticker(clock.ticker())
                .executor(clock.upkeep())
                .build();
    }

    /** False where the same token is on this or another shelf. */
    boolean add(SessionToken token) {
        if (held.asMap().putIfAbsent(token.digest(), token) != null) {
            return false;
        }
        nextAges = fresh.isEmpty() || token.freshUntil() - nextAges < 0 ? token.freshUntil() : nextAges;
        fresh.add(token);
        return true;
    }

    /** Takes the next to hand out: fresh before stale, oldest first; null where there is none. */
    @Nullable
    SessionToken next(long now) {
        age(now);
        for (SessionToken token; (token = pollNext()) != null; ) {
            if (held.asMap().remove(token.digest(), token)) {
                return token;
            }
        }
        return null;
    }

    private @Nullable SessionToken pollNext() {
        SessionToken token = fresh.poll();
        return token != null ? token : stale.poll();
    }

    /** Moves tokens that have aged; drops the dead. */
    void age(long now) {
        if (!fresh.isEmpty() && now - nextAges >= 0) {
            fresh.removeIf(token -> token.age(now) != Age.FRESH && stale.add(token));
            nextAges = now
                    + fresh.stream()
                            .mapToLong(token -> token.freshUntil() - now)
                            .min()
                            .orElse(0);
        }
        for (SessionToken token; (token = stale.peek()) != null && token.age(now) == Age.DEAD; ) {
            held.invalidate(stale.remove().digest());
        }
    }

    /**
     * Drops what has no use left: stale tokens that were replaced, and what is over the bound.
     *
     * @param enough fresh ones that make stale ones useless
     * @param most fresh ones
     */
    void dropSurplus(int enough, int most) {
        while (fresh.size() >= enough && !stale.isEmpty()) {
            held.invalidate(stale.remove().digest());
        }
        while (fresh.size() > most) {
            held.invalidate(fresh.remove().digest());
        }
    }

    void clear() {
        fresh.forEach(token -> held.invalidate(token.digest()));
        stale.forEach(token -> held.invalidate(token.digest()));
        fresh.clear();
        stale.clear();
    }

    int fresh() {
        return fresh.size();
    }

    int stale() {
        return stale.size();
    }

    /** Null where there is none. */
    @Nullable
    SessionToken oldest() {
        return stale.isEmpty() ? fresh.peek() : stale.peek();
    }

    /** Nanoseconds until one will be replaced ahead of time; null where there is none. */
    @Nullable
    Long freshFor(long now) {
        return fresh.isEmpty() ? null : (Long) (nextAges - now);
    }

    private record UntilServed(EdgeClock clock) implements Expiry<Digest, SessionToken> {
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
