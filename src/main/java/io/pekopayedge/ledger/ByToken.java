package io.pekopayedge.ledger;

import org.jspecify.annotations.Nullable;

/**
 * Leases by token: a hash table whose chains are the leases themselves, for a node of a {@link java.util.HashMap} would be
 * one more object for each of a million. It takes at most 8 bytes for each of the most that were ever here: it does not
 * shrink. Not safe for threads.
 */
final class ByToken {
    private @Nullable Lease[] chains = new Lease[16];
    private int size;

    @Nullable
    Lease get(Digest token) {
        Lease lease = chains[Lease.hash(token) & chains.length - 1];
        while (lease != null && !lease.isOf(token)) {
            lease = lease.next;
        }
        return lease;
    }

    /** @param lease of a token that is not here */
    void add(Lease lease) {
        if (size == chains.length) {
            grow();
        }
        chain(lease);
        size++;
    }

    /** @param lease that is here */
    void remove(Lease lease) {
        int place = place(lease);
        if (chains[place] == lease) {
            chains[place] = lease.next;
        } else {
            before(lease, chains[place]).next = lease.next;
        }
        lease.next = null;
        size--;
    }

    private static Lease before(Lease lease, @Nullable Lease first) {
        for (Lease each = first; each != null; each = each.next) {
            if (each.next == lease) {
                return each;
            }
        }
        throw new IllegalStateException("Not in its chain");
    }

    private void chain(Lease lease) {
        int place = place(lease);
        lease.next = chains[place];
        chains[place] = lease;
    }

    private int place(Lease lease) {
        return lease.hash() & chains.length - 1;
    }

    private void grow() {
        @Nullable Lease[] before = chains;
        chains = new Lease[before.length * 2];
        for (Lease chain : before) {
            for (Lease lease = chain; lease != null; ) {
                Lease next = lease.next;
                chain(lease);
                lease = next;
            }
        }
    }
}
