package io.pekopayedge.charge;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.pekopayedge.guard.Limits;
import io.pekopayedge.ledger.Attempt;
import io.pekopayedge.ledger.Face;
import io.pekopayedge.ledger.Outcome;
import io.pekopayedge.ledger.Verdict;
import io.pekopayedge.ledger.YesLedger;
import io.pekopayedge.meter.EdgeMeters;
import io.pekopayedge.problem.EdgeProblem;
import io.pekopayedge.problem.Problem;
import io.pekopayedge.settings.EdgeClock;
import io.pekopayedge.settings.EdgeSettings;
import io.pekopayedge.tenant.BasicCredentials;
import io.pekopayedge.tenant.Intent;
import io.pekopayedge.tenant.Tenant;
import io.pekopayedge.upstream.Breakers;
import io.pekopayedge.upstream.CredentialWatch;
import io.pekopayedge.upstream.PassedFields;
import io.pekopayedge.upstream.PekoPay;
import io.pekopayedge.upstream.UpstreamFailure;
import io.pekopayedge.upstream.UpstreamReply;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;

/** Races that the order of a store's answers decides: the ledger here says what a test wants, when it wants. */
class ChargesTest {
    private static final EdgeSettings SETTINGS = new Binder(new MapConfigurationPropertySource(Map.of()))
            .bindOrCreate("pekopay.edge", Bindable.of(EdgeSettings.class));
    private static final String FLOW = "flow-of-the-shopper-1234";
    private static final String STRANGER = "flow-of-a-stranger-12345";

    private final AtomicLong ahead = new AtomicLong();
    private final EdgeClock clock = new EdgeClock(
            Clock.systemUTC(), () -> System.nanoTime() + ahead.get(), Schedulers.parallel(), new Random(7));
    private final ScriptedLedger ledger = new ScriptedLedger();
    private final CircuitBreakerRegistry registry = CircuitBreakerRegistry.ofDefaults();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final List<Sinks.One<UpstreamReply>> sent = new ArrayList<>();
    private final List<Duration> limits = new ArrayList<>();
    private final Charges charges = new Charges(
            ledger,
            new PekoPay(
                    (request, credentials, limit) -> Mono.defer(() -> {
                        limits.add(limit);
                        sent.add(Sinks.one());
                        return sent.get(sent.size() - 1).asMono();
                    }),
                    new CredentialWatch(clock.wall()),
                    clock),
            new Breakers(registry, clock, SETTINGS.breaker()),
            new Limits(SETTINGS.limits(), clock, (tenant, limit) -> {}),
            new EdgeMeters(meters, clock),
            SETTINGS,
            clock);

    private static final Tenant ACME = Tenant.bare(
            "acme",
            URI.create("https://pekopay.example"),
            new BasicCredentials("acme-client", "secret-of-acme-0123456789"),
            SETTINGS.reserve());

    private CompletableFuture<Told> click(String flow, String body) {
        Order order = new Order(
                ACME,
                Intent.of("charge", "/tenants/{tenantId}/transactions", "acme"),
                Face.BROWSER,
                flow,
                "192.0.2.7",
                "sess_1",
                null,
                null,
                PassedFields.OURS,
                "req-1",
                body.getBytes(StandardCharsets.UTF_8));
        return charges.charge(order).toFuture();
    }

    private static UpstreamReply reply(int status, String body) {
        return new UpstreamReply(
                status, "application/json", null, null, null, null, body.getBytes(StandardCharsets.UTF_8));
    }

    private static void assertProblem(CompletableFuture<Told> answer, Problem problem, boolean replayed) {
        assertThat(answer)
                .failsWithin(Duration.ofSeconds(5))
                .withThrowableThat()
                .havingCause()
                .isInstanceOfSatisfying(EdgeProblem.class, told -> {
                    assertThat(told.problem()).isEqualTo(problem);
                    assertThat(told.replayed()).isEqualTo(replayed);
                });
    }

    private static void assertTold(CompletableFuture<Told> answer, int status, boolean replayed) {
        assertThat(answer).succeedsWithin(Duration.ofSeconds(5)).satisfies(told -> {
            assertThat(told.answer().status()).isEqualTo(status);
            assertThat(told.replayed()).isEqualTo(replayed);
        });
    }

    /** PekoPay is back, and refuses the credentials: no outage any more, and the next pair is tried at once. */
    @Test
    void probeWhoseCredentialsAreRefused_closesTheBreaker() {
        CompletableFuture<Told> first = click(FLOW, "{}");
        ledger.says(0, new Verdict.Send());
        sent.get(0).tryEmitValue(reply(201, "{}"));
        assertTold(first, 201, false);
        CircuitBreaker breaker = registry.circuitBreaker("charge:acme");
        breaker.transitionToOpenState();
        breaker.transitionToHalfOpenState();
        CompletableFuture<Told> probe = click(FLOW, "{ }");
        ledger.says(1, new Verdict.Send());
        sent.get(1).tryEmitValue(reply(401, ""));
        assertProblem(probe, Problem.CREDENTIALS_REFUSED, false);
        assertThat(charges.breakerState("acme")).isEqualTo("CLOSED");
    }

