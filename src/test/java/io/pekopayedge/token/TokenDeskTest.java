package io.pekopayedge.token;

import static org.assertj.core.api.Assertions.assertThat;

import io.pekopayedge.guard.ClientAddress;
import io.pekopayedge.guard.Flows;
import io.pekopayedge.guard.Limits;
import io.pekopayedge.ledger.Digest;
import io.pekopayedge.ledger.YesLedger;
import io.pekopayedge.meter.TokenOutcome;
import io.pekopayedge.token.Reserves.Leased;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** A full reserve, and a ledger that is some way off. */
class TokenDeskTest {
    private final VirtualEdge edge = new VirtualEdge().serving("acme");
    private final DistantLedger ledger = new DistantLedger();
    private final TokenDesk desk = new TokenDesk(
            edge.reserves,
            ledger,
            new Flows(edge.settings.flow()),
            new Limits(edge.settings.limits(), edge.clock, (tenant, limit) -> {}),
            new ClientAddress(edge.settings.limits().trustedProxies(), edge.clock),
            edge.meters,
            edge.clock,
            edge.settings.flow());

    @AfterEach
    void stop() {
        edge.close();
    }

    private List<Leased> refresh(String flow) {
        List<Leased> got = new ArrayList<>();
        desk.next(edge.tenant("acme"), Digest.ofFlow("acme", flow)).subscribe(got::add);
        return got;
    }

    /** A page whose code runs twice must not get two tokens: which of them would its form be about? */
    @Test
    void secondRefreshOfAFlow_whileTheFirstIsBeingRecorded_getsItsToken() {
        edge.ask("acme");
        edge.pass(Duration.ofMinutes(1));
        assertThat(edge.reserves.ready("acme")).isTrue();
        List<Leased> first = refresh("flow-1");
        List<Leased> second = refresh("flow-1");
        List<Leased> other = refresh("flow-2");
        assertThat(first).isEmpty();
        ledger.answer.forEach(answer -> answer.tryEmitValue(true));
        assertThat(first).hasSize(1);
        assertThat(second).singleElement().satisfies(leased -> {
            assertThat(leased.token()).isSameAs(first.get(0).token());
            assertThat(leased.source()).isEqualTo(TokenOutcome.REUSED);
        });
        assertThat(other)
                .singleElement()
                .satisfies(leased ->
                        assertThat(leased.token()).isNotSameAs(first.get(0).token()));
        assertThat(ledger.answer).hasSize(2);
    }

    private static final class DistantLedger extends YesLedger {
        final List<Sinks.One<Boolean>> answer = new ArrayList<>();

        @Override
        public Mono<Boolean> lease(Digest token, String tenant, @Nullable Digest flow, Duration life) {
            return Mono.defer(() -> {
                Sinks.One<Boolean> one = Sinks.one();
                answer.add(one);
                return one.asMono();
            });
        }
    }
}
