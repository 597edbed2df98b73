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
     * Counts a refresh, the first of its flow too. One that the flow's limit refuses does not count against the client, nor
     * the other way round; and a client that is refused makes no bucket for the flow that it made up.
     *
     * @throws EdgeProblem rate-limited
     */
    public void refresh(String tenant, String flow, String client) {
        String clientKey = clientKey(tenant, client);
        refreshPerClient.take(tenant, clientKey);
        try {
            refreshPerFlow.take(tenant, flowKey(tenant, flow));
        } catch (EdgeProblem refused) {
            refreshPerClient.giveBack(clientKey);
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
