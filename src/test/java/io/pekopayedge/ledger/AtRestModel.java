package io.pekopayedge.ledger;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What {@link AtRest} must know, in maps of the JDK; each in the order of its age. */
final class AtRestModel {
    private final Map<Digest, Entry> leases = new LinkedHashMap<>();
    private final Map<Digest, Entry> answered = new LinkedHashMap<>();
    private final Map<Digest, Entry> spent = new LinkedHashMap<>();
    private final Map<Digest, Entry> spentKeys = new LinkedHashMap<>();
    private final long bound;

    /** @param bound in bytes */
    AtRestModel(long bound) {
        this.bound = bound;
    }

    Entry get(Digest token) {
        return kinds().stream()
                .filter(kind -> kind.containsKey(token))
                .findFirst()
                .map(kind -> kind.get(token))
                .orElse(null);
    }

    void put(Entry entry) {
        kind(entry).put(entry.lease().token(), entry);
        while (weight(leases) + ended() > bound) {
            evict();
        }
    }

    boolean removeLease(Digest token) {
        return leases.remove(token) != null;
    }

    /** From each kind while its oldest is over. */
    boolean expire(long now, int most) {
        int left = most;
        for (Map<Digest, Entry> kind : kinds()) {
            while (left > 0 && !kind.isEmpty() && now - oldest(kind).until() >= 0) {
                removeOldest(kind);
                left--;
            }
        }
        return left == 0;
    }

    private void evict() {
        if (weight(leases) > ended()) {
            removeOldest(leases);
        } else if (weight(answered) >= weight(spent) + weight(spentKeys)) {
            Entry known = removeOldest(answered);
            Entry noAnswer = new Entry.Spent(known.lease(), known.until());
            kind(noAnswer).put(known.lease().token(), noAnswer);
        } else {
            removeOldest(spent.isEmpty() ? spentKeys : spent);
        }
    }

    private long ended() {
        return weight(answered) + weight(spent) + weight(spentKeys);
    }

    /** A row each; an answer with its length and the digest of its request. */
    private static long weight(Map<Digest, Entry> kind) {
        return kind.values().stream()
                .mapToLong(entry -> 104 + (entry instanceof Entry.Answered known ? 4 + 32 + known.bytes().length : 0))
                .sum();
    }

    private Map<Digest, Entry> kind(Entry entry) {
        if (entry instanceof Lease) {
            return leases;
        }
        return entry instanceof Entry.Answered ? answered : entry.lease().handedOut() ? spent : spentKeys;
    }

    private List<Map<Digest, Entry>> kinds() {
        return List.of(leases, answered, spent, spentKeys);
    }

    private static Entry oldest(Map<Digest, Entry> kind) {
        return kind.values().iterator().next();
    }

    private static Entry removeOldest(Map<Digest, Entry> kind) {
        Iterator<Entry> entries = kind.values().iterator();
        Entry oldest = entries.next();
        entries.remove();
        return oldest;
    }
}
