package io.pekopayedge.ledger;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The room that running and unknown charges take, which are never evicted: bounded in all, and for one tenant to half of
 * that, so that one tenant's bad hour does not stop the others. Safe for threads.
 */
final class OpenCharges {
    private final long bound;
    private final AtomicLong total = new AtomicLong();
    private final ConcurrentMap<String, Share> shares = new ConcurrentHashMap<>();

    /** @param bound in bytes */
    OpenCharges(long bound) {
        this.bound = bound;
    }

    /** Takes room for one more running charge, or answers false. */
    boolean admit(String tenant) {
        Share share = share(tenant);
        if (share.bytes.addAndGet(Entry.Running.WEIGHT) > bound / 2) {
            share.bytes.addAndGet(-Entry.Running.WEIGHT);
            return false;
        }
        if (total.addAndGet(Entry.Running.WEIGHT) > bound) {
            share.bytes.addAndGet(-Entry.Running.WEIGHT);
            total.addAndGet(-Entry.Running.WEIGHT);
            return false;
        }
        return true;
    }

    /** A running charge ended. */
    void ended(String tenant) {
        add(tenant, -Entry.Running.WEIGHT, 0);
    }

    /** A charge's outcome became unknown. */
    void unknown(String tenant) {
        add(tenant, Entry.Unknown.WEIGHT, 1);
    }

    /** An unknown outcome was settled or forgotten. */
    void settled(String tenant) {
        add(tenant, -Entry.Unknown.WEIGHT, -1);
    }

    int unknownOf(String tenant) {
        Share share = shares.get(tenant);
        return share == null ? 0 : share.unknown.get();
    }

    /** Asked first: to compute is to lock, even where it is there. */
    private Share share(String tenant) {
        Share share = shares.get(tenant);
        return share != null ? share : shares.computeIfAbsent(tenant, name -> new Share());
    }

    private void add(String tenant, long bytes, int unknown) {
        Share share = share(tenant);
        share.bytes.addAndGet(bytes);
        share.unknown.addAndGet(unknown);
        total.addAndGet(bytes);
    }

    private static final class Share {
        private final AtomicLong bytes = new AtomicLong();
        private final AtomicInteger unknown = new AtomicInteger();
    }
}
