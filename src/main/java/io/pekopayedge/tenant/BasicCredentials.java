package io.pekopayedge.tenant;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.HexFormat;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * A tenant's PekoPay client id and secret. Prints as {@code ****}, compares in constant time, and becomes text in
 * {@link #authorization()} alone. Immutable.
 */
public final class BasicCredentials {
    /** A shorter value is not looked for in answers: it would be found by chance. */
    public static final int LEAST_SECRET_LENGTH = 12;

    private final String client;
    private final byte[] pair;
    private final byte[] secret;
    private final String authorization;
    private final byte[][] forbidden;
    private final String fingerprint;

    /**
     * @param clientId without colon or control characters (RFC 7617 §2)
     * @param clientSecret without control characters
     * @throws IllegalArgumentException which names the part and never its value
     */
    public BasicCredentials(String clientId, String clientSecret) {
        if (clientId.isEmpty() || clientId.indexOf(':') >= 0 || hasControl(clientId)) {
            throw new IllegalArgumentException("client-id must be non-empty, without colon or control characters");
        }
        if (clientSecret.isEmpty() || hasControl(clientSecret)) {
            throw new IllegalArgumentException("client-secret must be non-empty, without control characters");
        }
        this.client = fingerprint(clientId.getBytes(StandardCharsets.UTF_8));
        this.pair = (clientId + ":" + clientSecret).getBytes(StandardCharsets.UTF_8);
        this.secret = clientSecret.getBytes(StandardCharsets.UTF_8);
        // without "=" at its end, which some leave out or write as %3D
        byte[] encoded = Base64.getEncoder().withoutPadding().encode(pair);
        this.forbidden = Stream.of(encoded, secret)
                .filter(value -> value.length >= LEAST_SECRET_LENGTH)
                .toArray(byte[][]::new);
        this.authorization = "Basic " + Base64.getEncoder().encodeToString(pair);
        this.fingerprint = fingerprint(pair);
    }

    /** The field value for PekoPay, and for PekoPay only (RFC 7617, UTF-8). */
    public String authorization() {
        return authorization;
    }

    /** First 8 hex digits of an HMAC under a fixed label: tells two pairs apart, and nothing else. */
    public String fingerprint() {
        return fingerprint;
    }

    /** Tells two clients apart, whatever their secrets; {@link #fingerprint()} of the id alone. */
    public String client() {
        return client;
    }

    /** Whether the secret is too short to be looked for in PekoPay's answers. */
    public boolean shortSecret() {
        return secret.length < LEAST_SECRET_LENGTH;
    }

    /** The byte sequences that must not leave in an answer. Callers must neither change nor print them. */
    public byte[][] forbidden() {
        return forbidden;
    }

    private static String fingerprint(byte[] pair) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec("pekopay-edge fingerprint".getBytes(StandardCharsets.US_ASCII), "HmacSHA256"));
            return HexFormat.of().formatHex(mac.doFinal(pair), 0, 4);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("This JDK lacks HmacSHA256", e);
        }
    }

    static boolean hasControl(String text) {
        return text.chars().anyMatch(c -> c < 0x20 || c == 0x7f);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof BasicCredentials that && MessageDigest.isEqual(pair, that.pair);
    }

    @Override
    public int hashCode() {
        return fingerprint.hashCode();
    }

    @Override
    public String toString() {
        return "****";
    }
}
