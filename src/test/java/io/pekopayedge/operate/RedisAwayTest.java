package io.pekopayedge.operate;

import static org.assertj.core.api.Assertions.assertThat;

import io.pekopayedge.edge.EdgeUnderTest;
import io.pekopayedge.sandbox.PekoPaySandbox;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** The shared ledger cannot be reached, from the very start: no charge is sent, and nobody takes the gateway away. */
class RedisAwayTest {
    @Test
    void gateway_withoutItsRedis_isReadyAndLive_givesTokensAndSendsNoCharge() {
        try (PekoPaySandbox pekoPay =
                        PekoPaySandbox.start().addClient("acme", "acme-client", EdgeUnderTest.secret("acme"));
                EdgeUnderTest edge = EdgeUnderTest.start(
                        tenants -> tenants.add("acme", pekoPay.baseUrl()),
                        "pekopay.edge.charge.ledger=redis",
                        "spring.data.redis.url=redis://127.0.0.1:1")) {
            assertReady(edge);
            String flow = UUID.randomUUID().toString();
            String token = edge.refresh("acme", flow);
            assertThat(edge.charge("acme", flow, token).body()).contains("ledger-unavailable");
            assertThat(pekoPay.charges()).isEmpty();
            assertReady(edge);
        }
    }

    private static void assertReady(EdgeUnderTest edge) {
        for (String group : List.of("", "/readiness", "/liveness")) {
            assertThat(edge.manage("/actuator/health" + group).body()).as(group).startsWith("{\"status\":\"UP\"");
        }
    }
}
