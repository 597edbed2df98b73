package io.pekopayedge.guard;

/** Told of every request that a limit refused, on the refusing thread; must not block. */
@FunctionalInterface
public interface LimitListener {
    /**
     * @param limit one of refresh-per-flow, refresh-per-client, charge-per-client, declines-per-client, declines-per-flow
     */
    void limited(String tenant, String limit);
}
