package io.pekopayedge.ledger;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Records of tokens as numbers, in pages of numbers. There may be a million of them, and they live for hours: as objects the
 * garbage collector would copy each one, and a shopper would wait for it. Rows lie close, so the last one moves into the
 * place of one that leaves. Not safe for threads.
 */
final class Rows {
    /** Its own, and its share of {@link ByToken}. */
    static final int WEIGHT = 12 * Long.BYTES + 8;

    /** In place of a row's number. */
    static final int NONE = -1;

    private static final int PER_PAGE = 128;
    private static final int LONGS = 12;
    private static final int TOKEN = 0;
    private static final int FLOW = 4;
    private static final int UNTIL = 8;
    /** The older and the newer one in its {@link Fifo}. */
    private static final int AGE = 9;
    /** The next in its chain of {@link ByToken}, and its tenant's number. */
    private static final int CHAIN = 10;
    /** Where its answer is, and eight bits of what it is. */
    private static final int STATE = 11;

    private static final int OF_FLOW = 4;
    private static final int HANDED_OUT = 8;

    /** What a row says. */
    enum Kind {
        LEASE(0),
        ANSWERED(1),
        SPENT(2);

        private static final int MASK = 3;
        private final int bits;

        Kind(int bits) {
            this.bits = bits;
        }
    }

    private final TenantNumbers tenants;
    private final List<long[]> pages = new ArrayList<>();
    private int size;

    Rows(TenantNumbers tenants) {
        this.tenants = tenants;
    }

    int size() {
        return size;
    }

    /** So that the next {@link #add} cannot fail for want of memory. */
    void makeRoom(Lease lease) {
        tenants.of(lease.tenant());
        if (size == pages.size() * PER_PAGE) {
            pages.add(new long[PER_PAGE * LONGS]);
        }
    }

    /**
     * Answers its number. There must be room.
     *
     * @param place of the answer
     */
    int add(Kind kind, Lease lease, long until, long place) {
        int row = size++;
        set(row, TOKEN, lease.token());
        set(row, FLOW, lease.flow());
        set(row, UNTIL, until);
        set(row, CHAIN, pair(NONE, tenants.of(lease.tenant())));
        set(
                row,
                STATE,
                (place << 8) | kind.bits | (lease.flow() == null ? 0 : OF_FLOW) | (lease.handedOut() ? HANDED_OUT : 0));
        return row;
    }

    /** The last row takes its place. */
    void remove(int row) {
        size--;
        if (row != size) {
            System.arraycopy(page(size), at(size, 0), page(row), at(row, 0), LONGS);
        }
        if (pages.size() > size / PER_PAGE + 2) { // one is kept, for rows come and go
            pages.remove(pages.size() - 1);
        }
    }

    Kind kind(int row) {
        int bits = (int) get(row, STATE) & Kind.MASK;
        return bits == Kind.LEASE.bits ? Kind.LEASE : bits == Kind.ANSWERED.bits ? Kind.ANSWERED : Kind.SPENT;
    }

    /** Its answer has left. */
    void spend(int row) {
        set(row, STATE, (get(row, STATE) & ~Kind.MASK) | Kind.SPENT.bits);
    }

    /** False for an idempotency key, and for a token from elsewhere. */
    boolean handedOut(int row) {
        return (get(row, STATE) & HANDED_OUT) != 0;
    }

    /** A copy. Of what was charged it says the end's time, not the token's. */
    Lease lease(int row) {
        return new Lease(
                digest(row, TOKEN),
                tenants.name((int) get(row, CHAIN)),
                (get(row, STATE) & OF_FLOW) != 0 ? digest(row, FLOW) : null,
                until(row),
                handedOut(row));
    }

    long until(int row) {
        return get(row, UNTIL);
    }

    /** Of its answer. */
    long place(int row) {
        return get(row, STATE) >>> 8;
    }

    boolean isOf(int row, Digest token) {
        long[] page = page(row);
        int at = at(row, TOKEN);
        return token.is(page[at], page[at + 1], page[at + 2], page[at + 3]);
    }

    /** For its place in a table: the second quarter of its token, for the first one has chosen its {@link Stripe}. */
    long hashed(int row) {
        return get(row, TOKEN + 1);
    }

    int next(int row) {
        return (int) (get(row, CHAIN) >>> 32);
    }

    void setNext(int row, int next) {
        set(row, CHAIN, pair(next, (int) get(row, CHAIN)));
    }

    int older(int row) {
        return (int) (get(row, AGE) >>> 32);
    }

    int newer(int row) {
        return (int) get(row, AGE);
    }

    void setAge(int row, int older, int newer) {
        set(row, AGE, pair(older, newer));
    }

    private static long pair(int high, int low) {
        return ((long) high << 32) | (low & 0xFFFF_FFFFL);
    }

    private Digest digest(int row, int word) {
        long[] page = page(row);
        int at = at(row, word);
        return new Digest(page[at], page[at + 1], page[at + 2], page[at + 3]);
    }

    private void set(int row, int word, @Nullable Digest digest) {
        if (digest != null) {
            set(row, word, digest.a);
            set(row, word + 1, digest.b);
            set(row, word + 2, digest.c);
            set(row, word + 3, digest.d);
        }
    }

    private long get(int row, int word) {
        return page(row)[at(row, word)];
    }

    private void set(int row, int word, long value) {
        page(row)[at(row, word)] = value;
    }

    private long[] page(int row) {
        return pages.get(row / PER_PAGE);
    }

    private static int at(int row, int word) {
        return row % PER_PAGE * LONGS + word;
    }
}
