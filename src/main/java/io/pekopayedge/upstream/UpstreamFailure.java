package io.pekopayedge.upstream;

/**
 * A call that brought no usable answer. The kind says whether money may have moved. Without message or trace of what was
 * sent.
 */
public final class UpstreamFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What happened, and whether anything was sent. */
    public enum Kind {
        /** No connection came about: provably nothing was sent. */
        UNREACHABLE,
        /** TLS handshake or certificate failed: provably nothing was sent. */
        TLS,
        /** Both pairs of credentials were refused: it looked at them and at nothing else. */
        CREDENTIALS_REFUSED,
        /** No whole answer in time, after sending began. */
        TIMEOUT,
        /** The connection or its framing broke, after sending began. */
        BROKEN,
        /** Larger than {@link PekoPayClient#LARGEST_ANSWER}, or in a coding that was not asked for. */
        UNUSABLE
    }

    private final Kind kind;

    public UpstreamFailure(Kind kind) {
        super(kind.name(), null, false, false);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }
}
