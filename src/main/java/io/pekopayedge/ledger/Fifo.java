package io.pekopayedge.ledger;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Entries in the order in which they came; any one can leave in constant time. Not safe for threads. */
final class Fifo {
    private @Nullable Entry oldest;
    private @Nullable Entry newest;
    private long weight;

    /** Of all its entries, in bytes. */
    long weight() {
        return weight;
    }

    @Nullable
    Entry oldest() {
        return oldest;
    }

    void add(Entry entry) {
        entry.older = newest;
        if (newest == null) {
            oldest = entry;
        } else {
            newest.newer = entry;
        }
        newest = entry;
        weight += entry.weight();
    }

    /** @param entry must be in this list */
    void remove(Entry entry) {
        Entry older = entry.older;
        Entry newer = entry.newer;
        if (older == null) {
            oldest = newer;
        } else {
            older.newer = newer;
        }
        if (newer == null) {
            newest = older;
        } else {
            newer.older = older;
        }
        entry.older = null;
        entry.newer = null;
        weight -= entry.weight();
    }

    /** All of them, oldest first. */
    List<Entry> entries() {
        List<Entry> all = new ArrayList<>();
        for (Entry entry = oldest; entry != null; entry = entry.newer) {
            all.add(entry);
        }
        return all;
    }
}
