package io.pekopayedge.meter;

/** How a request for a token ended. */
public enum TokenOutcome {
    /** A ready token was handed out. */
    RESERVE,
    /** The request waited for a new one. */
    MINTED,
    /** The flow got the token again that it had. */
    REUSED,
    /** None could be had. */
    UNAVAILABLE,
    /** The request itself was refused. */
    REFUSED;

    private final String label = name().toLowerCase(java.util.Locale.ROOT);

    /** The metric's label. */
    public String label() {
        return label;
    }
}
