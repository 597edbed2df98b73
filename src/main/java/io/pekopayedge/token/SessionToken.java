package io.pekopayedge.token;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import io.pekopayedge.ledger.Digest;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/**
 * A token of one checkout, and when it ages. Its value leaves in {@link #json()} alone; it prints as {@code ****}.
 * Immutable. Instants of its life are readings of the monotonic ticker, counted from the moment the token was asked for:
 * PekoPay's own clock for it cannot have started earlier.
 */
public final class SessionToken {
    /** What the reserve does with a token of some age. */
    public enum Age {
        /** Handed out first. */
        FRESH,
        /** Handed out when nothing fresh is there, and replaced ahead of time. */
        STALE,
        /** Never handed out. */
        DEAD
    }

    private final Digest digest;
    private final long freshUntil;
    private final long servedUntil;
    private final long livesUntil;
    private final byte[] json;

    /**
     * @param value 1–4096 visible ASCII characters
     * @param freshUntil ticker nanoseconds, as are the next two
     * @param expiresAt the end of its life, for people
     */
    SessionToken(String value, long freshUntil, long servedUntil, long livesUntil, Instant expiresAt) {
        this.digest = Digest.ofToken(value);
        this.freshUntil = freshUntil;
        this.servedUntil = servedUntil;
        this.livesUntil = livesUntil;
        this.json = ("{\"token\":\""
                        + String.valueOf(JsonStringEncoder.getInstance().quoteAsString(value))
                        + "\",\"expiresAt\":\""
                        + Instant.ofEpochSecond(expiresAt.getEpochSecond())
                        + "\"}")
                .getBytes(StandardCharsets.US_ASCII);
    }

    public Digest digest() {
        return digest;
    }

    /** @param now ticker nanoseconds */
    public Age age(long now) {
        return now - servedUntil >= 0 ? Age.DEAD : now - freshUntil >= 0 ? Age.STALE : Age.FRESH;
    }

    /** When it is to be replaced ahead of time, in ticker nanoseconds. */
    long freshUntil() {
        return freshUntil;
    }

    /** Nanoseconds until it may not be handed out any more; negative afterwards. */
    long servedFor(long now) {
        return servedUntil - now;
    }

    /** Nanoseconds until it can no longer be charged. */
    long livesFor(long now) {
        return livesUntil - now;
    }

    /** The answer that hands it out. Shared: nobody may change it. */
    byte[] json() {
        return json;
    }

    @Override
    public String toString() {
        return "SessionToken ****";
    }
}
