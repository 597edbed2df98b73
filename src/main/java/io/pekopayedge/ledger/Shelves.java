package io.pekopayedge.ledger;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The entries of one {@link Stripe}, found by token. Running and unknown charges, in the order of their age, are never
 * evicted; {@link OpenCharges} bounds them. All else is {@link AtRest}. Not safe for threads.
 */
final class Shelves {
    private final Map<Digest, Entry.Running> running = new LinkedHashMap<>();
    private final Map<Digest, Entry.Unknown> unknown = new LinkedHashMap<>();
    private final AtRest atRest;
    private final OpenCharges open;

    Shelves(OpenCharges open, AtRest atRest) {
        this.open = open;
        this.atRest = atRest;
    }

    boolean has(Digest token) {
        return running.containsKey(token) || unknown.containsKey(token) || atRest.has(token);
    }

    @Nullable
    Entry get(Digest token) {
        Entry run = running.get(token);
        if (run != null) {
            return run;
        }
        Entry lost = unknown.get(token);
        return lost != null ? lost : atRest.get(token);
    }

    /** In place of what was known of its token; that cannot be that it was charged. */
    void put(Entry entry) {
        Lease lease = entry.lease();
        remove(lease);
        if (entry instanceof Entry.Running run) {
            running.put(lease.token(), run);
        } else if (entry instanceof Entry.Unknown lost) {
            unknown.put(lease.token(), lost);
            open.unknown(lease.tenant());
        } else if (entry instanceof Entry.Answered known) {
            atRest.answered(known);
        } else if (entry instanceof Entry.Spent spent) {
            atRest.spent(spent);
        } else {
            atRest.lease(lease);
        }
    }

    void remove(Lease lease) {
        if (running.remove(lease.token()) != null) {
            open.ended(lease.tenant());
        } else if (unknown.remove(lease.token()) != null) {
            open.settled(lease.tenant());
        } else {
            atRest.removeLease(lease.token());
        }
    }

    Entry.@Nullable Running longestRunning() {
        return running.isEmpty() ? null : running.values().iterator().next();
    }

    Entry.@Nullable Unknown oldestUnknown() {
        return unknown.isEmpty() ? null : unknown.values().iterator().next();
    }

    List<Entry.Unknown> unknown() {
        return List.copyOf(unknown.values());
    }

    /** Removes what has had its time, but no open charge, at most so much; answers whether there may be more. */
    boolean expire(long now, int most) {
        return atRest.expire(now, most);
    }
}
