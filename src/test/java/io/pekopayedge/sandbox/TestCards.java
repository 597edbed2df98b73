package io.pekopayedge.sandbox;

/** Card numbers that mean something to the sandbox; any other valid number pays. */
public final class TestCards {
    /** Pays. */
    public static final String PAYS = "4242424242424242";

    /** Is declined with 402. */
    public static final String DECLINED = "4000000000000002";

    /** Pays, but PekoPay's answer is lost: the connection breaks after the charge was made. */
    public static final String ANSWER_LOST = "4000000000000119";

    /** A charge with this top-level {@code amount} is declined with 402, whatever the card. */
    public static final String DECLINED_AMOUNT = "4.02";

    private TestCards() {}
}
