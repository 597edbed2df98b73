package io.pekopayedge.ledger;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The entries of one {@link Stripe}, found by token. Open charges, running or unknown, in the order of their age, are never
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

    /**
     * In place of what was known of its token. An open charge leaves when its end is stored, and not before: whatever goes
     * wrong, it is not forgotten.
     *
     * @throws IllegalStateException where that is answered or spent
     */
    void put(Entry entry) {
        Lease lease = entry.lease();
        if (entry instanceof Entry.Running run) {
            atRest.removeLease(lease.token());
            running.put(lease.token(), run);
        } else if (entry instanceof Entry.Unknown lost) {
            if (unknown.put(lease.token(), lost) == null) {
                open.unknown(lease.tenant());
            }
            removeRunning(lease);
        } else {
            atRest.put(entry);
            removeOpen(lease);
        }
    }

    void remove(Lease lease) {
        removeOpen(lease);
        atRest.removeLease(lease.token());
    }

    private void removeOpen(Lease lease) {
        removeRunning(lease);
        if (unknown.remove(lease.token()) != null) {
            open.settled(lease.tenant());
        }
    }

    private void removeRunning(Lease lease) {
        if (running.remove(lease.token()) != null) {
            open.ended(lease.tenant());
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
