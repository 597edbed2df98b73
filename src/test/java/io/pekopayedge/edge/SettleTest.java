package io.pekopayedge.edge;

import static io.pekopayedge.edge.ChargeFaultsTest.flow;
import static io.pekopayedge.edge.Problems.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pekopayedge.ledger.Digest;
import java.io.IOException;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** {@code /actuator/charges}: what an operator sees of a charge with an unknown outcome, and how it is settled. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ExtendWith(OutputCaptureExtension.class)
class SettleTest {
    private static final String JSON = "application/json";

    private RawPekoPay pekoPay;
    private EdgeUnderTest edge;

    @BeforeAll
    void start() throws IOException {
        pekoPay = new RawPekoPay();
        edge = EdgeUnderTest.start(tenants -> tenants.add("acme", pekoPay.url()), "pekopay.edge.breaker.window=10000");
    }

    @AfterAll
    void stop() {
        edge.close();
        pekoPay.close();
    }

    private String unknownCharge(String flow) {
        String token = edge.refresh("acme", flow);
        pekoPay.fault = RawPekoPay.reset();
        assertProblem(edge.charge("acme", flow, token), 504, "charge-outcome-unknown");
        pekoPay.fault = RawPekoPay.text(RawPekoPay.CREATED);
        return token;
    }

    private HttpResponse<String> settle(String id, String type, String body, String... headers) {
        return edge.manage("POST", "/actuator/charges/" + id, type, body, headers);
    }

    private static String id(String token) {
        return Digest.ofToken(token).id();
    }

    @Test
    void unknownCharge_isListedWithWhatAnOperatorNeeds() {
        String token = unknownCharge(flow());
        HttpResponse<String> list = edge.manage("/actuator/charges?state=unknown");
        assertThat(list.statusCode()).isEqualTo(200);
        assertThat(list.body())
                .contains("\"id\":\"" + id(token) + "\"", "\"tenant\":\"acme\"", "\"intent\":\"charge\"");
        assertThat(list.body()).containsPattern("\"since\":\"20..-..-..T").contains("\"requestId\":\"");
        assertThat(list.body()).doesNotContain(token);
        assertThat(edge.manage("/actuator/charges").body()).contains(id(token));
        assertThat(edge.manage("/actuator/charges?state=answered").statusCode()).isEqualTo(400);
    }

    @Test
    void charged_isSpentAndAuditedInOneLine(CapturedOutput output) {
        String flow = flow();
        String token = unknownCharge(flow);
        HttpResponse<String> settled =
                settle(id(token), JSON, "{\"outcome\":\"charged\",\"by\":\"Ana\\nERROR forged\",\"note\":\"txn 77\"}");
        assertThat(settled.statusCode()).as(settled.body()).isEqualTo(200);
        assertProblem(edge.charge("acme", flow, token), 409, "token-spent");
        assertThat(pekoPay.chargesOf(token)).isEqualTo(1);
        assertThat(edge.manage("/actuator/charges").body()).doesNotContain(id(token));
        await().until(() -> output.getAll().contains("\"message\":\"settled\"")); // written a moment later
        assertThat(output.getAll().lines().filter(line -> line.contains("settled")))
                .singleElement()
                .satisfies(line -> assertThat(line)
                        .contains(id(token), "acme", "charged", "Ana ERROR forged", "txn 77")
                        .doesNotContain(token));
        assertThat(settle(id(token), JSON, "{\"outcome\":\"free\",\"by\":\"Ana\"}")
                        .statusCode())
                .isEqualTo(404);
    }

    @Test
    void free_mayBeChargedAgain() {
        String flow = flow();
        String token = unknownCharge(flow);
        assertThat(settle(id(token), JSON, "{\"outcome\":\"free\",\"by\":\"Ana\"}")
                        .statusCode())
                .isEqualTo(200);
        assertThat(edge.charge("acme", flow, token).statusCode()).isEqualTo(201);
        assertThat(pekoPay.chargesOf(token)).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"outcome\":\"paid\",\"by\":\"Ana\"}",
                "{\"outcome\":\"charged\"}",
                "{\"by\":\"Ana\"}",
                "{\"outcome\":\"charged\",\"by\":\" \"}",
                "{\"outcome\":\"charged\",\"by\":\"Ana\",\"note\":\"4242 4242 4242 4242\"}",
                "{\"outcome\":\"CHARGED\",\"by\":\"Ana\"}",
                "[]",
                "{"
            })
    void badBody_changesNothing(String body) {
        String flow = flow();
        String token = unknownCharge(flow);
        assertThat(settle(id(token), JSON, body).statusCode()).isBetween(400, 422);
        assertProblem(edge.charge("acme", flow, token), 409, "charge-outcome-unknown");
    }

    @Test
    void pageOfAnotherSite_changesNothing() {
        String flow = flow();
        String token = unknownCharge(flow);
        String body = "{\"outcome\":\"free\",\"by\":\"evil\"}";
        assertThat(settle(id(token), "text/plain", body).statusCode()).isEqualTo(415);
        assertThat(settle(id(token), "application/x-www-form-urlencoded", body).statusCode())
                .isEqualTo(415);
        assertThat(settle(id(token), JSON, body, "Origin", "https://evil.example")
                        .statusCode())
                .isEqualTo(403);
        assertThat(settle(id(token), JSON, body, "Sec-Fetch-Site", "cross-site").statusCode())
                .isEqualTo(403);
        assertProblem(edge.charge("acme", flow, token), 409, "charge-outcome-unknown");
        assertThat(edge.send("POST", "/actuator/charges/" + id(token), body, "Content-Type", JSON)
                        .statusCode())
                .isEqualTo(404);
    }
}
