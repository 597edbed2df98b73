package io.pekopayedge.ledger;

import java.security.SecureRandom;
import java.util.Arrays;

/**
 * Rows by token: a hash table whose chains are in the rows. It takes at most 8 bytes for each of the most that were ever
 * here: it does not shrink. Not safe for threads.
 */
final class ByToken {
    /** Nobody can choose keys that meet in one chain. */
    private static final long ODD = new SecureRandom().nextLong() | 1;

    private final Rows rows;
    private int[] chains = empty(16);

    ByToken(Rows rows) {
        this.rows = rows;
    }

    /** {@link Rows#NONE} where it is not here. */
    int find(Digest token) {
        int row = chains[slot(token.b)];
        while (row != Rows.NONE && !rows.isOf(row, token)) {
            row = rows.next(row);
        }
        return row;
    }

    /** So that the next {@link #add} cannot fail for want of memory. */
    void makeRoom() {
        if (rows.size() == chains.length) {
            chains = empty(chains.length * 2);
            for (int row = 0; row < rows.size(); row++) {
                add(row);
            }
        }
    }

    /** @param row of a token that is not here */
    void add(int row) {
        int slot = slot(rows.hashed(row));
        rows.setNext(row, chains[slot]);
        chains[slot] = row;
    }

    /** @param row that is here */
    void remove(int row) {
        replace(rows.hashed(row), row, rows.next(row));
    }

    /** The same row has another number, and stands there already. */
    void moved(int from, int to) {
        replace(rows.hashed(to), from, to);
    }

    private void replace(long hashed, int row, int by) {
        int slot = slot(hashed);
        if (chains[slot] == row) {
            chains[slot] = by;
            return;
        }
        int before = chains[slot];
        while (rows.next(before) != row) {
            before = rows.next(before);
        }
        rows.setNext(before, by);
    }

    private int slot(long hashed) {
        return (int) ((hashed * ODD) >>> 32) & chains.length - 1;
    }

    private static int[] empty(int length) {
        int[] chains = new int[length];
        Arrays.fill(chains, Rows.NONE);
        return chains;
    }
}
