package io.pekopayedge.guard;

import io.netty.util.NetUtil;
import io.pekopayedge.problem.EdgeProblem;
import io.pekopayedge.settings.EdgeClock;
import io.pekopayedge.settings.EdgeSettings;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * How often the browser face may be called, by flow and by client; a client is a tenant's view of one address, or of one
 * IPv6 network of 64 bits, which is what one subscriber has. Per replica. Never blocks; safe for use by several threads.
 */
public final class Limits {
    private final Buckets refreshPerFlow;
    private final Buckets refreshPerClient;
    private final Buckets chargePerClient;
    private final Buckets declinesPerClient;
    private final Buckets declinesPerFlow;

    public Limits(EdgeSettings.Limits limits, EdgeClock clock, LimitListener listener) {
        refreshPerFlow = new Buckets("refresh-per-flow", limits.refreshPerFlow(), clock, listener);
        refreshPerClient = new Buckets("refresh-per-client", limits.refreshPerClient(), clock, listener);
        chargePerClient = new Buckets("charge-per-client", limits.chargePerClient(), clock, listener);
        declinesPerClient = new Buckets("declines-per-client", limits.declinesPerClient(), clock, listener);
        declinesPerFlow = new Buckets("declines-per-flow", limits.declinesPerFlow(), clock, listener);
    }

    /**
     * Counts a refresh. One that the client's limit refuses does not count against the flow, nor the other way round.
     *
     * @param flow null for a flow that is not yet: its first refresh counts for the client alone
     * @throws EdgeProblem rate-limited
     */
    public void refresh(String tenant, @Nullable String flow, String client) {
        if (flow == null) {
            refreshPerClient.take(tenant, clientKey(tenant, client));
            return;
        }
        String flowKey = flowKey(tenant, flow);
        refreshPerFlow.take(tenant, flowKey);
        try {
            refreshPerClient.take(tenant, clientKey(tenant, client));
        } catch (EdgeProblem refused) {
            refreshPerFlow.giveBack(flowKey);
            throw refused;
        }
    }

    /**
     * Counts a charge, as it arrives.
     *
     * @throws EdgeProblem rate-limited
     */
    public void charge(String tenant, String client) {
        chargePerClient.take(tenant, clientKey(tenant, client));
    }

    /**
     * To be asked of a charge that would be sent now, not of one that is replayed. Counts nothing.
     *
     * @throws EdgeProblem rate-limited, after too many declines
     */
    public void beforeSend(String tenant, @Nullable String flow, String client) {
        declinesPerClient.requireSome(tenant, clientKey(tenant, client));
        if (flow != null) {
            declinesPerFlow.requireSome(tenant, flowKey(tenant, flow));
        }
    }

    /** Counts PekoPay's own 4xx (not 401, 429) to a charge that was sent; to be told once per token. */
    public void declined(String tenant, @Nullable String flow, String client) {
        declinesPerClient.owe(clientKey(tenant, client));
        if (flow != null) {
            declinesPerFlow.owe(flowKey(tenant, flow));
        }
    }

    /** How many buckets are held in all, for tests. */
    long size() {
        return refreshPerFlow.size()
                + refreshPerClient.size()
                + chargePerClient.size()
                + declinesPerClient.size()
                + declinesPerFlow.size();
    }

    /** A string, because a client chooses its flow: strings with one hash are still found fast, being comparable. */
    private static String flowKey(String tenant, String flow) {
        return tenant + ' ' + flow;
    }

    private static String clientKey(String tenant, String client) {
        return tenant + ' ' + (client.indexOf(':') < 0 ? client : network(client));
    }

    private static String network(String client) {
        byte[] address = NetUtil.createByteArrayFromIpAddressString(client);
        if (address == null || address.length != 16) {
            return client;
        }
        Arrays.fill(address, 8, 16, (byte) 0);
        return NetUtil.bytesToIpAddress(address);
    }
}
