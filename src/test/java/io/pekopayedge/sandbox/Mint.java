package io.pekopayedge.sandbox;

import java.time.Instant;

/** One payment token that was given out. */
public record Mint(Instant at, String tenantId, String token) {}
