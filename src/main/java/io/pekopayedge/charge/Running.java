package io.pekopayedge.charge;

import io.pekopayedge.ledger.Attempt;
import io.pekopayedge.ledger.Outcome;
import io.pekopayedge.meter.ChargeOutcome;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** A charge that this replica is deciding about or sending; repeats of the same request wait for its end. Any thread. */
final class Running {
    private static final Outcome UNKNOWN = new Outcome.Unknown();

    private final @Nullable Attempt attempt;
    private final long begun;
    private final Sinks.One<Told> end = Sinks.one();
    private volatile boolean sending;
    private volatile @Nullable Aftermath aftermath;

    /**
     * @param attempt null where there is nothing to tell a repeat by
     * @param begun ticker nanoseconds
     */
    Running(@Nullable Attempt attempt, long begun) {
        this.attempt = attempt;
        this.begun = begun;
    }

    long begun() {
        return begun;
    }

    /** Whether that one would get the same answer whatever the ledger says: same request of the same shopper. */
    boolean sameAs(Attempt other) {
        return asks(other)
                && attempt != null
                && attempt.tenant().equals(other.tenant())
                && Objects.equals(attempt.flow(), other.flow());
    }

    /** Whether both ask for the same, by face, path and bytes. */
    boolean asks(Attempt other) {
        return attempt != null && attempt.request().equals(other.request());
    }

    /** From the ledger's word on: PekoPay may have it, and the ledger not its end. */
    void sends() {
        sending = true;
    }

    /** A token that is free is anybody's: the ledger says so to the next one before anybody here learns that it was told. */
    void came(Aftermath known) {
        aftermath = known;
        sending = !(known.outcome() instanceof Outcome.Free);
    }

    boolean sending() {
        return sending;
    }

    /** How it ended, once it has. */
    Outcome outcome() {
        Aftermath known = aftermath;
        return known == null ? UNKNOWN : known.outcome();
    }

    /** How one counts that waited for it and got no answer either. */
    ChargeOutcome counted() {
        Aftermath known = aftermath;
        return known == null ? ChargeOutcome.REFUSED : known.counted();
    }

    @Nullable
    Attempt attempt() {
        return attempt;
    }

    void ended(Told told) {
        end.tryEmitValue(told);
    }

    void failed(Throwable problem) {
        end.tryEmitError(problem);
    }

    Mono<Told> end() {
        return end.asMono();
    }
}
