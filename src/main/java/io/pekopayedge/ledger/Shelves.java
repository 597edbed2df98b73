package io.pekopayedge.ledger;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The entries of one {@link Stripe}, found by token and, state by state, in the order of their age. Not safe for threads.
 *
 * <p>What is over the bound goes in the order of its age. Unspent leases go while they take more than half of it: a flood of
 * refreshes must not push out what was charged, nor a flood of charges the leases that shoppers are about to charge. Else
 * what is spent goes: a kept answer, whose token stays known as spent, or such a token, whichever kind takes more room, then
 * idempotency keys, for a token that is forgotten is refused, a key is not. A frequency-based cache would be wrong here: it
 * evicts the newcomer first. Running and unknown charges are never evicted; {@link OpenCharges} bounds them.
 */
final class Shelves {
    private final ByToken byToken = new ByToken();
    private final Fifo leases = new Fifo();
    private final Fifo running = new Fifo();
    private final Fifo unknown = new Fifo();
    private final Fifo answered = new Fifo();
    private final Fifo spent = new Fifo();
    private final Fifo spentKeys = new Fifo();
    private final OpenCharges open;
    private final long bound;

    /** @param bound in bytes, of leases and answers */
    Shelves(OpenCharges open, long bound) {
        this.open = open;
        this.bound = bound;
    }

    @Nullable
    Entry get(Digest token) {
        Lease lease = byToken.get(token);
        return lease == null ? null : lease.entry;
    }

    /** In place of what was known of its token. */
    void put(Entry entry) {
        replace(entry);
        while (leases.weight() + ended() > bound) {
            evict();
        }
    }

    void remove(Entry entry) {
        byToken.remove(entry.lease());
        entry.lease().entry = null;
        unlist(entry);
    }

    Entry.@Nullable Running longestRunning() {
        return (Entry.Running) running.oldest();
    }

    Entry.@Nullable Unknown oldestUnknown() {
        return (Entry.Unknown) unknown.oldest();
    }

    List<Entry> unknown() {
        return unknown.entries();
    }

    /** Removes what has had its time, at most so much; answers whether there may be more. */
    boolean expire(long now, int most) {
        int left = expire(leases, now, most);
        left = expire(answered, now, left);
        left = expire(spent, now, left);
        left = expire(spentKeys, now, left);
        return left == 0;
    }

    private int expire(Fifo fifo, long now, int most) {
        int left = most;
        for (Entry entry = fifo.oldest();
                left > 0 && entry != null && now - entry.until() >= 0;
                entry = fifo.oldest()) {
            remove(entry);
            left--;
        }
        return left;
    }

    private long ended() {
        return answered.weight() + spent.weight() + spentKeys.weight();
    }

    private void evict() {
        Entry oldest = mostCrowded().oldest();
        if (oldest instanceof Entry.Answered answer) {
            replace(new Entry.Spent(answer.lease(), answer.until()));
        } else if (oldest != null) {
            remove(oldest);
        }
    }

    private Fifo mostCrowded() {
        if (leases.weight() > ended()) {
            return leases;
        }
        if (answered.weight() >= spent.weight() + spentKeys.weight()) {
            return answered;
        }
        return spent.weight() > 0 ? spent : spentKeys;
    }

    private void replace(Entry after) {
        Entry before = after.lease().entry;
        if (before == null) {
            byToken.add(after.lease());
        } else {
            unlist(before);
        }
        after.lease().entry = after;
        fifo(after).add(after);
        if (after instanceof Entry.Unknown) {
            open.unknown(after.lease().tenant());
        }
    }

    private void unlist(Entry entry) {
        fifo(entry).remove(entry);
        if (entry instanceof Entry.Running) {
            open.ended(entry.lease().tenant());
        } else if (entry instanceof Entry.Unknown) {
            open.settled(entry.lease().tenant());
        }
    }

    private Fifo fifo(Entry entry) {
        if (entry instanceof Lease) {
            return leases;
        }
        if (entry instanceof Entry.Running) {
            return running;
        }
        if (entry instanceof Entry.Unknown) {
            return unknown;
        }
        if (entry instanceof Entry.Answered) {
            return answered;
        }
        return entry.lease().handedOut() ? spent : spentKeys;
    }
}
