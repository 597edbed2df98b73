package io.pekopayedge.token;

import io.pekopayedge.meter.MintOutcome;
import io.pekopayedge.upstream.UpstreamFailure;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A mint call that brought no token. Without a trace or anything of the answer. */
final class MintFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Why, as operators read it, and whether it speaks against PekoPay's health. */
    enum Reason {
        UNREACHABLE(true),
        TLS(true),
        TIMEOUT(true),
        BROKEN(true),
        /** 3xx, 5xx, or a 4xx that says nothing about credentials. */
        STATUS(true),
        /** No usable token in it. */
        BAD_ANSWER(true),
        /** A token that was given out before: never handed to a second flow. */
        REPEATED_TOKEN(false),
        /** 429: it is alive, and asks for patience. */
        RATE_LIMITED(false),
        CREDENTIALS_REFUSED(false);

        private final boolean unhealthy;

        Reason(boolean unhealthy) {
            this.unhealthy = unhealthy;
        }

        String label() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    private final Reason reason;
    private final @Nullable Duration retryAfter;

    MintFailure(Reason reason, @Nullable Duration retryAfter) {
        super(reason.label(), null, false, false);
        this.reason = reason;
        this.retryAfter = retryAfter;
    }

    static MintFailure of(UpstreamFailure failure) {
        return new MintFailure(
                switch (failure.kind()) {
                    case UNREACHABLE -> Reason.UNREACHABLE;
                    case TLS -> Reason.TLS;
                    case TIMEOUT -> Reason.TIMEOUT;
                    case BROKEN -> Reason.BROKEN;
                    case UNUSABLE -> Reason.BAD_ANSWER;
                    case CREDENTIALS_REFUSED -> Reason.CREDENTIALS_REFUSED;
                },
                null);
    }

    /** Whether the breaker counts it. */
    static boolean unhealthy(Throwable error) {
        return !(error instanceof MintFailure failure) || failure.reason.unhealthy;
    }

    Reason reason() {
        return reason;
    }

    /** How it is counted. */
    MintOutcome outcome() {
        return switch (reason) {
            case TIMEOUT -> MintOutcome.TIMEOUT;
            case CREDENTIALS_REFUSED -> MintOutcome.CREDENTIALS_REFUSED;
            default -> MintOutcome.ERROR;
        };
    }

    /** How long PekoPay asked us to wait, or null. */
    @Nullable
    Duration retryAfter() {
        return retryAfter;
    }
}
