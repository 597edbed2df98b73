package io.pekopayedge.door;

/** Whose turn it is on one connection. Used by its event loop alone. */
final class Turn {
    /** Of the next request's head some has come. */
    private boolean begun;
    /** A request's head has come, its last byte has not. */
    private boolean arriving;
    /** A request's head has come, its answer's last byte has not been written. */
    private boolean awaited;
    /** The request under way is a HEAD: its answer has no body. */
    private boolean head;

    void hears() {
        begun = true;
    }

    void begins(boolean isHead) {
        begun = false;
        arriving = true;
        awaited = true;
        head = isHead;
    }

    void arrived() {
        arriving = false;
    }

    void answered() {
        awaited = false;
    }

    boolean isArriving() {
        return arriving;
    }

    boolean isHead() {
        return head;
    }

    /** Between requests. */
    boolean isFree() {
        return !arriving && !awaited;
    }

    /** Between requests, and of the next one there is nothing yet. */
    boolean isIdle() {
        return isFree() && !begun;
    }

    /** The next request must wait for the answer to the one before it. */
    boolean isHeld() {
        return !arriving && awaited;
    }
}
