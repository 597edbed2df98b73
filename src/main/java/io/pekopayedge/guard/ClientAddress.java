package io.pekopayedge.guard;

import io.netty.util.NetUtil;
import io.pekopayedge.settings.AddressBlock;
import io.pekopayedge.settings.EdgeClock;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Who is calling, for the limits. Safe for use by several threads. */
public final class ClientAddress {
    private static final Logger LOG = LoggerFactory.getLogger(ClientAddress.class);
    private static final long MINUTE = TimeUnit.MINUTES.toNanos(1);
    /** A chain of proxies is short; more is padding. */
    private static final int MOST_HOPS = 32;

    private final List<AddressBlock> trusted;
    private final EdgeClock clock;
    private final AtomicLong warnedAt;

    /**
     * @param trustedProxies CIDR blocks whose {@code X-Forwarded-For} is believed
     * @throws io.pekopayedge.settings.SettingsException if one is not CIDR
     */
    public ClientAddress(List<String> trustedProxies, EdgeClock clock) {
        this.trusted = trustedProxies.stream().map(AddressBlock::parse).toList();
        this.clock = clock;
        this.warnedAt = new AtomicLong(clock.nanos() - MINUTE);
    }

    /** Whether what this end says of a client is believed. */
    public boolean trusts(InetSocketAddress remote) {
        return remote.getAddress() != null && isTrusted(remote.getAddress().getAddress());
    }

    /**
     * The socket's address; where that is a trusted proxy, the right-most address of {@code X-Forwarded-For} that is not.
     * What stands left of it anybody may have written. A malformed entry ends the walk at the hop before.
     *
     * @param forwardedFor the field's values in the order received, each perhaps a list
     * @return in canonical form, without port
     */
    public String of(InetSocketAddress remote, List<String> forwardedFor) {
        byte[] socket = remote.getAddress() == null ? null : remote.getAddress().getAddress();
        if (socket == null) {
            return remote.getHostString();
        }
        byte[] client = socket;
        if (forwardedFor.isEmpty()) {
            return text(client);
        }
        if (!isTrusted(client)) {
            warnOfForgery();
            return text(client);
        }
        List<String> hops = hops(forwardedFor);
        for (int i = hops.size() - 1; i >= 0 && isTrusted(client); i--) {
            byte[] hop = AddressBlock.bytesOf(withoutPort(hops.get(i).strip()));
            if (hop == null) {
                break;
            }
            client = hop;
        }
        return text(client);
    }

    private boolean isTrusted(byte[] address) {
        for (AddressBlock block : trusted) {
            if (block.contains(address)) {
                return true;
            }
        }
        return false;
    }

    /** The right-most entries, which the nearest proxies wrote, in order. */
    private static List<String> hops(List<String> forwardedFor) {
        List<String> hops = new ArrayList<>();
        for (String value : forwardedFor) {
            hops.addAll(List.of(value.split(",", -1)));
        }
        return hops.subList(Math.max(0, hops.size() - MOST_HOPS), hops.size());
    }

    private static String withoutPort(String hop) {
        if (hop.startsWith("[")) {
            int close = hop.indexOf(']');
            return close < 0 ? "" : hop.substring(1, close);
        }
        int colon = hop.indexOf(':');
        return colon >= 0 && colon == hop.lastIndexOf(':') ? hop.substring(0, colon) : hop;
    }

    private static String text(byte[] address) {
        return NetUtil.bytesToIpAddress(address);
    }

    private void warnOfForgery() {
        long now = clock.nanos();
        long last = warnedAt.get();
        if (now - last >= MINUTE && warnedAt.compareAndSet(last, now)) {
            LOG.warn("X-Forwarded-For from an address that is not in limits.trusted-proxies is ignored");
        }
    }
}
