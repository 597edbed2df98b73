package io.pekopayedge.ledger.redis;

import io.pekopayedge.ledger.Digest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What this replica knows better than Redis. First, what must still be written, because Redis was away: until then a lease
 * is this replica's alone, and an ended charge stands as running, later as unknown. Then, what a Redis that lost its last
 * writes (a failover) would allow again: tokens that were handed out, charges that were answered or are in doubt. All of it is bounded, and
 * the oldest goes. Safe for threads.
 */
final class Arrears {
    /** Of the default mint rate, more than an hour's tokens. */
    static final int MOST_LEASES = 200_000;

    /** Begun charges are few while Redis is away: none can begin. */
    static final int MOST_ENDS = 20_000;

    /** Begins that were given up may be many while Redis is late: they must not push out an outcome. */
    static final int MOST_NEVERS = 20_000;

    /** Charges of some minutes at least; what a failover loses is of the last seconds. */
    static final int MOST_ANSWERED = 50_000;

    /**
     * A lease that is not written yet.
     *
     * @param flow null where the token is not bound to one
     * @param until on the ticker, in nanoseconds
     */
    record Unwritten(Digest token, String tenant, @Nullable Digest flow, long until) {}

    private final Map<Digest, Unwritten> leases = bounded(MOST_LEASES);
    /** Written or not: a token that PekoPay repeats must not go to a second flow, whatever Redis can say of it. */
    private final Map<Digest, Boolean> handedOut = bounded(MOST_LEASES);

    /** Until when, on the ticker: the key of a caller may be used again some day. */
    private final Map<Digest, Long> answered = bounded(MOST_ANSWERED);

    /** The same, of charges whose outcome is unknown; until an operator says that it is free. */
    private final Map<Digest, Long> doubted = bounded(MOST_ANSWERED);

    private final Map<Ending, Boolean> ends = bounded(MOST_ENDS);
    private final Map<Ending, Boolean> nevers = bounded(MOST_NEVERS);

    private static <K, V> Map<K, V> bounded(int most) {
        return new LinkedHashMap<>() {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
                return size() > most;
            }
        };
    }

    synchronized @Nullable Unwritten lease(Digest token) {
        return leases.get(token);
    }

    /** False, and nothing changed, where this replica has handed the token out before. */
    synchronized boolean add(Unwritten lease) {
        if (handedOut.putIfAbsent(lease.token(), Boolean.TRUE) != null) {
            return false;
        }
        leases.put(lease.token(), lease);
        return true;
    }

    /** @param first whether it was by this replica, now */
    synchronized void handedOut(Digest token, boolean first) {
        if (first) {
            handedOut.put(token, Boolean.TRUE);
        }
    }

    /** Whether this replica has handed the token out, as far as it remembers. */
    synchronized boolean handedOut(Digest token) {
        return handedOut.containsKey(token) || leases.containsKey(token);
    }

    /** @param until ticker nanoseconds: the ledger's own record is kept so long */
    synchronized void answered(Digest token, long until) {
        answered.put(token, until);
    }

    /** Whether a charge with that token was answered here, as far as it is remembered. */
    synchronized boolean isAnswered(Digest token, long now) {
        Long until = answered.get(token);
        return until != null && now - until < 0;
    }

    /** @param until ticker nanoseconds: the ledger's own record is kept so long, or longer */
    synchronized void doubted(Digest token, long until) {
        doubted.put(token, until);
    }

    /** Whether the outcome of a charge with that token is unknown, as far as it is remembered here. */
    synchronized boolean isDoubted(Digest token, long now) {
        Long until = doubted.get(token);
        return until != null && now - until < 0;
    }

    /** Somebody settled it, here or at another replica. */
    synchronized void settled(Digest token) {
        doubted.remove(token);
    }

    synchronized void remove(Unwritten lease) {
        leases.remove(lease.token(), lease);
    }

    synchronized void add(Ending end) {
        kind(end).put(end, Boolean.TRUE);
    }

    synchronized void remove(Ending end) {
        kind(end).remove(end);
    }

    private Map<Ending, Boolean> kind(Ending end) {
        return end.isNever() ? nevers : ends;
    }

    /** How charges with that token ended; hardly ever any. */
    synchronized List<Ending> ends(Digest token) {
        return ends.isEmpty()
                ? List.of()
                : ends.keySet().stream()
                        .filter(end -> end.attempt().token().equals(token))
                        .toList();
    }

    /** At most so many, oldest first; removed one by one, as they are written. */
    synchronized List<Unwritten> oldestLeases(int most) {
        return first(leases.values(), most);
    }

    /** Outcomes before what was never sent. */
    synchronized List<Ending> oldestEnds(int most) {
        List<Ending> oldest = first(ends.keySet(), most);
        oldest.addAll(first(nevers.keySet(), most - oldest.size()));
        return oldest;
    }

    synchronized int ends() {
        return ends.size() + nevers.size();
    }

    private static <T> List<T> first(Iterable<T> all, int most) {
        List<T> some = new ArrayList<>();
        for (T each : all) {
            if (some.size() == most) {
                break;
            }
            some.add(each);
        }
        return some;
    }
}
