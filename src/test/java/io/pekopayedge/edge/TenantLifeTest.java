package io.pekopayedge.edge;

import static io.pekopayedge.edge.ChargeFaultsTest.flow;
import static io.pekopayedge.edge.EdgeUnderTest.apiKey;
import static io.pekopayedge.edge.EdgeUnderTest.body;
import static io.pekopayedge.edge.EdgeUnderTest.secret;
import static io.pekopayedge.edge.Problems.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.pekopayedge.ledger.Digest;
import io.pekopayedge.sandbox.Behaviour;
import io.pekopayedge.sandbox.Call;
import io.pekopayedge.sandbox.PekoPaySandbox;
import io.pekopayedge.tenant.BasicCredentials;
import io.pekopayedge.tenant.Tenants;
import io.pekopayedge.token.Reserves;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.ref.WeakReference;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.TestInstance;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;

/** A tenant comes, changes and goes while the gateway runs; what the operator sees of it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TenantLifeTest {
    private static final Duration POLL = Duration.ofMillis(100);

    private PekoPaySandbox pekoPay;
    private EdgeUnderTest edge;
    /** Each test has a tenant of its own. */
    private String shop;

    @BeforeAll
    void start() {
        pekoPay = PekoPaySandbox.start();
        pekoPay.addClient("other", "other-client", secret("other"));
        edge = EdgeUnderTest.start(
                tenants -> tenants.add("other", pekoPay.baseUrl()),
                "pekopay.edge.tenants.poll=" + POLL.toMillis() + "ms",
                "pekopay.edge.environments.testing=" + pekoPay.baseUrl(),
                "pekopay.edge.mint.timeout=30s",
                "pekopay.edge.mint.wait=30s");
    }

    @BeforeEach
    void open(TestInfo test) {
        shop = "shop-" + test.getTestMethod().orElseThrow().getName().split("_")[0];
        pekoPay.addClient(shop, shop + "-client", secret(shop));
    }

    @AfterAll
    void stop() {
        edge.close();
        pekoPay.close();
    }

    private static ConditionFactory eventually() {
        return await().atMost(Duration.ofSeconds(30));
    }

    private Path file() {
        return edge.tenantsFolder().resolve(shop + ".yml");
    }

    private String yaml(String secret, String... more) {
        return """
                tenant-id: %1$s
                environment: testing
                hosts: [%1$s.localhost]
                credentials: {client-id: %1$s-client, client-secret: '%2$s'}
                api-keys: [{id: backend, sha256: %3$s}]
                """.formatted(shop, secret, EdgeUnderTest.sha256(apiKey(shop))) + String.join("\n", more) + "\n";
    }

    private void comes(String... more) {
        write(yaml(secret(shop), more));
        eventually().until(() -> edge.bean(Tenants.class).byId(shop) != null);
    }

    private void write(String yaml) {
        try {
            Files.writeString(file(), yaml);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private void goes() {
        try {
            Files.delete(file());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        eventually().until(() -> edge.bean(Tenants.class).byId(shop) == null);
    }

    private HttpResponse<String> refresh() {
        return edge.get("/t/" + shop + "/api/payment-token/refresh", "X-Checkout-Flow", flow());
    }

    private JsonNode report() {
        try {
            for (JsonNode tenant : new ObjectMapper()
                    .readTree(edge.manage("/actuator/tenants").body())
                    .path("tenants")) {
                if (tenant.path("id").asText().equals(shop)) {
                    return tenant;
                }
            }
            throw new AssertionError(shop + " is not served");
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private List<String> series() {
        return edge.manage("/actuator/prometheus")
                .body()
                .lines()
                .filter(line -> line.contains("\"" + shop + "\"") || line.contains(":" + shop + "\""))
                .toList();
    }

    private List<String> credentialSeries() {
        return series().stream()
                .filter(line -> line.startsWith("pekopay_edge_credentials_info{"))
                .toList();
    }

    private static String fingerprint(String id, String secret) {
        return new BasicCredentials(id, secret).fingerprint();
    }

    private static String basic(String id, String secret) {
        return "Basic " + Base64.getEncoder().encodeToString((id + ":" + secret).getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void removal_openChargesFinish_flowsEnd_metricsAndMemoryGo_recordsStay() {
        comes();
        String open = flow();
        String openToken = edge.refresh(shop, open);
        String paid = flow();
        String paidToken = edge.refresh(shop, paid);
        HttpResponse<String> first = edge.charge(shop, paid, paidToken);
        String leased = flow();
        String leasedToken = edge.refresh(shop, leased);
        eventually().until(() -> credentialSeries().size() == 1);
        assertThat(series()).anyMatch(line -> line.contains("charge:" + shop));

        Sinks.Empty<Void> gate = Sinks.empty();
        CompletableFuture<HttpResponse<String>> charge;
        try (var script = pekoPay.once(
                call -> openToken.equals(call.paymentToken()),
                exchange -> gate.asMono().thenMany(Flux.defer(() -> exchange.send(exchange.proceed()))))) {
            charge = edge.chargeAsync(shop, open, openToken);
            eventually().until(() -> pekoPay.calls().stream().anyMatch(c -> openToken.equals(c.paymentToken())));
            goes();

            assertProblem(refresh(), 404, "tenant-unknown");
            assertProblem(edge.charge(shop, leased, leasedToken), 404, "tenant-unknown");
            assertProblem(edge.charge(shop, open, openToken), 404, "tenant-unknown");
            assertProblem(edge.backendCharge(shop, leasedToken), 401, "caller-unauthenticated");
            assertThat(charge).isNotDone();
            gate.tryEmitEmpty();
            assertThat(charge.join().statusCode()).isEqualTo(201);
        }
        assertThat(pekoPay.chargesOf(openToken)).hasSize(1);
        assertThat(pekoPay.chargesOf(leasedToken)).isEmpty();
        eventually().untilAsserted(() -> assertThat(series()).isEmpty());
        assertThat(edge.bean(Reserves.class).isActive(shop)).isFalse();
        assertThat(edge.refresh("other", flow())).isNotEmpty();

        comes();
        HttpResponse<String> again = edge.charge(shop, paid, paidToken);
        assertThat(again.body()).isEqualTo(first.body());
        assertThat(again.headers().firstValue("Idempotency-Replayed")).hasValue("true");
        assertThat(edge.charge(shop, open, openToken).statusCode()).isEqualTo(201);
        assertProblem(edge.charge(shop, flow(), leasedToken), 403, "token-not-yours");
        assertThat(edge.charge(shop, leased, leasedToken).statusCode()).isEqualTo(201);
        assertThat(pekoPay.chargesOf(paidToken)).hasSize(1);
        assertThat(pekoPay.chargesOf(openToken)).hasSize(1);
    }

    /** Money does not settle itself because a file is gone. */
    @Test
    void unsettled_ofARemovedTenant_isToldUntilItIsSettled() {
        comes();
        String flow = flow();
        String token = edge.refresh(shop, flow);
        try (var script = pekoPay.once(Call::isCharge, Behaviour.workingThenReset())) {
            assertProblem(edge.charge(shop, flow, token), 504, "charge-outcome-unknown");
        }
        goes();
        String told = "pekopay_edge_charges_unknown{tenant=\"" + shop + "\"} 1.0";
        eventually().untilAsserted(() -> assertThat(series()).containsExactly(told));
        String id = Digest.ofToken(token).id();
        assertThat(edge.manage(
                                "POST",
                                "/actuator/charges/" + id,
                                "application/json",
                                "{\"outcome\":\"charged\",\"by\":\"Ann\",\"note\":\"found\"}")
                        .statusCode())
                .isEqualTo(200);
        eventually().untilAsserted(() -> assertThat(series()).isEmpty());
    }

    @Test
    void memory_ofARemovedTenant_isFree() {
        comes();
        assertThat(edge.charge(shop, "f".repeat(22), edge.refresh(shop, "f".repeat(22)))
                        .statusCode())
                .isEqualTo(201);
        WeakReference<Object> tenant =
                new WeakReference<>(edge.bean(Tenants.class).byId(shop));
        goes();

        eventually().until(() -> {
            // Threads and connections may still hold the last request they served.
            edge.refresh("other", flow());
            System.gc();
            return tenant.get() == null;
        });
    }

    @Test
    void waiting_shoppersAreToldAtOnce_whenTheirTenantGoes() {
        comes();
        try (var script = pekoPay.on(call -> call.isMint() && call.tenantId().equals(shop), Behaviour.hanging())) {
            CompletableFuture<HttpResponse<String>> waiting =
                    edge.sendAsync("GET", "/t/" + shop + "/api/payment-token/refresh", null, "X-Checkout-Flow", flow());
            eventually()
                    .until(() -> pekoPay.calls().stream()
                            .anyMatch(call -> call.isMint() && call.tenantId().equals(shop)));
            goes();

            assertProblem(waiting.join(), 404, "tenant-unknown");
        }
    }

    @Test
    void handOver_isSeen_byFingerprint() {
        Instant before = Instant.now();
        comes();
        String old = fingerprint(shop + "-client", secret(shop));
        String next = fingerprint(shop + "-client", "another-secret-0123456789");
        assertThat(report().path("file").asText()).isEqualTo(file().toString());
        assertThat(report().path("environment").asText()).isEqualTo("testing");
        assertThat(report().path("baseUrl").asText())
                .isEqualTo(pekoPay.baseUrl().toString());
        JsonNode current = report().path("credentials").path("current");
        assertThat(current.path("fingerprint").asText()).isEqualTo(old).matches("[0-9a-f]{8}");
        assertThat(Instant.parse(current.path("since").asText())).isBetween(before, Instant.now());
        assertThat(current.path("lastAccepted").isNull()).isTrue();
        assertThat(current.path("lastRefused").isNull()).isTrue();
        assertThat(report().path("credentials").path("previous").isNull()).isTrue();
        assertThat(credentialSeries()).as("before its first use").isEmpty();

        edge.refresh(shop, flow());
        eventually()
                .untilAsserted(() -> assertThat(credentialSeries())
                        .singleElement()
                        .satisfies(line -> assertThat(line)
                                .contains("slot=\"current\"", "fingerprint=\"" + old + "\"")
                                .endsWith(" 1")));
        assertThat(report().path("credentials")
                        .path("current")
                        .path("lastAccepted")
                        .asText())
                .isNotEmpty();

        // PekoPay does not know the new pair yet: the previous one does the work.
        write(yaml(
                "another-secret-0123456789",
                "previous-credentials: {client-id: " + shop + "-client, client-secret: " + secret(shop) + "}"));
        eventually().untilAsserted(() -> {
            assertThat(credentialSeries()).hasSize(2);
            assertThat(credentialSeries())
                    .anyMatch(line -> line.contains("slot=\"current\"") && line.contains(next))
                    .anyMatch(line -> line.contains("slot=\"previous\"") && line.contains(old));
        });
        String flow = flow();
        assertThat(edge.charge(shop, flow, edge.refresh(shop, flow)).statusCode())
                .isEqualTo(201);
        JsonNode pairs = report().path("credentials");
        assertThat(pairs.path("current").path("fingerprint").asText()).isEqualTo(next);
        assertThat(pairs.path("current").path("lastRefused").asText()).isNotEmpty();
        assertThat(pairs.path("current").path("lastAccepted").isNull()).isTrue();
        assertThat(pairs.path("previous").path("fingerprint").asText()).isEqualTo(old);
        assertThat(pairs.path("previous").path("since").asText())
                .isEqualTo(current.path("since").asText());
        assertThat(pairs.path("previous").path("lastRefused").isNull()).isTrue();

        // Now it does: the proof that the old one may be revoked.
        pekoPay.addClient(shop, shop + "-client", "another-secret-0123456789");
        flow = flow();
        assertThat(edge.charge(shop, flow, edge.refresh(shop, flow)).statusCode())
                .isEqualTo(201);
        assertThat(report().path("credentials")
                        .path("current")
                        .path("lastAccepted")
                        .asText())
                .isNotEmpty();

        write(yaml("another-secret-0123456789"));
        eventually()
                .untilAsserted(() -> assertThat(credentialSeries())
                        .singleElement()
                        .satisfies(line -> assertThat(line).contains("slot=\"current\"", next)));
        assertThat(edge.manage("/actuator/tenants").body()).doesNotContain("another-secret", secret(shop));
    }

    /** What the old address gave is of no use at the new one: not even to the flow that got it a moment ago. */
    @Test
    void moved_tenantsFlow_getsAnotherToken() {
        comes();
        String flow = flow();
        String token = edge.refresh(shop, flow);
        assertThat(edge.refresh(shop, flow)).isEqualTo(token);
        write(yaml(secret(shop))
                .replace(
                        "environment: testing",
                        "base-url: http://127.0.0.1:" + pekoPay.baseUrl().getPort()));
        eventually()
                .until(() ->
                        edge.bean(Tenants.class).byId(shop).baseUrl().getHost().equals("127.0.0.1"));
        assertThat(edge.refresh(shop, flow)).isNotEqualTo(token);
    }

    @Test
    void refused_credentials_areTriedAgainAtOnce_whenTheyChange() {
        pekoPay.removeClient(shop, shop + "-client", secret(shop));
        comes();
        eventually().until(() -> {
            assertProblem(refresh(), 502, "credentials-refused");
            String next = report().path("reserve").path("nextMint").asText("null");
            return !next.equals("null")
                    && Instant.parse(next).isAfter(Instant.now().plusSeconds(3));
        });
        pekoPay.addClient(shop, shop + "-client", "another-secret-0123456789");
        Instant swapped = Instant.now();
        Instant nextTry =
                Instant.parse(report().path("reserve").path("nextMint").asText());
        write(yaml("another-secret-0123456789"));

        eventually().until(() -> refresh().statusCode() == 200);
        Instant used = pekoPay.calls().stream()
                .filter(call ->
                        basic(shop + "-client", "another-secret-0123456789").equals(call.header("Authorization")))
                .map(Call::at)
                .findFirst()
                .orElseThrow();
        assertThat(used).as("before the back-off was over").isBefore(nextTry);
        System.out.printf(
                "refused credentials replaced: used after %d ms (poll %d ms)%n",
                Duration.between(swapped, used).toMillis(), POLL.toMillis());
    }

    @Test
    void slow_clientsCharge_usesThePairThatIsGoodWhenItIsSent() throws IOException {
        comes();
        String flow = flow();
        String token = edge.refresh(shop, flow);
        String body = body(token);
        String head = "POST /t/" + shop + "/api/checkout/charge HTTP/1.1\r\nHost: localhost\r\nX-Checkout-Flow: " + flow
                + "\r\nContent-Type: application/json\r\nContent-Length: " + body.length() + "\r\n\r\n";
        try (Socket socket = new Socket("127.0.0.1", edge.port())) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream().write((head + body.substring(0, 5)).getBytes(StandardCharsets.US_ASCII));
            String found = fingerprint(shop + "-client", "another-secret-0123456789");
            pekoPay.addClient(shop, shop + "-client", "another-secret-0123456789");
            write(yaml("another-secret-0123456789"));
            eventually()
                    .until(() -> report().path("credentials")
                            .path("current")
                            .path("fingerprint")
                            .asText()
                            .equals(found));
            pekoPay.removeClient(shop, shop + "-client", secret(shop));
            socket.getOutputStream().write(body.substring(5).getBytes(StandardCharsets.US_ASCII));
            assertThat(firstLine(socket)).isEqualTo("HTTP/1.1 201 Created");
        }
        assertThat(pekoPay.calls().stream().filter(call -> token.equals(call.paymentToken())))
                .singleElement()
                .satisfies(call -> assertThat(call.header("Authorization"))
                        .isEqualTo(basic(shop + "-client", "another-secret-0123456789")));
    }

    private static String firstLine(Socket socket) throws IOException {
        InputStream in = socket.getInputStream();
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int next; (next = in.read()) >= 0 && next != '\r'; ) {
            line.write(next);
        }
        return line.toString(StandardCharsets.US_ASCII);
    }

    @Test
    void bad_file_isReported_andTheLastGoodServed() {
        comes();
        write(yaml(secret(shop), "hots: []"));
        eventually()
                .untilAsserted(() -> assertThat(
                                edge.manage("/actuator/prometheus").body().lines())
                        .contains("pekopay_edge_tenants_invalid 1.0"));
        assertThat(edge.manage("/actuator/tenants").body())
                .contains("\"file\":\"" + file() + "\",\"line\":6,\"key\":\"hots\",\"reason\":\"unknown key\"")
                .contains("did you mean hosts?");
        assertThat(edge.refresh(shop, flow())).isNotEmpty();

        write(yaml(secret(shop)));
        eventually()
                .untilAsserted(() -> assertThat(
                                edge.manage("/actuator/prometheus").body().lines())
                        .contains("pekopay_edge_tenants_invalid 0.0"));
    }

    @Test
    void listener_thatThrows_stopsNeitherTheOthersNorTheWatch() {
        List<String> told = new ArrayList<>();
        edge.bean(Tenants.class).listen((before, after) -> {
            if (shop.equals((after == null ? before : after).id())) {
                throw new AssertionError("a listener of no use");
            }
        });
        edge.bean(Tenants.class).listen((before, after) -> {
            synchronized (told) {
                told.add((after == null ? before : after).id());
            }
        });
        comes();
        eventually().untilAsserted(() -> {
            synchronized (told) {
                assertThat(told).contains(shop);
            }
        });
        goes();
        comes();
        assertThat(edge.refresh(shop, flow())).isNotEmpty();
    }
}
