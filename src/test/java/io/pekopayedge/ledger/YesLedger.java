package io.pekopayedge.ledger;

import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Says yes to everything and keeps nothing: a test says otherwise where it asks. */
public class YesLedger implements TokenLedger {
    @Override
    public Mono<Boolean> lease(Digest token, String tenant, @Nullable Digest flow, Duration life) {
        return Mono.just(true);
    }

    @Override
    public Mono<Boolean> known(Digest token) {
        return Mono.just(true);
    }

    @Override
    public Mono<Boolean> unspent(Digest token) {
        return Mono.just(true);
    }

    @Override
    public Mono<Verdict> begin(Attempt attempt) {
        return Mono.just(new Verdict.Send());
    }

    @Override
    public Mono<Void> finish(Attempt attempt, Outcome outcome) {
        return Mono.empty();
    }

    @Override
    public Flux<UnknownCharge> unknown() {
        return Flux.empty();
    }

    @Override
    public Mono<UnknownCharge> settle(String id, boolean charged) {
        return Mono.empty();
    }

    @Override
    public Map<String, Integer> unknownByTenant() {
        return Map.of();
    }
}
