package io.pekopayedge.meter;

/** How a call for a token ended. */
public enum MintOutcome {
    OK,
    ERROR,
    TIMEOUT,
    CREDENTIALS_REFUSED
}