    @Test
    void sameRequestRunning_whileAnotherAsksHere_getsItsOwnAnswerOrNone() {
        CompletableFuture<Told> other = click(FLOW, "{ }");
        CompletableFuture<Told> repeat = click(FLOW, "{}");
        ledger.says(1, new Verdict.Running()); // at another replica
        ledger.says(2, new Verdict.Running());
        assertProblem(repeat, Problem.CHARGE_IN_PROGRESS, false);
        ledger.says(0, new Verdict.Send());
        sent.get(0).tryEmitValue(reply(201, "{\"for\":\"other bytes\"}"));
        assertTold(other, 201, false);
    }

    @Test
    void sameRequestRunningHere_behindAStranger_isWaitedFor() {
        CompletableFuture<Told> stranger = click(STRANGER, "{}");
        CompletableFuture<Told> first = click(FLOW, "{}");
        CompletableFuture<Told> second = click(FLOW, "{}");
        ledger.says(1, new Verdict.Send());
        ledger.says(2, new Verdict.Running());
        ledger.says(0, new Verdict.Refuse(Problem.TOKEN_NOT_YOURS));
        assertProblem(stranger, Problem.TOKEN_NOT_YOURS, false);
        assertThat(second).isNotDone();
        sent.get(0).tryEmitValue(reply(201, "{}"));
        assertTold(first, 201, false);
        assertTold(second, 201, true);
        assertThat(sent).hasSize(1);
        assertThat(counted())
                .containsOnly(Map.entry("refused", 1L), Map.entry("accepted", 1L), Map.entry("replayed", 1L));
    }

    @Test
    void waiting_forAChargeThatFails_isToldTheSameAsAReplay() {
        CompletableFuture<Told> first = click(FLOW, "{}");
        CompletableFuture<Told> second = click(FLOW, "{}");
        ledger.says(0, new Verdict.Send());
        sent.get(0).tryEmitError(new UpstreamFailure(UpstreamFailure.Kind.BROKEN));
        assertProblem(first, Problem.CHARGE_UNCONFIRMED, false);
        assertProblem(second, Problem.CHARGE_UNCONFIRMED, true);
        assertThat(ledger.ends).containsExactly(new Outcome.Unknown());
        assertThat(counted()).containsOnly(Map.entry("unknown", 2L));
    }

    /** "replayed" is an answer that was given again: an outage has none. */
    @Test
    void waiting_forAChargeThatIsNotLetGo_countsAsRefusedToo() {
        CompletableFuture<Told> first = click(FLOW, "{}");
        CompletableFuture<Told> second = click(FLOW, "{}");
        ledger.says(0, new Verdict.Refuse(Problem.TOKEN_SPENT));
        assertProblem(first, Problem.TOKEN_SPENT, false);
        assertProblem(second, Problem.TOKEN_SPENT, true);
        assertThat(counted()).containsOnly(Map.entry("refused", 2L));
    }

    /** By outcome, those that there were. */
    private Map<String, Long> counted() {
        return meters.find("pekopay.edge.charge").timers().stream()
                .filter(timer -> timer.count() > 0)
                .collect(Collectors.toMap(timer -> timer.getId().getTag("outcome"), Timer::count));
    }

    @Test
    void store_thatForgotWhatIsBeingSent_isNotBelieved() {
        CompletableFuture<Told> first = click(FLOW, "{}");
        ledger.says(0, new Verdict.Send());
        CompletableFuture<Told> other = click(FLOW, "{ }");
        ledger.says(1, new Verdict.Send());
        assertProblem(other, Problem.CHARGE_IN_PROGRESS, false);
        assertThat(sent).hasSize(1);
        CompletableFuture<Told> repeat = click(FLOW, "{}");
        assertThat(ledger.ends).isEmpty();
        sent.get(0).tryEmitValue(reply(402, "{}"));
        assertTold(first, 402, false);
        assertTold(repeat, 402, true);
        assertBothRecordsEndAsTheFirst();
    }

    /** The one that the store lost, and the one that it made of the second click: the first one's bytes get the answer. */
    private void assertBothRecordsEndAsTheFirst() {
        assertThat(ledger.ends).hasSize(2).allSatisfy(end -> assertThat(end).isInstanceOf(Outcome.Answered.class));
        assertThat(ledger.ended)
                .extracting(Attempt::id)
                .containsExactlyElementsOf(
                        ledger.begun.stream().map(Attempt::id).toList());
        assertThat(ledger.ended)
                .extracting(Attempt::request)
                .containsOnly(ledger.begun.get(0).request());
        assertThat(charges.underWay()).isZero();
    }

    /** Two clicks: PekoPay has answered the first, its end is still being written, and the store lets the second go. */
    private List<CompletableFuture<Told>> secondLetGoBeforeTheFirstIsWritten(int status) {
        ledger.finishing = Sinks.empty();
        CompletableFuture<Told> first = click(FLOW, "{}");
        ledger.says(0, new Verdict.Send());
        CompletableFuture<Told> second = click(FLOW, "{ }");
        sent.get(0).tryEmitValue(reply(status, "{}"));
        ledger.says(1, new Verdict.Send());
        return List.of(first, second);
    }

