package io.pekopayedge.edge;

import static io.pekopayedge.edge.ChargeFaultsTest.flow;
import static io.pekopayedge.edge.Problems.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pekopayedge.ledger.RealRedis;
import io.pekopayedge.ledger.TcpLine;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** F17, the last third: the primary dies with charges in every state, and its replica takes over. */
class RedisFailoverTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private record Checkout(String flow, String token) {}

    @Test
    void primaryDies_whatItsReplicaHasConfirmedStands_andNothingIsSentTwice() throws Exception {
        try (RealRedis primary = RealRedis.start();
                RealRedis replica = RealRedis.replicaOf(primary);
                TcpLine line = new TcpLine(primary.port());
                RawPekoPay pekoPay = new RawPekoPay();
                EdgeUnderTest edge = EdgeUnderTest.start(
                        tenants -> tenants.add("acme", pekoPay.url()),
                        "pekopay.edge.charge.ledger=redis",
                        "pekopay.edge.charge.redis-replicas=1",
                        "pekopay.edge.breaker.window=10000",
                        "spring.data.redis.host=127.0.0.1",
                        "spring.data.redis.port=" + line.port())) {
            Checkout open = open(edge);
            Checkout answered = open(edge);
            Checkout unknown = open(edge);
            Checkout running = open(edge);
            CountDownLatch go = new CountDownLatch(1);
            await().atMost(PATIENCE).until(() -> charge(edge, answered).statusCode() == 201);
            pekoPay.fault = RawPekoPay.reset();
            assertProblem(charge(edge, unknown), 504, "charge-outcome-unknown");
            pekoPay.fault = (socket, out) -> {
                go.await(30, TimeUnit.SECONDS);
                out.write(RawPekoPay.CREATED.getBytes(StandardCharsets.US_ASCII));
            };
            CompletableFuture<HttpResponse<String>> first = edge.chargeAsync("acme", running.flow(), running.token());
            await().atMost(PATIENCE).until(() -> pekoPay.chargesOf(running.token()) == 1);

            primary.down();
            assertProblem(charge(edge, open), 503, "ledger-unavailable");
            assertThat(open(edge).token()).startsWith("sess_");
            replica.promote();
            line.to(replica.port());
            pekoPay.fault = RawPekoPay.text(RawPekoPay.CREATED);
            await().atMost(PATIENCE).until(() -> charge(edge, answered).statusCode() == 201);
            assertProblem(charge(edge, unknown), 409, "charge-outcome-unknown");
            assertProblem(edge.backendCharge("acme", running.token()), 409, "charge-in-progress");
            // A record that the next failover could lose is none.
            assertProblem(charge(edge, open), 503, "ledger-unavailable");
            assertThat(pekoPay.chargesOf(open.token())).isZero();

            try (RealRedis next = RealRedis.replicaOf(replica)) {
                await().atMost(PATIENCE).until(() -> charge(edge, open).statusCode() == 201);
                go.countDown();
                assertThat(first.join().statusCode()).isEqualTo(201);
                HttpResponse<String> again = charge(edge, running);
                assertThat(again.statusCode()).as(again.body()).isEqualTo(201);
                assertThat(again.headers().firstValue("Idempotency-Replayed")).hasValue("true");
                for (Checkout each : new Checkout[] {open, answered, unknown, running}) {
                    assertThat(pekoPay.chargesOf(each.token())).isEqualTo(1);
                }
                assertThat(next.everything()).contains("answered");
            }
        }
    }

    private static Checkout open(EdgeUnderTest edge) {
        String flow = flow();
        return new Checkout(flow, edge.refresh("acme", flow));
    }

    private static HttpResponse<String> charge(EdgeUnderTest edge, Checkout checkout) {
        return edge.charge("acme", checkout.flow(), checkout.token());
    }
}
