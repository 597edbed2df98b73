package io.pekopayedge.ledger;

/** Which side of the gateway a charge came in by. */
public enum Face {
    /** A shopper's page: no credentials, bound to its flow. */
    BROWSER,
    /** A storefront's own server, with an API key. */
    BACKEND
}
