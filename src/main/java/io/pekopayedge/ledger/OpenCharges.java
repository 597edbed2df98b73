package io.pekopayedge.ledger;

import java.util.Collections;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The room that running and unknown charges take, which are never evicted: bounded in all, and for one tenant to half of
 * that, so that one tenant's bad hour does not stop the others. Safe for threads.
 */
final class OpenCharges {
    private final long bound;
    private final AtomicLong total = new AtomicLong();
    /** In bytes, by tenant. */
    private final ConcurrentMap<String, AtomicLong> shares = new ConcurrentHashMap<>();
    /** By tenant, and only those that have any. */
    private final ConcurrentMap<String, Integer> unknown = new ConcurrentHashMap<>();

    /** @param bound in bytes */
    OpenCharges(long bound) {
        this.bound = bound;
    }

    /** Takes room for one more running charge, or answers false. */
    boolean admit(String tenant) {
        AtomicLong share = share(tenant);
        if (share.addAndGet(Entry.Running.WEIGHT) > bound / 2) {
            share.addAndGet(-Entry.Running.WEIGHT);
            return false;
        }
        if (total.addAndGet(Entry.Running.WEIGHT) > bound) {
            share.addAndGet(-Entry.Running.WEIGHT);
            total.addAndGet(-Entry.Running.WEIGHT);
            return false;
        }
        return true;
    }

    /** A running charge ended. */
    void ended(String tenant) {
        add(tenant, -Entry.Running.WEIGHT);
    }

    /** A charge's outcome became unknown. */
    void unknown(String tenant) {
        add(tenant, Entry.Unknown.WEIGHT);
        unknown.merge(tenant, 1, Integer::sum);
    }

    /** An unknown outcome was settled or forgotten. */
    void settled(String tenant) {
        add(tenant, -Entry.Unknown.WEIGHT);
        unknown.computeIfPresent(tenant, (id, count) -> count > 1 ? count - 1 : null);
    }

    /** How many outcomes are unknown, by tenant; a view. */
    Map<String, Integer> unknownByTenant() {
        return Collections.unmodifiableMap(unknown);
    }

    /** Asked first: to compute is to lock, even where it is there. */
    private AtomicLong share(String tenant) {
        AtomicLong share = shares.get(tenant);
        return share != null ? share : shares.computeIfAbsent(tenant, id -> new AtomicLong());
    }

    private void add(String tenant, long bytes) {
        share(tenant).addAndGet(bytes);
        total.addAndGet(bytes);
    }
}
