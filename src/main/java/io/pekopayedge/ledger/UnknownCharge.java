package io.pekopayedge.ledger;

import java.time.Instant;

/**
 * A charge whose outcome somebody must find out at PekoPay.
 *
 * @param id first 16 hex digits of the token's digest
 * @param tenant whose charge it is
 * @param intent what it was for
 * @param since when it was sent
 * @param requestId of the request that sent it
 */
public record UnknownCharge(String id, String tenant, String intent, Instant since, String requestId) {}
