package io.pekopayedge.edge;

import static io.pekopayedge.edge.ChargeFaultsTest.flow;
import static io.pekopayedge.edge.Problems.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;

import io.pekopayedge.sandbox.PekoPaySandbox;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** F1: PekoPay refuses connections. */
class ChargeBreakerTest {
    @Test
    void refusedConnection_leavesTheTokenFree_andAnOpenBreakerIsQuick() {
        PekoPaySandbox other = PekoPaySandbox.start();
        other.addClient("down", "down-client", EdgeUnderTest.secret("down"));
        try (EdgeUnderTest own = EdgeUnderTest.start(
                tenants -> tenants.add("down", other.baseUrl()),
                "pekopay.edge.breaker.window=5",
                "pekopay.edge.breaker.open-for=2s")) {
            String flow = flow();
            String token = own.refresh("down", flow);
            other.down();
            for (int i = 0; i < 5; i++) {
                assertProblem(own.charge("down", flow, token), 503, "upstream-unreachable");
            }
            long begun = System.nanoTime();
            assertProblem(own.charge("down", flow, token), 503, "upstream-unreachable");
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofMillis(250));
            assertThat(own.manage("/actuator/prometheus").body())
                    .contains("resilience4j_circuitbreaker_state{name=\"charge:down\",state=\"open\"} 1.0");
            other.up();
            Awaitility.await()
                    .atMost(Duration.ofSeconds(15))
                    .until(() -> own.charge("down", flow, token).statusCode() == 201);
            assertThat(other.chargesOf(token)).hasSize(1);
        } finally {
            other.close();
        }
    }
}
