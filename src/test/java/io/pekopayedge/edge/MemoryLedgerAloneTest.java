package io.pekopayedge.edge;

import static io.pekopayedge.edge.ChargeFaultsTest.flow;
import static org.assertj.core.api.Assertions.assertThat;

import io.pekopayedge.ledger.TcpLine;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** With the memory ledger nobody asks for a Redis. */
class MemoryLedgerAloneTest {
    @Test
    void memoryLedger_connectsToNoRedis() throws IOException {
        try (TcpLine redis = new TcpLine(1);
                RawPekoPay pekoPay = new RawPekoPay();
                EdgeUnderTest edge = EdgeUnderTest.start(
                        tenants -> tenants.add("acme", pekoPay.url()), "spring.data.redis.port=" + redis.port())) {
            String flow = flow();
            assertThat(edge.charge("acme", flow, edge.refresh("acme", flow)).statusCode())
                    .isEqualTo(201);
            assertThat(edge.manage("/actuator/health").statusCode()).isEqualTo(200);
            assertThat(redis.connections()).isZero();
        }
    }
}
