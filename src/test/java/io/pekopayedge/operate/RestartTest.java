package io.pekopayedge.operate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pekopayedge.edge.EdgeUnderTest;
import io.pekopayedge.ledger.RealRedis;
import io.pekopayedge.sandbox.Behaviour;
import io.pekopayedge.sandbox.Call;
import io.pekopayedge.sandbox.PekoPaySandbox;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What a gateway tells of what happened before it was started. */
class RestartTest {
    private static EdgeUnderTest start(PekoPaySandbox pekoPay, RealRedis redis) {
        return EdgeUnderTest.start(
                tenants -> tenants.add("acme", pekoPay.baseUrl()).add("quiet", pekoPay.baseUrl()),
                "pekopay.edge.charge.ledger=redis",
                "spring.data.redis.url=redis://127.0.0.1:" + redis.port());
    }

    @Test
    void unknownCharge_isInTheMetrics_thoughNobodyHasCalledYet() {
        try (RealRedis redis = RealRedis.start();
                PekoPaySandbox pekoPay =
                        PekoPaySandbox.start().addClient("acme", "acme-client", EdgeUnderTest.secret("acme"))) {
            try (EdgeUnderTest before = start(pekoPay, redis);
                    var script = pekoPay.once(Call::isCharge, Behaviour.workingThenReset())) {
                String flow = UUID.randomUUID().toString();
                assertThat(before.charge("acme", flow, before.refresh("acme", flow))
                                .statusCode())
                        .isEqualTo(504);
            }
            try (EdgeUnderTest after = start(pekoPay, redis)) {
                await().atMost(Duration.ofSeconds(30))
                        .until(() -> after.manage("/actuator/prometheus")
                                .body()
                                .contains("pekopay_edge_charges_unknown{tenant=\"acme\"} 1.0"));
                assertThat(after.manage("/actuator/prometheus").body()).doesNotContain("tenant=\"quiet\"");
            }
        }
    }
}
