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
        int row = chains[place(token.b)];
        while (row != Rows.NONE && !rows.isOf(row, token)) {
            row = rows.next(row);
        }
        return row;
    }

    /** @param row the last one, of a token that is not here */
    void add(int row) {
        if (row == chains.length) {
            chains = empty(chains.length * 2);
            for (int each = 0; each < row; each++) {
                chain(each);
            }
        }
        chain(row);
    }

    /** @param row that is here */
    void remove(int row) {
        replace(rows.bits(row), row, rows.next(row));
    }

    /** The same row has another number, and stands there already. */
    void moved(int from, int to) {
        replace(rows.bits(to), from, to);
    }

    private void replace(long bits, int row, int by) {
        int place = place(bits);
        if (chains[place] == row) {
            chains[place] = by;
            return;
        }
        int before = chains[place];
        while (rows.next(before) != row) {
            before = rows.next(before);
        }
        rows.setNext(before, by);
    }

    private void chain(int row) {
        int place = place(rows.bits(row));
        rows.setNext(row, chains[place]);
        chains[place] = row;
    }

    private int place(long bits) {
        return (int) ((bits * ODD) >>> 32) & chains.length - 1;
    }

    private static int[] empty(int length) {
        int[] chains = new int[length];
        Arrays.fill(chains, Rows.NONE);
        return chains;
    }
}
