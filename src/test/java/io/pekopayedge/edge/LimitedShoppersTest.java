package io.pekopayedge.edge;

import static io.pekopayedge.edge.ChargeFaultsTest.flow;
import static io.pekopayedge.edge.Problems.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;

import io.pekopayedge.sandbox.PekoPaySandbox;
import io.pekopayedge.sandbox.TestCards;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The limits from outside: who is stopped, by how much, and what is sent all the same. Each test is a tenant of its own. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LimitedShoppersTest {
    private static final List<String> TENANTS = List.of("flows", "clients", "charges", "testers", "cards");

    private PekoPaySandbox pekoPay;
    private EdgeUnderTest edge;

    @BeforeAll
    void start() {
        pekoPay = PekoPaySandbox.start();
        TENANTS.forEach(tenant -> pekoPay.addClient(tenant, tenant + "-client", EdgeUnderTest.secret(tenant)));
        edge = EdgeUnderTest.start(
                tenants -> TENANTS.forEach(tenant -> tenants.add(tenant, pekoPay.baseUrl())),
                "pekopay.edge.limits.refresh-per-flow=4/1h",
                "pekopay.edge.limits.refresh-per-client=12/1h",
                "pekopay.edge.limits.charge-per-client=8/1h",
                "pekopay.edge.limits.declines-per-client=3/1h",
                "pekopay.edge.limits.declines-per-flow=2/1h");
    }

    @AfterAll
    void stop() {
        edge.close();
        pekoPay.close();
    }

    private static String refreshPath(String tenant) {
        return "/t/" + tenant + "/api/payment-token/refresh";
    }

    /** @return statuses of so many calls, each with another {@code X-Forwarded-For} */
    private List<Integer> refreshes(String tenant, int calls, String... headers) {
        List<Integer> statuses = new ArrayList<>();
        for (int i = 0; i < calls; i++) {
            List<String> all = new ArrayList<>(List.of(headers));
            all.addAll(List.of("X-Forwarded-For", "192.0.2." + i));
            statuses.add(
                    edge.get(refreshPath(tenant), all.toArray(String[]::new)).statusCode());
        }
        return statuses;
    }

    /** A bucket of n per hour has one more after an hour's n-th part, of which some seconds may have passed. */
    private static void assertLimited(HttpResponse<String> answer, int perHour) {
        assertProblem(answer, 429, "rate-limited");
        long after = Long.parseLong(answer.headers().firstValue("Retry-After").orElseThrow());
        assertThat(after).isBetween(3600L / perHour - 120, 3600L / perHour);
    }

    @Test
    void refreshes_ofOneFlow_theFirstCountsToo_andAnotherFlowIsServed() {
        String cookie = edge.get(refreshPath("flows"))
                .headers()
                .firstValue("Set-Cookie")
                .orElseThrow()
                .split(";")[0];
        assertThat(refreshes("flows", 5, "Cookie", cookie)).containsExactly(200, 200, 200, 429, 429);
        assertLimited(edge.get(refreshPath("flows"), "Cookie", cookie), 4);
        assertThat(edge.get(refreshPath("flows"), "X-Checkout-Flow", flow()).statusCode())
                .isEqualTo(200);
    }

    @Test
    void refreshes_ofOneClient_areLimited_whateverFlowAndForwardedForItMakesUp() {
        assertThat(refreshes("clients", 14).subList(11, 14)).containsExactly(200, 429, 429);
        HttpResponse<String> limited =
                edge.get(refreshPath("clients"), "X-Forwarded-For", "198.51.100.7", "Forwarded", "for=198.51.100.7");
        assertLimited(limited, 12);
        assertThat(limited.headers().firstValue("Set-Cookie")).isEmpty();
    }

    @Test
    void charges_ofOneClient_areLimited_andNoneIsSent() {
        int before = pekoPay.charges().size();
        for (int i = 0; i < 8; i++) {
            assertProblem(edge.charge("charges", flow(), "sess_unknown"), 409, "token-unknown");
        }
        String flow = flow();
        assertLimited(edge.charge("charges", flow, edge.refresh("charges", flow)), 8);
        assertThat(pekoPay.charges()).hasSize(before);
        // A shop's own server is known by its key.
        assertThat(edge.backendCharge("charges", edge.generate("charges")).statusCode())
                .isEqualTo(201);
    }

    private HttpResponse<String> declined(String tenant, String flow, String token) {
        return edge.post(
                "/t/" + tenant + "/api/checkout/charge",
                "{\"paymentToken\":\"%s\",\"amount\":\"%s\"}".formatted(token, TestCards.DECLINED_AMOUNT),
                "X-Checkout-Flow",
                flow);
    }

    @Test
    void declines_ofOneFlow_stopTheNextCharge_butNotARepeat() {
        String flow = flow();
        String first = edge.refresh("cards", flow);
        assertThat(declined("cards", flow, first).statusCode()).isEqualTo(402);
        assertThat(declined("cards", flow, edge.refresh("cards", flow)).statusCode())
                .isEqualTo(402);
        int sent = pekoPay.charges().size();
        String third = edge.refresh("cards", flow);
        assertLimited(edge.charge("cards", flow, third), 2);
        HttpResponse<String> repeat = declined("cards", flow, first);
        assertThat(repeat.statusCode()).isEqualTo(402);
        assertThat(repeat.headers().firstValue("Idempotency-Replayed")).hasValue("true");
        assertThat(pekoPay.charges()).hasSize(sent);
        // The token is as it was.
        assertThat(edge.backendCharge("cards", third).statusCode()).isEqualTo(201);
    }

    @Test
    void declines_ofOneClient_inAsManyFlows_stopIt() {
        for (int i = 0; i < 3; i++) {
            String flow = flow();
            assertThat(declined("testers", flow, edge.refresh("testers", flow)).statusCode())
                    .isEqualTo(402);
        }
        int sent = pekoPay.charges().size();
        String flow = flow();
        assertLimited(declined("testers", flow, edge.refresh("testers", flow)), 3);
        assertThat(pekoPay.charges()).hasSize(sent);
    }
}