    @Test
    void store_thatForgotWhatWasSent_isNotBelieved_beforeItHasTheEnd() {
        List<CompletableFuture<Told>> clicks = secondLetGoBeforeTheFirstIsWritten(201);
        assertThat(sent).hasSize(1);
        ledger.finishing.tryEmitEmpty();
        assertTold(clicks.get(0), 201, false);
        assertProblem(clicks.get(1), Problem.CHARGE_IN_PROGRESS, false);
        assertBothRecordsEndAsTheFirst();
    }

    @Test
    void tokenFreeAgain_isSentForOtherBytes_beforeTheFirstHearsOfIt() {
        List<CompletableFuture<Told>> clicks = secondLetGoBeforeTheFirstIsWritten(429);
        assertThat(sent).hasSize(2);
        ledger.finishing.tryEmitEmpty();
        assertProblem(clicks.get(0), Problem.RATE_LIMITED, false);
        sent.get(1).tryEmitValue(reply(201, "{}"));
        assertTold(clicks.get(1), 201, false);
    }

    /** The ledger counts a charge as unknown so long after its begin: what it took of that, PekoPay has not. */
    @Test
    void ledgersTime_isOfTheChargesOwn() {
        click(FLOW, "{}");
        ahead.set(Duration.ofSeconds(10).toNanos());
        ledger.says(0, new Verdict.Send());
        Duration left = SETTINGS.charge().timeout().minusSeconds(10);
        assertThat(limits).singleElement().satisfies(limit -> assertThat(limit).isBetween(left.minusSeconds(5), left));
    }

    /** What is sent must end while somebody is here to hear it. */
    @Test
    void endOfTheProcess_isTheChargesEndToo() {
        charges.endBy(clock.nanosIn(Duration.ofSeconds(8)));
        click(FLOW, "{}");
        ledger.says(0, new Verdict.Send());
        ahead.set(Duration.ofSeconds(10).toNanos());
        click(STRANGER, "{ }");
        ledger.says(1, new Verdict.Send());
        assertThat(limits).hasSize(1);
        assertThat(limits.get(0)).isBetween(Duration.ofSeconds(3), Duration.ofSeconds(8));
    }

    @Test
    void tokenFreeAgain_isSentForOtherBytes() {
        CompletableFuture<Told> first = click(FLOW, "{}");
        ledger.says(0, new Verdict.Send());
        sent.get(0).tryEmitValue(reply(429, "{}"));
        assertProblem(first, Problem.RATE_LIMITED, false);
        CompletableFuture<Told> second = click(FLOW, "{ }");
        ledger.says(1, new Verdict.Send());
        sent.get(1).tryEmitValue(reply(201, "{}"));
        assertTold(second, 201, false);
    }

    @Test
    void clientLeaves_whileTheLedgerDecides_theChargeIsSentAndRecorded() {
        CompletableFuture<Told> first = click(FLOW, "{}");
        first.cancel(true);
        ledger.says(0, new Verdict.Send());
        assertThat(charges.underWay()).isEqualTo(1);
        sent.get(0).tryEmitValue(reply(201, "{}"));
        assertThat(ledger.ends).singleElement().isInstanceOf(Outcome.Answered.class);
        assertThat(charges.underWay()).isZero();
    }

    @Test
    void ledgerAway_nothingIsSentAndTheNextClickIsAskedForAnew() {
        CompletableFuture<Told> first = click(FLOW, "{}");
        ledger.begins.get(0).tryEmitError(EdgeProblem.of(Problem.LEDGER_UNAVAILABLE, "away"));
        assertProblem(first, Problem.LEDGER_UNAVAILABLE, false);
        assertThat(sent).isEmpty();
        CompletableFuture<Told> second = click(FLOW, "{}");
        ledger.says(1, new Verdict.Send());
        sent.get(0).tryEmitValue(reply(201, "{}"));
        assertTold(second, 201, false);
    }

    /** Every {@code begin} waits for its word. */
    private static final class ScriptedLedger extends YesLedger {
        final List<Sinks.One<Verdict>> begins = new ArrayList<>();
        final List<Attempt> begun = new ArrayList<>();
        final List<Outcome> ends = new ArrayList<>();
        final List<Attempt> ended = new ArrayList<>();
        /** Set anew, ends are written when it ends. */
        Sinks.Empty<Void> finishing = Sinks.empty();

        ScriptedLedger() {
            finishing.tryEmitEmpty();
        }

        void says(int begin, Verdict verdict) {
            begins.get(begin).tryEmitValue(verdict).orThrow();
        }

        @Override
        public Mono<Verdict> begin(Attempt attempt) {
            return Mono.defer(() -> {
                begun.add(attempt);
                begins.add(Sinks.one());
                return begins.get(begins.size() - 1).asMono();
            });
        }

        @Override
        public Mono<Void> finish(Attempt attempt, Outcome outcome) {
            return finishing.asMono().then(Mono.fromRunnable(() -> {
                ended.add(attempt);
                ends.add(outcome);
            }));
        }
    }
}
