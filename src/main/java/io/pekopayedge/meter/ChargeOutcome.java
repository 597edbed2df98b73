package io.pekopayedge.meter;

/** How a charge request ended. */
public enum ChargeOutcome {
    /** Sent, and PekoPay answered 2xx. */
    ACCEPTED,
    /** Sent, and PekoPay answered 4xx. */
    DECLINED,
    /** An earlier answer was given again. */
    REPLAYED,
    /** Nothing was sent, or what was sent was provably not looked at. */
    REFUSED,
    /** Sent, and what became of it is not known. */
    UNKNOWN,
    /** PekoPay could not be reached. */
    UNREACHABLE
}
