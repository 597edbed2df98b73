package io.pekopayedge.token;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.pekopayedge.meter.TokenOutcome;
import io.pekopayedge.problem.Problem;
import io.pekopayedge.tenant.BasicCredentials;
import io.pekopayedge.token.SessionToken.Age;
import io.pekopayedge.token.VirtualEdge.Asked;
import io.pekopayedge.upstream.UpstreamFailure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** Who gets which token, when, and how often PekoPay is asked. Virtual time. */
class ReservesTest {
    private static final Duration TICK = Duration.ofMillis(10);

    private static void passInTicks(VirtualEdge edge, Duration time) {
        for (long left = time.toMillis(); left > 0; left -= 10) {
            edge.pass(TICK);
        }
    }

    /** Three tokens or so are ready, PekoPay is asked for no more. */
    private static VirtualEdge awake(String... settings) {
        VirtualEdge edge = new VirtualEdge(settings).serving("acme");
        Asked first = edge.ask("acme");
        edge.pass(Duration.ofSeconds(5));
        first.token();
        return edge;
    }

    @Test
    void firstRequest_wakesTheTenant_andIsServedFirst() {
        VirtualEdge edge = new VirtualEdge().serving("acme");
        assertThat(edge.reserves.look("acme")).isNull();
        Asked first = edge.ask("acme");
        edge.pass(Duration.ofMillis(150));
        assertThat(first.leased).isNotNull();
        assertThat(first.leased.source()).isEqualTo(TokenOutcome.MINTED);
        edge.pass(Duration.ofSeconds(5));
        assertThat(edge.look("acme").fresh()).isEqualTo(2);
        assertThat(edge.pekoPay.calls()).isEqualTo(3);
        Asked second = edge.ask("acme");
        assertThat(second.leased.source()).isEqualTo(TokenOutcome.RESERVE);
    }

    /** With its jitter {@code fresh-for} could be beyond it, and a dead token would count as a fresh one. */
    @Test
    void token_isReplacedAtServeUntil_ifNotBefore() {
        VirtualEdge edge = awake("token.fresh-for=54m");
        for (int minute = 0; minute < 110; minute++) {
            edge.pass(Duration.ofMinutes(1));
            assertThat(edge.look("acme").oldestAge()).as("minute %s", minute).isLessThan(Duration.ofMinutes(55));
            assertThat(edge.look("acme").fresh()).isEqualTo(2);
        }
    }

    @Test
    void closed_whilePekoPayIsDown_asksForNothingMore() {
        VirtualEdge edge = new VirtualEdge().serving("acme");
        edge.pekoPay.on(edge.pekoPay.failing(UpstreamFailure.Kind.UNREACHABLE));
        edge.ask("acme");
        edge.pass(Duration.ofMinutes(1));
        int before = edge.pekoPay.calls();
        assertThat(before).isPositive();
        edge.reserves.close();
        edge.pass(Duration.ofHours(1));
        assertThat(edge.pekoPay.calls()).isEqualTo(before);
    }

