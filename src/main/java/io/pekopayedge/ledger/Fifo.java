package io.pekopayedge.ledger;

/** Rows in the order in which they came; any one can leave in constant time. Not safe for threads. */
final class Fifo {
    private final Rows rows;
    private int oldest = Rows.NONE;
    private int newest = Rows.NONE;
    private int size;

    Fifo(Rows rows) {
        this.rows = rows;
    }

    /** Of its rows, in bytes. */
    long weight() {
        return (long) size * Rows.WEIGHT;
    }

    /** {@link Rows#NONE} where there is none. */
    int oldest() {
        return oldest;
    }

    void add(int row) {
        join(newest, row);
        join(row, Rows.NONE);
        size++;
    }

    /** @param row must be in this list */
    void remove(int row) {
        join(rows.older(row), rows.newer(row));
        size--;
    }

    /** A row of this list has another number, and stands there already. */
    void moved(int to) {
        join(rows.older(to), to);
        join(to, rows.newer(to));
    }

    /** Each may be none: then the other is at an end. */
    private void join(int older, int newer) {
        if (older == Rows.NONE) {
            oldest = newer;
        } else {
            rows.setAge(older, rows.older(older), newer);
        }
        if (newer == Rows.NONE) {
            newest = older;
        } else {
            rows.setAge(newer, older, rows.newer(newer));
        }
    }
}
