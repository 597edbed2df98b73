package io.pekopayedge.charge;

import io.pekopayedge.ledger.Attempt;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** A charge that this replica is deciding about or sending; repeats of the same request wait for its end. */
final class Running {
    private final @Nullable Attempt attempt;
    private final Sinks.One<Told> end = Sinks.one();

    /** @param attempt null where there is nothing to tell a repeat by */
    Running(@Nullable Attempt attempt) {
        this.attempt = attempt;
    }

    /** Whether that one would get the same answer whatever the ledger says: same request of the same shopper. */
    boolean sameAs(Attempt other) {
        return attempt != null
                && attempt.request().equals(other.request())
                && attempt.tenant().equals(other.tenant())
                && Objects.equals(attempt.flow(), other.flow());
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
