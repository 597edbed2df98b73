package io.pekopayedge.ledger;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Seals an answer for a store that others may read (AES-256-GCM). The key comes from the payment token by HMAC-SHA-256,
 * when something is sealed or opened and not before: a ledger in memory does neither. The store gets nothing of it: whoever
 * holds the store alone can open nothing. Immutable, safe for threads; prints {@code ****}.
 */
public final class AnswerKey {
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;
    private static final byte[] LABEL = "pekopay-edge answer key 1".getBytes(StandardCharsets.US_ASCII);
    private static final SecureRandom RANDOM = new SecureRandom();

    private final String kind;
    private final String secret;

    private AnswerKey(String kind, String secret) {
        this.kind = kind;
        this.secret = secret;
    }

    /** @param token not empty */
    public static AnswerKey ofToken(String token) {
        return new AnswerKey("token", token);
    }

    /** The answer is as secret as the caller's key is hard to guess. */
    public static AnswerKey ofIdempotencyKey(String tenant, String key) {
        return new AnswerKey("idempotency-key\0" + tenant, key);
    }

    /** @param place where it will be kept: sealed text opens nowhere else */
    public byte[] seal(byte[] clear, Digest place) {
        byte[] nonce = new byte[NONCE_BYTES];
        RANDOM.nextBytes(nonce);
        try {
            Cipher aes = cipher(Cipher.ENCRYPT_MODE, nonce, place);
            byte[] sealed = Arrays.copyOf(nonce, NONCE_BYTES + aes.getOutputSize(clear.length));
            aes.doFinal(clear, 0, clear.length, sealed, NONCE_BYTES);
            return sealed;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Every JDK has AES-GCM", e);
        }
    }

    /** Null where it was not sealed with this key for this place, or was changed since. */
    public byte @Nullable [] open(byte[] sealed, Digest place) {
        if (sealed.length < NONCE_BYTES + TAG_BITS / 8) {
            return null;
        }
        try {
            return cipher(Cipher.DECRYPT_MODE, Arrays.copyOf(sealed, NONCE_BYTES), place)
                    .doFinal(sealed, NONCE_BYTES, sealed.length - NONCE_BYTES);
        } catch (GeneralSecurityException e) {
            return null;
        }
    }

    private Cipher cipher(int mode, byte[] nonce, Digest place) throws GeneralSecurityException {
        Cipher aes = Cipher.getInstance("AES/GCM/NoPadding");
        aes.init(mode, derived(), new GCMParameterSpec(TAG_BITS, nonce));
        aes.updateAAD(place.hex().getBytes(StandardCharsets.US_ASCII));
        return aes;
    }

    private SecretKeySpec derived() throws GeneralSecurityException {
        Mac hmac = Mac.getInstance("HmacSHA256");
        hmac.init(new SecretKeySpec((kind + '\0' + secret).getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
        return new SecretKeySpec(hmac.doFinal(LABEL), "AES");
    }

    @Override
    public String toString() {
        return "****";
    }
}
