package io.pekopayedge.ledger;

import io.pekopayedge.ledger.Rows.Kind;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The tokens of one {@link Stripe} without an open charge: leases, and what was charged. Found by token and, kind by kind, in
 * the order of their age. Not safe for threads.
 *
 * <p>What is over the bound goes in the order of its age. Unspent leases go while they take more than half of it: a flood of
 * refreshes must not push out what was charged, nor a flood of charges the leases that shoppers are about to charge. Else
 * what is spent goes: a kept answer, whose token stays known as spent, or such a token, whichever kind takes more room, then
 * idempotency keys, for a token that is forgotten is refused, a key is not. A frequency-based cache would be wrong here: it
 * evicts the newcomer first.
 */
final class AtRest {
    private final Rows rows;
    private final ByToken byToken;
    private final Fifo leases;
    private final Fifo answered;
    private final Fifo spent;
    private final Fifo spentKeys;
    /** With the requests that they answer; in the order of {@link #answered}, one for each. */
    private final Tape answers = new Tape();

    private final long bound;

    /** @param bound in bytes */
    AtRest(TenantNumbers tenants, long bound) {
        this.rows = new Rows(tenants);
        this.byToken = new ByToken(rows);
        this.leases = new Fifo(rows);
        this.answered = new Fifo(rows);
        this.spent = new Fifo(rows);
        this.spentKeys = new Fifo(rows);
        this.bound = bound;
    }

    boolean has(Digest token) {
        return byToken.find(token) != Rows.NONE;
    }

    @Nullable
    Entry get(Digest token) {
        int row = byToken.find(token);
        return row == Rows.NONE ? null : entry(row);
    }

    private Entry entry(int row) {
        Lease lease = rows.lease(row);
        return switch (rows.kind(row)) {
            case LEASE -> lease;
            case ANSWERED -> answered(lease, row);
            case SPENT -> new Entry.Spent(lease, rows.until(row));
        };
    }

    private Entry.Answered answered(Lease lease, int row) {
        ByteBuffer record = ByteBuffer.wrap(answers.read(rows.place(row)));
        Digest request = new Digest(record.getLong(), record.getLong(), record.getLong(), record.getLong());
        byte[] answer = new byte[record.remaining()];
        record.get(answer);
        return new Entry.Answered(lease, request, answer, rows.until(row));
    }

    private static byte[] record(Entry.Answered entry) {
        Digest request = entry.request();
        return ByteBuffer.allocate(4 * Long.BYTES + entry.bytes().length)
                .putLong(request.a)
                .putLong(request.b)
                .putLong(request.c)
                .putLong(request.d)
                .put(entry.bytes())
                .array();
    }

    /** In place of its lease. What is not stored for want of memory leaves nothing behind. */
    void put(Entry entry) {
        Lease lease = entry.lease();
        byte[] record = entry instanceof Entry.Answered known ? record(known) : null;
        rows.makeRoom(lease);
        byToken.makeRoom();
        removeLease(lease.token());
        long place = record == null ? 0 : answers.add(record);
        int row = rows.add(kind(entry), lease, entry.until(), place);
        byToken.add(row);
        fifo(row).add(row);
        while (leases.weight() + ended() > bound) {
            evict();
        }
    }

    private static Kind kind(Entry entry) {
        return entry instanceof Lease ? Kind.LEASE : entry instanceof Entry.Answered ? Kind.ANSWERED : Kind.SPENT;
    }

    /** If it is here. Only time, or want of room, removes what was charged. */
    void removeLease(Digest token) {
        int row = byToken.find(token);
        if (row == Rows.NONE) {
            return;
        }
        if (rows.kind(row) != Kind.LEASE) {
            throw new IllegalStateException("Charged already: " + token.id());
        }
        remove(row);
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
        while (left > 0 && fifo.oldest() != Rows.NONE && now - rows.until(fifo.oldest()) >= 0) {
            remove(fifo.oldest());
            left--;
        }
        return left;
    }

    private long ended() {
        return answered.weight() + answers.bytes() + spent.weight() + spentKeys.weight();
    }

    private void evict() {
        Fifo crowded = mostCrowded();
        int row = crowded.oldest();
        if (crowded == answered) {
            unlist(row);
            rows.spend(row);
            fifo(row).add(row);
        } else {
            remove(row);
        }
    }

    private Fifo mostCrowded() {
        if (leases.weight() > ended()) {
            return leases;
        }
        if (answered.weight() + answers.bytes() >= spent.weight() + spentKeys.weight()) {
            return answered;
        }
        return spent.weight() > 0 ? spent : spentKeys;
    }

    private void remove(int row) {
        unlist(row);
        byToken.remove(row);
        int last = rows.size() - 1;
        rows.remove(row);
        if (row != last) {
            fifo(row).moved(row);
            byToken.moved(last, row);
        }
    }

    private void unlist(int row) {
        fifo(row).remove(row);
        if (rows.kind(row) == Kind.ANSWERED) {
            answers.removeOldest();
        }
    }

    private Fifo fifo(int row) {
        return switch (rows.kind(row)) {
            case LEASE -> leases;
            case ANSWERED -> answered;
            case SPENT -> rows.handedOut(row) ? spent : spentKeys;
        };
    }
}
