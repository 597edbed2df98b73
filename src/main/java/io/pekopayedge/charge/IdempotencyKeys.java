package io.pekopayedge.charge;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** The {@code Idempotency-Key} of a charge, the same on every replica and after every restart. */
final class IdempotencyKeys {
    private static final String ALGORITHM = "HmacSHA256";

    private IdempotencyKeys() {}

    /** 32 hex digits of an HMAC over the tenant, keyed by the token, which it does not reveal. */
    static String derive(String tenant, String token) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(token.getBytes(StandardCharsets.US_ASCII), ALGORITHM));
            byte[] key = mac.doFinal(("pekopay-edge idempotency\n" + tenant).getBytes(StandardCharsets.US_ASCII));
            return HexFormat.of().formatHex(key, 0, 16);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("This JDK lacks " + ALGORITHM, e);
        }
    }
}
