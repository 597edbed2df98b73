package io.pekopayedge.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.pekopayedge.settings.EdgeClock;
import io.pekopayedge.settings.EdgeSettings;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;
import reactor.test.scheduler.VirtualTimeScheduler;

/** Whose word counts when a breaker tries again: {@code open-for} is 10 s, three probes, a call takes 30 s at most. */
class BreakersTest {
    private final VirtualTimeScheduler time = VirtualTimeScheduler.create();
    private final EdgeClock clock =
            new EdgeClock(Clock.systemUTC(), () -> time.now(TimeUnit.NANOSECONDS), time, new Random(7));
    private final EdgeSettings settings = new Binder(
                    new MapConfigurationPropertySource(Map.of("pekopay.edge.breaker.window", 2)))
            .bindOrCreate("pekopay.edge", Bindable.of(EdgeSettings.class));
    private final Breaker breaker = new Breakers(CircuitBreakerRegistry.ofDefaults(), clock, settings.breaker())
            .forCharging("acme", error -> true, Duration.ofSeconds(30));

    private Sinks.One<String> call() {
        Sinks.One<String> answer = Sinks.one();
        breaker.guard(answer.asMono()).subscribe(said -> {}, error -> {});
        return answer;
    }

    private static void fails(Sinks.One<String> call) {
        call.tryEmitError(new IllegalStateException("no answer"));
    }

    private void cutAndWait() {
        fails(call());
        fails(call());
        assertThat(breaker.state()).isEqualTo(State.OPEN);
        pass(11);
    }

    private void pass(long seconds) {
        time.advanceTimeBy(Duration.ofSeconds(seconds));
    }

    @Test
    void goodAnswersThatTakeLongerThanItIsOpenFor_closeIt() {
        cutAndWait();
        Sinks.One<String> probe = call();
        pass(12);
        assertThat(breaker.state()).isEqualTo(State.HALF_OPEN);
        probe.tryEmitValue("paid");
        assertThat(breaker.state()).isEqualTo(State.CLOSED);
    }

    @Test
    void firstAnswerAfterItsTime_ifItIsBad_opensIt() {
        cutAndWait();
        Sinks.One<String> probe = call();
        call();
        pass(12);
        fails(probe);
        assertThat(breaker.state()).isEqualTo(State.OPEN);
    }

    @Test
    void noAnswerAtAll_opensItWhenACallsTimeIsUp() {
        cutAndWait();
        call();
        pass(29);
        assertThat(breaker.state()).isEqualTo(State.HALF_OPEN);
        pass(1);
        assertThat(breaker.state()).isEqualTo(State.OPEN);
    }

    @Test
    void whatWasBegunBeforeTheCut_saysNothingOfTheTimeAfter() {
        Sinks.One<String> oldBad = call();
        Sinks.One<String> oldWorse = call();
        Sinks.One<String> oldGood = call();
        Sinks.One<String> oldFine = call();
        Sinks.One<String> oldBest = call();
        cutAndWait();
        Sinks.One<String> probe = call();
        fails(oldBad);
        fails(oldWorse);
        assertThat(breaker.state()).isEqualTo(State.HALF_OPEN);
        oldGood.tryEmitValue("paid");
        oldFine.tryEmitValue("paid");
        oldBest.tryEmitValue("paid");
        assertThat(breaker.state()).isEqualTo(State.HALF_OPEN);
        probe.tryEmitValue("paid");
        pass(10);
        assertThat(breaker.state()).isEqualTo(State.CLOSED);
    }

    @Test
    void probesOfAnEarlierTry_sayNothingOfThisOne() {
        cutAndWait();
        Sinks.One<String> early = call();
        pass(30);
        pass(11);
        Sinks.One<String> now = call();
        fails(early);
        now.tryEmitValue("paid");
        pass(10);
        assertThat(breaker.state()).isEqualTo(State.CLOSED);
    }

    @Test
    void probeThatWasGivenUp_leavesItsPlaceToAnother() {
        cutAndWait();
        Disposable givenUp = breaker.guard(Mono.never()).subscribe();
        call();
        call();
        StepVerifier.create(breaker.guard(Mono.just("paid"))).verifyError(CallNotPermittedException.class);
        givenUp.dispose();
        StepVerifier.create(breaker.guard(Mono.just("paid"))).expectNext("paid").verifyComplete();
    }

    @Test
    void restart_forgetsTheOldAddress() {
        Sinks.One<String> old = call();
        Sinks.One<String> older = call();
        breaker.restart();
        fails(old);
        fails(older);
        assertThat(breaker.state()).isEqualTo(State.CLOSED);
        fails(call());
        fails(call());
        breaker.restart();
        assertThat(breaker.state()).isEqualTo(State.CLOSED);
    }
}
