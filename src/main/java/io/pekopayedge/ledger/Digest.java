package io.pekopayedge.ledger;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * A SHA-256, as key and as comparison: the ledger never holds the token, flow or body that it stands for. Immutable; 48
 * bytes on the heap.
 */
public final class Digest {
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final MessageDigest SHA_256 = sha256();

    final long a;
    final long b;
    final long c;
    final long d;

    private Digest(byte[] bytes) {
        this(quarter(bytes, 0), quarter(bytes, 1), quarter(bytes, 2), quarter(bytes, 3));
    }

    private static long quarter(byte[] bytes, int number) {
        return (long) LONGS.get(bytes, number * 8);
    }

    /** Of what was kept of one in pieces. */
    Digest(long a, long b, long c, long d) {
        this.a = a;
        this.b = b;
        this.c = c;
        this.d = d;
    }

    /**
     * Of a payment token's value, and of nothing else: whoever holds the token finds its charge with {@code sha256sum}.
     * What is digested below has a line end or a zero byte in it, as no token has, so the two never meet.
     */
    public static Digest ofToken(String token) {
        return new Digest(newSha256().digest(token.getBytes(StandardCharsets.UTF_8)));
    }

    /** Of a backend caller's {@code Idempotency-Key}, which takes a token's place. */
    public static Digest ofIdempotencyKey(String tenant, String key) {
        return of("idempotency-key\n" + tenant, key.getBytes(StandardCharsets.UTF_8));
    }

    /** Of a flow, which belongs to one tenant. */
    public static Digest ofFlow(String tenant, String flow) {
        return of("flow\n" + tenant, flow.getBytes(StandardCharsets.US_ASCII));
    }

    /** Of what makes two charge requests the same: face, path with query, and bytes. */
    public static Digest ofRequest(Face face, String pathAndQuery, byte[] body) {
        return of("request\n" + face + "\n" + pathAndQuery, body);
    }

    /** @param label what kind of thing is digested, so that two kinds never meet; without a zero byte */
    private static Digest of(String label, byte[] content) {
        MessageDigest digest = newSha256();
        digest.update(label.getBytes(StandardCharsets.UTF_8));
        digest.update((byte) 0);
        return new Digest(digest.digest(content));
    }

    /** 64 hex digits. */
    public String hex() {
        return HexFormat.of().toHexDigits(a)
                + HexFormat.of().toHexDigits(b)
                + HexFormat.of().toHexDigits(c)
                + HexFormat.of().toHexDigits(d);
    }

    /** 16 hex digits: how people name it. */
    public String id() {
        return HexFormat.of().toHexDigits(a);
    }

    /** A fresh SHA-256; cloning is several times cheaper than looking the algorithm up. */
    public static MessageDigest newSha256() {
        try {
            return (MessageDigest) SHA_256.clone();
        } catch (CloneNotSupportedException e) {
            return sha256();
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every JDK has SHA-256", e);
        }
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Digest that && is(that.a, that.b, that.c, that.d);
    }

    boolean is(long otherA, long otherB, long otherC, long otherD) {
        return a == otherA && b == otherB && c == otherC && d == otherD;
    }

    @Override
    public int hashCode() {
        return Long.hashCode(a);
    }

    @Override
    public String toString() {
        return id();
    }
}
