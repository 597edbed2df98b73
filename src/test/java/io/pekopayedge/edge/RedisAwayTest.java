package io.pekopayedge.edge;

import static io.pekopayedge.edge.ChargeFaultsTest.flow;
import static io.pekopayedge.edge.Problems.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pekopayedge.ledger.RealRedis;
import io.pekopayedge.ledger.TcpLine;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** F17: Redis dead or slow. Charges are refused in time and nothing is sent; refreshes go on; nobody is unready. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RedisAwayTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private RealRedis redis;
    private TcpLine line;
    private RawPekoPay pekoPay;
    private EdgeUnderTest edge;

    @BeforeAll
    void start() throws IOException {
        redis = RealRedis.start();
        line = new TcpLine(redis.port());
        pekoPay = new RawPekoPay();
        edge = EdgeUnderTest.start(
                tenants -> tenants.add("acme", pekoPay.url(), "reserve: {min: 60}"),
                "pekopay.edge.charge.ledger=REDIS", // Spring takes it in any letter case
                "pekopay.edge.charge.timeout=5s",
                "pekopay.edge.flow.reuse-for=0s",
                "spring.data.redis.host=127.0.0.1",
                "spring.data.redis.port=" + line.port());
        edge.refresh("acme", flow());
    }

    @AfterAll
    void stop() {
        edge.close();
        pekoPay.close();
        line.close();
        redis.close();
    }

    @AfterEach
    void mend() {
        line.late(Duration.ZERO);
        line.mend();
        await().atMost(PATIENCE).until(() -> {
            String flow = flow();
            return edge.charge("acme", flow, edge.refresh("acme", flow)).statusCode() == 201;
        });
    }

    @Test
    void redisThere_chargesAreSentOnceAndReplayed() {
        String flow = flow();
        String token = edge.refresh("acme", flow);
        assertThat(edge.charge("acme", flow, token).statusCode()).isEqualTo(201);
        HttpResponse<String> again = edge.charge("acme", flow, token);
        assertThat(again.body()).isEqualTo("{\"ok\":true}");
        assertThat(again.headers().firstValue("Idempotency-Replayed")).hasValue("true");
        assertProblem(edge.backendCharge("acme", token), 409, "token-spent");
        assertThat(pekoPay.chargesOf(token)).isEqualTo(1);
    }

    @Test
    void redisSlow_chargesAreRefusedInTime() {
        assertHeld(() -> line.late(Duration.ofSeconds(2)), () -> line.late(Duration.ZERO));
    }

    @Test
    void redisDead_chargesAreRefusedInTime() {
        assertHeld(line::cut, line::mend);
    }

    private void assertHeld(Runnable fault, Runnable end) {
        String flow = flow();
        String token = edge.refresh("acme", flow);
        edge.charge("acme", flow(), edge.refresh("acme", flow()));
        int before = pekoPay.charges();
        fault.run();
        long worst = 0;
        long best = Long.MAX_VALUE;
        for (int i = 0; i < 3; i++) {
            long begun = System.nanoTime();
            assertProblem(edge.charge("acme", flow, token), 503, "ledger-unavailable");
            worst = Math.max(worst, System.nanoTime() - begun);
            best = Math.min(best, System.nanoTime() - begun);
        }
        long slowest = 0;
        String lately = "";
        String latelyFlow = "";
        for (int i = 0; i < 10; i++) {
            long begun = System.nanoTime();
            latelyFlow = flow();
            lately = edge.refresh("acme", latelyFlow);
            slowest = Math.max(slowest, System.nanoTime() - begun);
        }
        assertThat(edge.manage("/actuator/health/readiness").statusCode()).isEqualTo(200);
        assertThat(pekoPay.charges()).isEqualTo(before);
        System.out.println("F17: charge refused after at most " + worst / 1_000_000 + " ms, refresh after at most "
                + slowest / 1_000_000 + " ms");
        // A busy machine makes some late, never all.
        assertThat(Duration.ofNanos(best)).isLessThan(Duration.ofMillis(500));
        assertThat(Duration.ofNanos(worst)).isLessThan(Duration.ofMillis(1000));
        assertThat(Duration.ofNanos(slowest)).isLessThan(Duration.ofMillis(1000));
        end.run();
        String leasedMeanwhile = lately;
        String itsFlow = latelyFlow;
        await().atMost(PATIENCE)
                .until(() -> edge.charge("acme", itsFlow, leasedMeanwhile).statusCode() == 201);
        await().atMost(PATIENCE).until(() -> edge.charge("acme", flow, token).statusCode() == 201);
        assertThat(pekoPay.chargesOf(token)).isEqualTo(1);
        assertThat(pekoPay.chargesOf(leasedMeanwhile)).isEqualTo(1);
    }
}
