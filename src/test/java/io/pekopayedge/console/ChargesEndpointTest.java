package io.pekopayedge.console;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.pekopayedge.ledger.TokenLedger;
import io.pekopayedge.ledger.UnknownCharge;
import io.pekopayedge.problem.EdgeProblem;
import io.pekopayedge.problem.Problem;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import reactor.core.publisher.Sinks;

/** Whatever becomes of the ledger's answer, the log says who settled what: here a test decides when it comes. */
class ChargesEndpointTest {
    private static final UnknownCharge CHARGE =
            new UnknownCharge("0123456789abcdef", "acme", "charge", Instant.parse("2026-11-22T00:00:00Z"), "req-1");

    private final Logger audit = (Logger) LoggerFactory.getLogger("io.pekopayedge.audit");
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final Sinks.One<UnknownCharge> settled = Sinks.one();
    private final ChargesEndpoint endpoint = new ChargesEndpoint((TokenLedger) Proxy.newProxyInstance(
            getClass().getClassLoader(), new Class<?>[] {TokenLedger.class}, (proxy, method, arguments) -> {
                assertThat(method.getName()).isEqualTo("settle");
                return settled.asMono();
            }));

    @BeforeEach
    void listen() {
        log.start();
        audit.addAppender(log);
        audit.setLevel(Level.INFO);
    }

    @AfterEach
    void listenNoMore() {
        audit.setLevel(null);
        audit.detachAppender(log);
    }

    @Test
    void operatorWhoLeaves_isInTheLogAllTheSame() {
        endpoint.settle(CHARGE.id(), "free", "Ana", null).subscribe().dispose();
        settled.tryEmitValue(CHARGE);
        assertThat(log.list)
                .singleElement()
                .satisfies(line -> assertThat(line.getMessage()).isEqualTo("settled"));
        assertThat(log.list.get(0).getKeyValuePairs()).asString().contains(CHARGE.id(), "acme", "free", "Ana");
    }

    @Test
    void answerThatIsLost_mayHaveSettledIt_andIsInTheLog() {
        var answer = endpoint.settle(CHARGE.id(), "free", "Ana", "not in the portal")
                .map(WebEndpointResponse::getStatus)
                .toFuture();
        settled.tryEmitError(EdgeProblem.of(Problem.LEDGER_UNAVAILABLE, "away"));
        assertThat(answer).succeedsWithin(Duration.ofSeconds(5)).isEqualTo(503);
        assertThat(log.list)
                .singleElement()
                .satisfies(line -> assertThat(line.getMessage()).contains("has not said whether"));
        assertThat(log.list.get(0).getKeyValuePairs())
                .asString()
                .contains(CHARGE.id(), "free", "Ana", "not in the portal");
    }
}
