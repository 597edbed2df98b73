package io.pekopayedge.edge;

import static io.pekopayedge.edge.ChargeFaultsTest.flow;
import static io.pekopayedge.edge.EdgeUnderTest.apiKey;
import static io.pekopayedge.edge.EdgeUnderTest.body;
import static io.pekopayedge.edge.Problems.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;

import io.pekopayedge.sandbox.Behaviour;
import io.pekopayedge.sandbox.Call;
import io.pekopayedge.sandbox.PekoPaySandbox;
import io.pekopayedge.sandbox.Reply;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Sinks;

/** The state of a token decides what a charge gets, from both faces. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ChargeStatesTest {
    private PekoPaySandbox pekoPay;
    private EdgeUnderTest edge;

    @BeforeAll
    void start() {
        pekoPay = PekoPaySandbox.start();
        for (String tenant : List.of("acme", "bistro")) {
            pekoPay.addClient(tenant, tenant + "-client", EdgeUnderTest.secret(tenant));
        }
        pekoPay.addClient("odd", "cliént/1", "se:cr/et-é-0123456789");
        edge = EdgeUnderTest.start(
                tenants -> tenants.add("acme", pekoPay.baseUrl())
                        .add("bistro", pekoPay.baseUrl())
                        .addClient("odd", pekoPay.baseUrl(), "cliént/1", "se:cr/et-é-0123456789"),
                "pekopay.edge.charge.max-concurrent=8");
    }

    @AfterAll
    void stop() {
        edge.close();
        pekoPay.close();
    }

    private static String bearer(String tenant) {
        return "Bearer " + apiKey(tenant);
    }

    @Test
    void tokenOfAnotherTenant_isNotYours_onBothFaces() {
        String flow = flow();
        String token = edge.refresh("acme", flow);
        assertProblem(edge.charge("bistro", flow, token), 403, "token-not-yours");
        assertProblem(edge.backendCharge("bistro", token), 403, "token-not-yours");
        assertThat(pekoPay.chargesOf(token)).isEmpty();
        assertThat(edge.charge("acme", flow, token).statusCode()).isEqualTo(201);
    }

    @Test
    void tokenOfAnotherFlow_isNotYours() {
        String token = edge.refresh("acme", flow());
        assertProblem(edge.charge("acme", flow(), token), 403, "token-not-yours");
        assertProblem(edge.post("/t/acme/api/checkout/charge", body(token)), 403, "token-not-yours");
        assertThat(pekoPay.chargesOf(token)).isEmpty();
    }

    @Test
    void tokenOfAFlow_isChargedByTheShopsServer() {
        String token = edge.refresh("acme", flow());
        assertThat(edge.backendCharge("acme", token).statusCode()).isEqualTo(201);
        assertThat(pekoPay.chargesOf(token)).hasSize(1);
    }

    @Test
    void tokenOfTheShopsServer_isChargedByAPage() {
        String token = edge.generate("acme");
        assertThat(edge.charge("acme", flow(), token).statusCode()).isEqualTo(201);
    }

    @Test
    void unknownToken_isRefused() {
        assertProblem(edge.charge("acme", flow(), "sess_never-seen"), 409, "token-unknown");
        assertProblem(edge.backendCharge("acme", "sess_never-seen"), 409, "token-unknown");
        assertThat(pekoPay.chargesOf("sess_never-seen")).isEmpty();
    }

    @Test
    void answered_sameRequest_isReplayed() {
        String flow = flow();
        String token = edge.refresh("acme", flow);
        HttpResponse<String> first = edge.charge("acme", flow, token);
        HttpResponse<String> again = edge.charge("acme", flow, token);
        assertThat(first.headers().firstValue("Idempotency-Replayed")).isEmpty();
        assertThat(again.headers().firstValue("Idempotency-Replayed")).hasValue("true");
        assertThat(again.statusCode()).isEqualTo(201);
        assertThat(again.body()).isEqualTo(first.body());
        assertThat(pekoPay.chargesOf(token)).hasSize(1);
    }

    @Test
    void answered_otherBytesOrFaceOrPath_isSpent() {
        String flow = flow();
        String token = edge.refresh("acme", flow);
        assertThat(edge.charge("acme", flow, token).statusCode()).isEqualTo(201);
        String path = "/t/acme/api/checkout/charge";
        assertProblem(edge.post(path, body(token) + " ", "X-Checkout-Flow", flow), 409, "token-spent");
        assertProblem(
                edge.post(
                        path,
                        "{\"paymentToken\":\"" + token + "\",\"intent\":\"subscription\"}",
                        "X-Checkout-Flow",
                        flow),
                409,
                "token-spent");
        assertProblem(edge.backendCharge("acme", token), 409, "token-spent");
        assertThat(pekoPay.chargesOf(token)).hasSize(1);
    }

    @Test
    void declined_isAnsweredAndReplayed() {
        String flow = flow();
        String token = edge.refresh("acme", flow);
        try (var script = pekoPay.once(
                call -> token.equals(call.paymentToken()),
                Behaviour.workingThenAnswering(Reply.json(402, Map.of("error", "declined"))))) {
            assertThat(edge.charge("acme", flow, token).statusCode()).isEqualTo(402);
        }
        HttpResponse<String> again = edge.charge("acme", flow, token);
        assertThat(again.statusCode()).isEqualTo(402);
        assertThat(again.body()).isEqualTo("{\"error\":\"declined\"}");
        assertThat(pekoPay.chargesOf(token)).hasSize(1);
    }

    @Test
    void running_sameRequestWaits_otherRequestIsInProgress() {
        String flow = flow();
        String token = edge.refresh("acme", flow);
        Sinks.Empty<Void> gate = Sinks.empty();
        try (var script = pekoPay.on(call -> token.equals(call.paymentToken()), Behaviour.after(gate.asMono()))) {
            CompletableFuture<HttpResponse<String>> first = edge.chargeAsync("acme", flow, token);
            Awaitility.await().until(() -> pekoPay.chargesOf(token).size() == 1);
            CompletableFuture<HttpResponse<String>> second = edge.chargeAsync("acme", flow, token);
            HttpResponse<String> other = edge.backendCharge("acme", token);
            assertProblem(other, 409, "charge-in-progress");
            assertThat(other.headers().firstValue("Retry-After")).isPresent();
            assertProblem(edge.charge("acme", flow(), token), 403, "token-not-yours");
            gate.tryEmitEmpty();
            assertThat(first.join().statusCode()).isEqualTo(201);
            assertThat(second.join().statusCode()).isEqualTo(201);
            assertThat(second.join().headers().firstValue("Idempotency-Replayed"))
                    .hasValue("true");
        }
        assertThat(pekoPay.chargesOf(token)).hasSize(1);
    }

    @Test
    void tooManyAtOnce_areShedAndTheirTokensFree() {
        Sinks.Empty<Void> gate = Sinks.empty();
        try (var script = pekoPay.on(Call::isCharge, Behaviour.after(gate.asMono()))) {
            List<String> tokens = new ArrayList<>();
            List<CompletableFuture<HttpResponse<String>>> charges = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                tokens.add(edge.generate("bistro"));
            }
            tokens.forEach(token -> charges.add(edge.chargeAsync("bistro", flow(), token)));
            Awaitility.await()
                    .atMost(Duration.ofSeconds(20))
                    .until(() ->
                            charges.stream().filter(CompletableFuture::isDone).count() == 12);
            gate.tryEmitEmpty();
            List<HttpResponse<String>> answers =
                    charges.stream().map(CompletableFuture::join).toList();
            assertThat(answers).filteredOn(a -> a.statusCode() == 201).hasSize(8);
            assertThat(answers)
                    .filteredOn(a -> a.statusCode() == 503)
                    .hasSize(12)
                    .allSatisfy(a -> assertProblem(a, 503, "overloaded"));
        }
    }

    @Test
    void intents_chooseThePath() {
        for (String intent : List.of("charge", "subscription", "charge_or_subscription")) {
            String flow = flow();
            String token = edge.refresh("acme", flow);
            String json = "{\"paymentToken\":\"" + token + "\", \"intent\": \"" + intent + "\"}";
            assertThat(edge.post("/t/acme/api/checkout/charge", json, "X-Checkout-Flow", flow)
                            .statusCode())
                    .isEqualTo(201);
            Call sent = pekoPay.calls().stream()
                    .filter(call -> token.equals(call.paymentToken()))
                    .findFirst()
                    .orElseThrow();
            assertThat(sent.path())
                    .isEqualTo(
                            intent.equals("subscription")
                                    ? "/tenants/acme/subscriptions"
                                    : "/tenants/acme/transactions");
            assertThat(sent.text()).isEqualTo(json);
        }
    }

    @Test
    void credentials_ofTheRightTenant_onEveryCall() {
        for (String tenant : List.of("acme", "bistro", "odd")) {
            String token = edge.generate(tenant);
            assertThat(edge.backendCharge(tenant, token).statusCode()).isEqualTo(201);
        }
        String odd = "Basic "
                + Base64.getEncoder()
                        .encodeToString(
                                "cliént/1:se:cr/et-é-0123456789".getBytes(java.nio.charset.StandardCharsets.UTF_8));
        assertThat(pekoPay.calls())
                .filteredOn(call -> call.tenantId().equals("odd"))
                .isNotEmpty()
                .allSatisfy(call -> assertThat(call.header("Authorization")).isEqualTo(odd));
        assertThat(pekoPay.calls())
                .filteredOn(call -> call.tenantId().equals("acme"))
                .extracting(call -> call.header("Authorization"))
                .containsOnly("Basic "
                        + Base64.getEncoder()
                                .encodeToString(("acme-client:" + EdgeUnderTest.secret("acme")).getBytes()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/tenants/acme/transactions/",
                "/tenants/acme/TRANSACTIONS",
                "/tenants/acme/%74ransactions",
                "/tenants/acme/Transactions///"
            })
    void backendCharge_howeverThePathIsWritten_isACharge(String path) {
        String token = edge.generate("acme");
        HttpResponse<String> answer = edge.post(path, body(token), "Authorization", bearer("acme"));
        if (path.endsWith("///")) {
            assertThat(answer.statusCode()).isEqualTo(400);
            assertThat(pekoPay.chargesOf(token)).isEmpty();
            return;
        }
        assertThat(answer.statusCode()).isEqualTo(201);
        assertThat(edge.backendCharge("acme", token).headers().firstValue("Idempotency-Replayed"))
                .hasValue("true");
        assertThat(pekoPay.chargesOf(token)).hasSize(1);
    }

    @Test
    void backendCharge_withoutToken_isOncePerIdempotencyKey() {
        String[] keyed = {"Authorization", bearer("acme"), "Idempotency-Key", "order-" + flow()};
        String path = "/tenants/acme/transactions";
        long before = charged();
        HttpResponse<String> first = edge.post(path, "{\"a\":1}", keyed);
        HttpResponse<String> again = edge.post(path, "{\"a\":1}", keyed);
        HttpResponse<String> other = edge.post(path, "{\"a\":2}", keyed);
        assertThat(again.statusCode()).isEqualTo(first.statusCode());
        assertThat(again.headers().firstValue("Idempotency-Replayed")).hasValue("true");
        assertProblem(other, 409, "token-spent");
        assertThat(charged() - before).isEqualTo(1);
        edge.post(path, "{\"a\":1}", "Authorization", bearer("acme"));
        edge.post(path, "{\"a\":1}", "Authorization", bearer("acme"));
        assertThat(charged() - before).isEqualTo(3);
    }

    private long charged() {
        return pekoPay.calls().stream().filter(Call::isCharge).count();
    }

    @Test
    void idempotencyKey_isDerivedOnTheBrowserFace_andTheCallersOnTheOther() {
        String flow = flow();
        String token = edge.refresh("acme", flow);
        edge.post("/t/acme/api/checkout/charge", body(token), "X-Checkout-Flow", flow, "Idempotency-Key", "mine");
        assertThat(sent(token).header("Idempotency-Key")).matches("[0-9a-f]{32}");
        String second = edge.generate("acme");
        edge.post(
                "/tenants/acme/transactions",
                body(second),
                "Authorization",
                bearer("acme"),
                "Idempotency-Key",
                "mine-2");
        assertThat(sent(second).header("Idempotency-Key")).isEqualTo("mine-2");
    }

    private Call sent(String token) {
        return pekoPay.calls().stream()
                .filter(call -> token.equals(call.paymentToken()))
                .findFirst()
                .orElseThrow();
    }
}
