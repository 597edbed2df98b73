package io.pekopayedge.charge;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** The {@code Idempotency-Key} of a charge, the same on every replica and after every restart. */
final class IdempotencyKeys {
    private static final String ALGORITHM = "HmacSHA256";

    private static final Mac HMAC = hmac();

    private IdempotencyKeys() {}

    /** 32 hex digits of an HMAC over the tenant, keyed by the token, which it does not reveal. */
    static String derive(String tenant, String token) {
        try {
            Mac mac = another();
            mac.init(new SecretKeySpec(token.getBytes(StandardCharsets.US_ASCII), ALGORITHM));
            byte[] key = mac.doFinal(("pekopay-edge idempotency\n" + tenant).getBytes(StandardCharsets.US_ASCII));
            return HexFormat.of().formatHex(key, 0, 16);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("This JDK lacks " + ALGORITHM, e);
        }
    }

    /** Cloning is cheaper than looking the algorithm up; a provider that keeps keys in hardware cannot. */
    private static Mac another() throws GeneralSecurityException {
        try {
            return (Mac) HMAC.clone();
        } catch (CloneNotSupportedException e) {
            return Mac.getInstance(ALGORITHM);
        }
    }

    /** With a key of its own: without one, a Mac is not decided for a provider, and not cloned. */
    private static Mac hmac() {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(new byte[32], ALGORITHM));
            return mac;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("This JDK lacks " + ALGORITHM, e);
        }
    }
}