    @Test
    void waiters_areServedInTheOrderOfArrival_andThoseWhoLeftUseUpNothing() {
        VirtualEdge edge = new VirtualEdge("mint.max-concurrent=1", "reserve.min=0").serving("acme");
        List<Asked> asked = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            asked.add(edge.ask("acme"));
            edge.pass(Duration.ofMillis(1));
        }
        asked.get(1).running.dispose();
        asked.get(4).running.dispose();
        edge.pass(Duration.ofSeconds(2));
        assertThat(asked.get(1).answered() || asked.get(4).answered()).isFalse();
        List<Asked> served = List.of(asked.get(0), asked.get(2), asked.get(3), asked.get(5));
        assertThat(served).isSortedAccordingTo((a, b) -> Long.compare(a.answeredAt - b.answeredAt, 0));
        Set<Object> tokens = new HashSet<>();
        served.forEach(one -> tokens.add(one.token().digest()));
        assertThat(tokens).hasSize(4);
        // Four tokens for four shoppers: what was not needed any more was not asked for, or waits on the shelf.
        assertThat(edge.pekoPay.calls()
                        - edge.look("acme").minting()
                        - edge.look("acme").fresh())
                .isEqualTo(4);
    }

    @Test
    void waiters_areBounded_andTheRestIsToldAtOnce() {
        VirtualEdge edge = new VirtualEdge("mint.timeout=10s", "mint.wait=20s").serving("acme");
        edge.pekoPay.on(FakePekoPay.hanging());
        List<Asked> asked = new ArrayList<>();
        for (int i = 0; i < TokenReserve.MOST_WAITERS + 5; i++) {
            asked.add(edge.ask("acme"));
        }
        assertThat(asked).filteredOn(Asked::answered).hasSize(5).allSatisfy(one -> {
            assertThat(one.problem.problem()).isEqualTo(Problem.TOKEN_UNAVAILABLE);
            assertThat(one.problem.retryAfter()).isNotNull();
        });
        asked.forEach(one -> one.running.dispose());
        assertThat(edge.ask("acme").answered()).isFalse();
    }

    @Test
    void waiting_endsAtMintWait() {
        VirtualEdge edge = new VirtualEdge("mint.timeout=10s").serving("acme");
        edge.pekoPay.on(FakePekoPay.hanging());
        Asked asked = edge.ask("acme");
        edge.pass(Duration.ofSeconds(4));
        assertThat(asked.problem.problem()).isEqualTo(Problem.TOKEN_UNAVAILABLE);
        assertThat(asked.waited()).isEqualTo(Duration.ofSeconds(3));
    }

    @Test
    void repeatedToken_isReplacedWithinOneWait() {
        VirtualEdge edge = new VirtualEdge("mint.timeout=10s", "reserve.min=0").serving("acme");
        edge.pekoPay.on(edge.pekoPay.late(() -> Duration.ofMillis(1900)));
        List<Long> answered = new ArrayList<>();
        long begun = edge.clock.nanos();
        // As TokenDesk does with a token that the ledger turns down.
        edge.reserves
                .next(edge.tenant("acme"))
                .flatMap(first -> edge.reserves.instead(edge.tenant("acme"), first, true))
                .subscribe(token -> {}, error -> answered.add(edge.clock.nanos() - begun));
        edge.pass(Duration.ofSeconds(10));
        assertThat(answered).containsExactly(Duration.ofSeconds(3).toNanos());
    }

    @Test
    void tokenThatComesWhileTheBreakerIsOpen_isNotLeftOnTheShelfBesideAWaiter() {
        VirtualEdge edge = new VirtualEdge("reserve.min=0").serving("acme");
        Sinks.One<Long> answer = Sinks.one();
        edge.pekoPay.on((request, credentials) -> answer.asMono().map(x -> FakePekoPay.ok("sess_late")));
        Asked left = edge.ask("acme");
        left.running.dispose();
        // The next request has found nothing ready; before it waits, the token comes.
        Mono<Reserves.Leased> second = edge.reserves.next(edge.tenant("acme"));
        edge.pekoPay.on(FakePekoPay.hanging());
        answer.tryEmitValue(1L);
        List<Reserves.Leased> got = new ArrayList<>();
        second.subscribe(got::add, error -> {});
        edge.pass(Duration.ofSeconds(1));
        assertThat(got).hasSize(1);
    }

    @Test
    void openBreaker_answersAtOnce_withATrueRetryAfter_andWithoutACall() {
        VirtualEdge edge = new VirtualEdge("breaker.window=4", "breaker.open-for=2s", "reserve.min=0").serving("acme");
        edge.pekoPay.on(edge.pekoPay.dead());
        for (int i = 0; !"OPEN".equals(i == 0 ? "" : edge.look("acme").breaker()); i++) {
            edge.ask("acme");
            edge.pass(Duration.ofMillis(100));
            assertThat(i).isLessThan(1000);
        }
        int calls = edge.pekoPay.calls();
        edge.pekoPay.on(edge.pekoPay.well(Duration.ofMillis(50)));
        Asked refused = edge.ask("acme");
        assertThat(refused.problem.problem()).isEqualTo(Problem.TOKEN_UNAVAILABLE);
        assertThat(refused.waited()).isZero();
        assertThat(edge.pekoPay.calls()).isEqualTo(calls);
        edge.pass(refused.problem.retryAfter());
        Asked again = edge.ask("acme");
        edge.pass(Duration.ofMillis(500));
        assertThat(again.leased).isNotNull();
    }

    @Test
    void retryAfter_isNotForgottenOverACallThatWasUnderWay() {
        VirtualEdge edge = new VirtualEdge("reserve.min=3", "mint.max-concurrent=2").serving("acme");
        List<Sinks.One<io.pekopayedge.upstream.UpstreamReply>> calls = new ArrayList<>();
        edge.pekoPay.on((request, credentials) -> {
            Sinks.One<io.pekopayedge.upstream.UpstreamReply> call = Sinks.one();
            calls.add(call);
            return call.asMono();
        });
        Asked first = edge.ask("acme");
        Asked second = edge.ask("acme");
        edge.pass(Duration.ofMillis(300));
        assertThat(calls).hasSize(2);
        calls.get(0).tryEmitValue(FakePekoPay.reply(429, "30", ""));
        assertThat(first.answered()).isFalse();
        assertThat(second.problem.problem()).isEqualTo(Problem.TOKEN_UNAVAILABLE);
        calls.get(1).tryEmitValue(FakePekoPay.ok("sess_1"));
        assertThat(first.leased.source()).isEqualTo(TokenOutcome.MINTED);
        edge.pass(Duration.ofSeconds(29));
        assertThat(calls).hasSize(2);
        edge.pass(Duration.ofMillis(2600));
        assertThat(calls).hasSizeGreaterThan(2);
    }

    @Test
    void sameTokenForEver_isNoHotLoop() {
        VirtualEdge edge = new VirtualEdge().serving("acme");
        edge.pekoPay.on((request, credentials) ->
                Mono.delay(Duration.ofMillis(10), edge.clock.scheduler()).map(x -> FakePekoPay.ok("sess_same")));
        edge.ask("acme").running.dispose();
        edge.pass(Duration.ofMinutes(30));
        assertThat(edge.look("acme").fresh() + edge.look("acme").stale()).isOne();
        assertThat(edge.pekoPay.calls()).isLessThan(750);
        assertThat(edge.look("acme").failure()).isEqualTo("repeated-token");
    }

    @Test
    void recovery_ofAShopWithFewShoppers_closesTheBreaker() {
        VirtualEdge edge = awake("reserve.min=1", "breaker.window=2", "token.fresh-for=5m");
        edge.pekoPay.on(edge.pekoPay.dead());
        edge.pass(Duration.ofMinutes(10));
        assertThat(edge.look("acme").breaker()).isNotEqualTo("CLOSED");
        edge.pekoPay.on(edge.pekoPay.well(Duration.ofMillis(50)));
        edge.pass(Duration.ofSeconds(45));
        assertThat(edge.look("acme").breaker()).isEqualTo("CLOSED");
        assertThat(edge.look("acme").fresh()).isEqualTo(1);
    }

    @Test
    void shopper_isNotQueuedBehindTheRefillsOfOthers() {
        String[] others = new String[100];
        for (int i = 0; i < others.length; i++) {
            others[i] = "other" + i;
        }
        VirtualEdge edge =
                new VirtualEdge("mint.rate=20", "reserve.min=5").serving(others).serving("acme");
        for (String other : others) {
            edge.ask(other).running.dispose();
        }
        edge.ask("acme");
        edge.pass(Duration.ofSeconds(10));
        // Everybody refills now, and so does Acme, when a shopper comes who finds nothing ready.
        for (int round = 0; round < 5; round++) {
            Asked last = edge.ask("acme");
            while (last.answered()) {
                last = edge.ask("acme");
            }
            edge.pass(Duration.ofMillis(400));
            assertThat(last.leased).isNotNull();
        }
    }

    @Test
    void credentialsChange_meetsARequestThatStillHoldsTheOldTenant() {
        VirtualEdge edge = new VirtualEdge().serving("acme");
        io.pekopayedge.tenant.Tenant old = edge.tenant("acme");
        BasicCredentials renewed = VirtualEdge.pair("acme", "renewed-secret");
        edge.change(edge.tenant("acme", renewed, null));
        edge.pekoPay.on(edge.pekoPay.accepting(renewed));
        List<Reserves.Leased> got = new ArrayList<>();
        edge.reserves.next(old).subscribe(got::add, error -> {});
        edge.pass(Duration.ofSeconds(2));
        assertThat(got).hasSize(1);
    }

    @Test
    void changedClient_emptiesTheReserve_andTokensOfTheOldOneThatStillCome() {
        VirtualEdge edge = awake("reserve.max=2");
        edge.pekoPay.on(edge.pekoPay.well(Duration.ofMillis(900)));
        edge.ask("acme");
        edge.pass(Duration.ofMillis(100));
        edge.change(edge.tenant("acme", new BasicCredentials("other-client", "secret"), null));
        assertThat(edge.look("acme").fresh()).isZero();
        int before = edge.pekoPay.calls();
        edge.pass(Duration.ofSeconds(10));
        assertThat(edge.look("acme").fresh()).isEqualTo(2);
        assertThat(edge.pekoPay.calls() - before).isLessThanOrEqualTo(2);
    }

    @Test
    void tenantThatWent_tellsItsWaiters() {
        VirtualEdge edge = new VirtualEdge().serving("acme", "bistro");
        edge.pekoPay.on(FakePekoPay.hanging());
        Asked asked = edge.ask("acme");
        edge.swap(List.of(edge.tenant("bistro")));
        assertThat(asked.problem.problem()).isEqualTo(Problem.TENANT_UNKNOWN);
        assertThat(edge.reserves.isActive("acme")).isFalse();
    }

    @Test
    void idleTenant_runsDry_isForgotten_andWakesAgain() {
        VirtualEdge edge = awake();
        edge.pass(Duration.ofHours(2));
        int calls = edge.pekoPay.calls();
        assertThat(edge.look("acme").target()).isZero();
        edge.pass(Duration.ofHours(1));
        assertThat(edge.pekoPay.calls()).isEqualTo(calls);
        assertThat(edge.reserves.isActive("acme")).isFalse();
        assertThat(edge.registry.getMeters())
                .noneSatisfy(meter -> assertThat(meter.getId().getName()).startsWith("pekopay.edge.reserve"));
        Asked again = edge.ask("acme");
        edge.pass(Duration.ofMillis(200));
        assertThat(again.leased).isNotNull();
        assertThat(edge.registry.find("pekopay.edge.reserve.target").gauge()).isNotNull();
    }

    @Test
    void slowMints_openTheBreaker_andAHangingProbeKeepsItShut() {
        VirtualEdge edge = awake("breaker.window=4", "reserve.min=4", "mint.timeout=5s");
        edge.pekoPay.on(edge.pekoPay.well(Duration.ofMillis(1500)));
        for (int i = 0; i < 8; i++) {
            edge.ask("acme");
            edge.pass(Duration.ofSeconds(2));
        }
        assertThat(edge.look("acme").breaker()).isEqualTo(CircuitBreaker.State.OPEN.name());
        edge.pekoPay.on(FakePekoPay.hanging());
        edge.pass(Duration.ofMinutes(1));
        edge.pekoPay.on(edge.pekoPay.well(Duration.ofMillis(50)));
        edge.pass(Duration.ofSeconds(60));
        assertThat(edge.look("acme").breaker()).isEqualTo(CircuitBreaker.State.CLOSED.name());
    }

    @Test
    void aFaultOfOurs_inOneTurn_doesNotStopTheGatewaysMinting() {
        VirtualEdge edge = new VirtualEdge().serving("acme", "bistro");
        edge.pekoPay.on("acme", (request, credentials) -> {
            throw new IllegalStateException("a fault in a test");
        });
        edge.ask("acme");
        Asked other = edge.ask("bistro");
        edge.pass(Duration.ofSeconds(1));
        assertThat(other.leased).isNotNull();
    }

    @Test
    void refusedCredentials_previousPairServes_andNothingIsPaused() {
        VirtualEdge edge = new VirtualEdge();
        BasicCredentials old = VirtualEdge.pair("acme", "old-secret");
        edge.change(edge.tenant("acme", VirtualEdge.pair("acme", "new-secret"), old));
        edge.pekoPay.on(edge.pekoPay.accepting(old));
        Asked asked = edge.ask("acme");
        edge.pass(Duration.ofSeconds(1));
        assertThat(asked.leased).isNotNull();
        assertThat(edge.look("acme").breaker()).isEqualTo("CLOSED");
    }

    @Test
    void staleTokens_areServedLast_andDeadOnesNever() {
        VirtualEdge edge = awake("reserve.min=3");
        edge.pekoPay.on(edge.pekoPay.dead());
        edge.pass(Duration.ofMinutes(40));
        assertThat(edge.look("acme").stale()).isEqualTo(3);
        Asked stale = edge.ask("acme");
        assertThat(stale.token().age(edge.clock.nanos())).isEqualTo(Age.STALE);
        edge.pass(Duration.ofMinutes(15));
        Asked dead = edge.ask("acme");
        edge.pass(Duration.ofSeconds(4));
        assertThat(dead.leased).isNull();
    }

    /** As a process does that was stopped while PekoPay answered. */
    @Test
    void tokenThatDiesOnItsWay_isHandedToNobody() {
        VirtualEdge edge = new VirtualEdge("mint.wait=1m", "mint.timeout=1m").serving("acme");
        Sinks.One<io.pekopayedge.upstream.UpstreamReply> slow = Sinks.one();
        edge.pekoPay.on((request, credentials) -> slow.asMono());
        Asked asked = edge.ask("acme");
        edge.stopFor(Duration.ofMinutes(56));
        edge.pekoPay.on(edge.pekoPay.well(Duration.ofMillis(50)));
        slow.tryEmitValue(FakePekoPay.ok("sess_late"));
        assertThat(asked.leased).isNull();
        assertThat(edge.look("acme").failure()).isEqualTo("timeout");
        edge.pass(Duration.ofSeconds(5));
        assertThat(edge.ask("acme").token().age(edge.clock.nanos())).isEqualTo(Age.FRESH);
    }

    /** Jitter is of no use where one token that stays fresh for long keeps all behind it from being replaced. */
    @Test
    void freshFor_withItsJitter_spreadsTheReplacementsOfAFullReserve() {
        VirtualEdge edge = awake("reserve.min=200", "reserve.max=200", "mint.max-concurrent=64", "mint.rate=1000");
        edge.pass(Duration.ofSeconds(30));
        assertThat(edge.look("acme").fresh()).isEqualTo(200);
        int before = edge.pekoPay.calls();
        edge.pass(Duration.ofMinutes(26));
        assertThat(edge.pekoPay.calls()).isEqualTo(before);
        int most = 0;
        int earlier = before;
        for (int seconds = 0; seconds < 420; seconds += 10) {
            edge.pass(Duration.ofSeconds(10));
            most = Math.max(most, edge.pekoPay.calls() - earlier);
            earlier = edge.pekoPay.calls();
        }
        System.out.printf("200 tokens replaced: %d in 7 min, at most %d in 10 s%n", earlier - before, most);
        assertThat(earlier - before).isEqualTo(200);
        assertThat(most).isLessThan(15);
        assertThat(edge.look("acme").stale()).isZero();
    }

    @Test
    void series_goAfterIdleAfter_thoughTokensAreLeft_andComeBackWithTheNextRequest() {
        VirtualEdge edge = awake("reserve.idle-after=1m");
        assertThat(edge.registry.getMeters()).isNotEmpty();
        edge.pass(Duration.ofMinutes(1));
        edge.meters.forgetIdle(id -> edge.settings.reserve().idleAfter(), id -> false);
        assertThat(edge.registry.getMeters()).isEmpty();
        assertThat(edge.breakers.find("mint:acme")).isEmpty();
        assertThat(edge.look("acme").fresh()).isEqualTo(2);
        int calls = edge.pekoPay.calls();
        assertThat(edge.ask("acme").leased.source()).isEqualTo(TokenOutcome.RESERVE);
        assertThat(edge.registry.find("pekopay.edge.reserve.target").gauge().value())
                .isGreaterThanOrEqualTo(2);
        assertThat(edge.breakers.find("mint:acme")).isPresent();
        edge.pass(Duration.ofSeconds(1));
        assertThat(edge.pekoPay.calls()).isGreaterThan(calls);
    }

    /** PekoPay is back, and refuses the credentials: no outage any more, and the next pair is tried at once. */
    @Test
    void probeWhoseCredentialsAreRefused_closesTheBreaker() {
        VirtualEdge edge = new VirtualEdge("breaker.window=2", "reserve.min=0").serving("acme");
        edge.pekoPay.on(edge.pekoPay.dead());
        while (edge.reserves.look("acme") == null
                || !"OPEN".equals(edge.look("acme").breaker())) {
            edge.ask("acme");
            edge.pass(Duration.ofMillis(100));
        }
        BasicCredentials renewed = VirtualEdge.pair("acme", "renewed");
        edge.pekoPay.on(edge.pekoPay.accepting(renewed));
        edge.pass(Duration.ofSeconds(11));
        Asked refused = edge.ask("acme");
        edge.pass(Duration.ofSeconds(1));
        assertThat(refused.problem.problem()).isEqualTo(Problem.CREDENTIALS_REFUSED);
        for (int i = 0; i < 100; i++) {
            assertThat(edge.look("acme").breaker()).isEqualTo("CLOSED");
            edge.ask("acme");
            edge.pass(Duration.ofSeconds(1));
        }
        edge.change(edge.tenant("acme", renewed, null));
        Asked served = edge.ask("acme");
        edge.pass(Duration.ofMillis(200));
        served.token();
    }

    /** Slow answers open the breaker too, and no failure tells of it. */
    @Test
    void breakerThatSlowTokensOpened_letsNobodyWait() {
        VirtualEdge edge = new VirtualEdge(
                        "breaker.window=4", "mint.max-concurrent=1", "reserve.min=0", "mint.wait=20s")
                .serving("acme");
        edge.pekoPay.on(edge.pekoPay.well(Duration.ofMillis(1500)));
        List<Asked> all = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            all.add(edge.ask("acme"));
        }
        edge.pass(Duration.ofMillis(1500 * 4 - 100));
        assertThat(edge.look("acme").breaker()).isEqualTo("CLOSED");
        edge.pass(Duration.ofMillis(200));
        assertThat(edge.look("acme").breaker()).isEqualTo("OPEN");
        assertThat(all).allMatch(Asked::answered);
        assertThat(all).filteredOn(asked -> asked.leased != null).hasSize(4);
    }

    @Test
    void changedAddress_isAskedAtOnce_thoughTheOldOneIsDown() {
        VirtualEdge edge = new VirtualEdge("breaker.window=2", "reserve.min=0").serving("acme");
        edge.pekoPay.on(edge.pekoPay.dead());
        while (edge.reserves.look("acme") == null
                || !"OPEN".equals(edge.look("acme").breaker())) {
            edge.ask("acme");
            edge.pass(Duration.ofMillis(100));
        }
        edge.pekoPay.on(edge.pekoPay.well(Duration.ofMillis(50)));
        edge.change(edge.tenantAt("acme", "https://elsewhere.example"));
        Asked served = edge.ask("acme");
        edge.pass(Duration.ofMillis(200));
        served.token();
    }

    /** The open time is over, the first of those that try anew has failed: nobody waits for the others' sake. */
    @Test
    void halfOpen_afterAFailedProbe_answersAtOnce() {
        VirtualEdge edge = new VirtualEdge("breaker.window=2", "reserve.min=0", "breaker.open-for=10s").serving("acme");
        edge.pekoPay.on(edge.pekoPay.dead());
        List<Asked> all = new ArrayList<>();
        for (int i = 0; i < 1200; i++) {
            all.add(edge.ask("acme"));
            edge.pass(Duration.ofMillis(100));
        }
        assertThat(all.subList(100, all.size() - 40))
                .allSatisfy(asked -> assertThat(asked.waited()).isLessThan(Duration.ofMillis(50)));
    }

    @Test
    void waitersWhoLeft_areNotCounted() {
        VirtualEdge edge = new VirtualEdge("mint.timeout=10s", "mint.wait=20s").serving("acme");
        edge.pekoPay.on(FakePekoPay.hanging());
        List<Asked> asked = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            asked.add(edge.ask("acme"));
        }
        asked.subList(3, 10).forEach(one -> one.running.dispose());
        assertThat(edge.look("acme").waiting()).isEqualTo(3);
    }

    @Test
    void broken_isAFailureLikeOthers() {
        VirtualEdge edge = new VirtualEdge().serving("acme");
        edge.pekoPay.on(edge.pekoPay.failing(UpstreamFailure.Kind.BROKEN));
        Asked asked = edge.ask("acme");
        passInTicks(edge, Duration.ofSeconds(4));
        assertThat(asked.problem.problem()).isEqualTo(Problem.TOKEN_UNAVAILABLE);
        assertThat(edge.look("acme").failure()).isEqualTo("broken");
    }
}
