package io.pekopayedge.edge;

import static io.pekopayedge.edge.ChargeFaultsTest.flow;
import static io.pekopayedge.edge.Problems.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;

import io.pekopayedge.sandbox.PekoPaySandbox;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** F1: PekoPay refuses connections; and what else cuts a shop's charges off. */
class ChargeBreakerTest {
    @Test
    void refusedConnection_leavesTheTokenFree_andAnOpenBreakerIsQuick() {
        PekoPaySandbox other = PekoPaySandbox.start();
        other.addClient("down", "down-client", EdgeUnderTest.secret("down"));
        try (EdgeUnderTest own = EdgeUnderTest.start(
                tenants -> tenants.add("down", other.baseUrl()),
                "pekopay.edge.breaker.window=5",
                "pekopay.edge.breaker.open-for=5s")) {
            String flow = flow();
            String token = own.refresh("down", flow);
            other.down();
            for (int i = 0; i < 5; i++) {
                assertProblem(own.charge("down", flow, token), 503, "upstream-unreachable");
            }
            long best = Long.MAX_VALUE;
            for (int i = 0; i < 10; i++) {
                long begun = System.nanoTime();
                HttpResponse<String> cut = own.charge("down", flow, token);
                best = Math.min(best, System.nanoTime() - begun);
                assertProblem(cut, 503, "upstream-unreachable");
                assertThat(cut.headers().firstValue("Retry-After")).isPresent();
            }
            assertThat(Duration.ofNanos(best)).isLessThan(Duration.ofMillis(50));
            System.out.println("F1: 503 after " + best / 1_000_000 + " ms while the breaker is open");
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

    /** Only what may have moved money, or could not be sent, is a failure; an answer that says no is none. */
    @Test
    void declinesAndRefusals_neverOpenIt_doubtsDo() throws IOException {
        try (RawPekoPay pekoPay = new RawPekoPay();
                EdgeUnderTest own = EdgeUnderTest.start(
                        tenants -> tenants.add("acme", pekoPay.url()),
                        "pekopay.edge.breaker.window=5",
                        "pekopay.edge.breaker.failure-rate=100")) {
            for (String status : List.of("402 No", "422 No", "429 Later", "401 Who", "403 Who")) {
                pekoPay.fault = RawPekoPay.text("HTTP/1.1 " + status + "\r\nContent-Length: 0\r\n\r\n");
                for (int i = 0; i < 6; i++) {
                    String flow = flow();
                    own.charge("acme", flow, own.refresh("acme", flow));
                }
                assertState(own, "closed");
            }
            assertThat(pekoPay.charges()).isEqualTo(30);
            pekoPay.fault = RawPekoPay.text("HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n");
            for (int i = 0; i < 5; i++) {
                String flow = flow();
                assertProblem(own.charge("acme", flow, own.refresh("acme", flow)), 502, "upstream-error");
            }
            assertState(own, "open");
            String flow = flow();
            assertProblem(own.charge("acme", flow, own.refresh("acme", flow)), 503, "upstream-unreachable");
            assertThat(pekoPay.charges()).isEqualTo(35);
        }
    }

    private static void assertState(EdgeUnderTest edge, String state) {
        assertThat(edge.manage("/actuator/prometheus").body())
                .contains("resilience4j_circuitbreaker_state{name=\"charge:acme\",state=\"" + state + "\"} 1.0");
    }
}
