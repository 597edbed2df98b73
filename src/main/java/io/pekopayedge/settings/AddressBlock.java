package io.pekopayedge.settings;

import io.netty.util.NetUtil;
import org.jspecify.annotations.Nullable;

/** Addresses that begin with the same bits, as CIDR writes them (RFC 4632 §3.1). Immutable. */
public final class AddressBlock {
    private final byte[] base;
    private final int bits;

    private AddressBlock(byte[] base, int bits) {
        this.base = base;
        this.bits = bits;
    }

    /** @throws SettingsException if the text is not an address, alone or with {@code /bits} */
    public static AddressBlock parse(String cidr) {
        int slash = cidr.indexOf('/');
        byte[] base = bytesOf(slash < 0 ? cidr : cidr.substring(0, slash));
        int bits = base == null ? -1 : slash < 0 ? base.length * 8 : bitsOf(cidr.substring(slash + 1));
        if (base == null || bits < 0 || bits > base.length * 8) {
            throw new SettingsException(
                    "pekopay.edge.limits.trusted-proxies", cidr, "CIDR such as 10.0.0.0/8 or fd00::/8");
        }
        return new AddressBlock(base, bits);
    }

    private static int bitsOf(String text) {
        return text.matches("[0-9]{1,3}") ? Integer.parseInt(text) : -1;
    }

    /** 4 or 16 bytes, an IPv4 address within IPv6 as 4; null if the text is no address. Never asks a name server. */
    public static byte @Nullable [] bytesOf(String address) {
        if (address.indexOf('%') >= 0) {
            return null;
        }
        byte[] bytes = NetUtil.createByteArrayFromIpAddressString(address);
        if (bytes == null || bytes.length == 4 || !isMappedIpv4(bytes)) {
            return bytes;
        }
        return new byte[] {bytes[12], bytes[13], bytes[14], bytes[15]};
    }

    private static boolean isMappedIpv4(byte[] bytes) {
        for (int i = 0; i < 10; i++) {
            if (bytes[i] != 0) {
                return false;
            }
        }
        return bytes[10] == -1 && bytes[11] == -1;
    }

    public boolean contains(byte[] address) {
        if (address.length != base.length) {
            return false;
        }
        for (int i = 0; i < bits; i++) {
            int mask = 0x80 >> (i & 7);
            if ((address[i >> 3] & mask) != (base[i >> 3] & mask)) {
                return false;
            }
        }
        return true;
    }
}
