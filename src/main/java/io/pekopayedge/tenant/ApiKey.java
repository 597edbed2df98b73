package io.pekopayedge.tenant;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.HexFormat;

/** A storefront server's key, known by its SHA-256 only. Immutable; prints its id. */
public final class ApiKey {
    private final String id;
    private final byte[] sha256;

    /** @param hex 64 hex digits, the SHA-256 of the key's bytes */
    public ApiKey(String id, String hex) {
        this.id = id;
        this.sha256 = HexFormat.of().parseHex(hex);
        if (sha256.length != 32) {
            throw new IllegalArgumentException("sha256 must be 64 hex digits");
        }
    }

    public String id() {
        return id;
    }

    /** For looking it up among many: the digest says nothing of the key. */
    ByteBuffer digest() {
        return ByteBuffer.wrap(sha256).asReadOnlyBuffer();
    }

    /** Constant in time. */
    public boolean matches(byte[] keySha256) {
        return MessageDigest.isEqual(sha256, keySha256);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ApiKey that && id.equals(that.id) && matches(that.sha256);
    }

    @Override
    public int hashCode() {
        return id.hashCode();
    }

    @Override
    public String toString() {
        return "ApiKey " + id;
    }
}
