package io.pekopayedge.operate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.pekopayedge.edge.EdgeUnderTest;
import io.pekopayedge.sandbox.Behaviour;
import io.pekopayedge.sandbox.Call;
import io.pekopayedge.sandbox.PekoPaySandbox;
import io.pekopayedge.sandbox.Reply;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** What a request leaves behind: one line in the log, and a span where somebody collects them. */
@ExtendWith(OutputCaptureExtension.class)
class LogsAndTracesTest {
    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final String PARENT = "00-" + TRACE + "-00f067aa0ba902b7-01";

    private PekoPaySandbox pekoPay;

    @BeforeEach
    void start() {
        pekoPay = PekoPaySandbox.start().addClient("acme", "acme-client", EdgeUnderTest.secret("acme"));
    }

    @AfterEach
    void stop() {
        pekoPay.close();
    }

    private EdgeUnderTest edge(String... settings) {
        return EdgeUnderTest.start(
                tenants -> tenants.add("acme", pekoPay.baseUrl(), "storefront: " + pekoPay.baseUrl()), settings);
    }

    private static HttpResponse<String> charge(EdgeUnderTest edge, String flow, String token, String... headers) {
        String[] all = new String[headers.length + 2];
        all[0] = "X-Checkout-Flow";
        all[1] = flow;
        System.arraycopy(headers, 0, all, 2, headers.length);
        return edge.post("/t/acme/api/checkout/charge?note=in-the-query", EdgeUnderTest.body(token), all);
    }

    private Call sent(String token) {
        return pekoPay.calls().stream()
                .filter(call -> token.equals(call.paymentToken()))
                .findFirst()
                .orElseThrow();
    }

    /** The canonical line of a request, which comes just after the answer. */
    private static JsonNode line(CapturedOutput output, HttpResponse<String> answer) {
        String id = answer.headers().firstValue("X-Request-Id").orElseThrow();
        await().atMost(Duration.ofSeconds(30)).until(() -> !lines(output, id).isEmpty());
        assertThat(lines(output, id)).hasSize(1);
        return json(lines(output, id).get(0));
    }

    private static List<String> lines(CapturedOutput output, String id) {
        return output.getAll()
                .lines()
                .filter(line -> line.contains(id) && line.contains("io.pekopayedge.request"))
                .toList();
    }

    private static JsonNode json(String line) {
        try {
            return new ObjectMapper().readTree(line);
        } catch (Exception e) {
            throw new AssertionError("not JSON: " + line, e);
        }
    }

    @Test
    void nobodyCollects_linesAreJson_andAClientsTraceGoesOnUnchanged(CapturedOutput output) {
        try (EdgeUnderTest edge = edge()) {
            String flow = UUID.randomUUID().toString();
            String token = edge.refresh("acme", flow);
            HttpResponse<String> answer =
                    charge(edge, flow, token, "traceparent", PARENT, "tracestate", "a=1", "tracestate", "b=2");
            JsonNode line = line(output, answer);

            assertThat(line.at("/@timestamp").asText()).endsWith("Z");
            assertThat(line.at("/ecs/version").asText()).isNotEmpty();
            assertThat(line.at("/log/logger").asText()).isEqualTo("io.pekopayedge.request");
            assertThat(line.at("/service/name").asText()).isEqualTo("pekopay-edge");
            assertThat(line.get("tenant").asText()).isEqualTo("acme");
            assertThat(line.get("route").asText()).isEqualTo("charge");
            assertThat(line.get("outcome").asText()).isEqualTo("accepted");
            assertThat(line.get("status").asInt()).isEqualTo(201);
            assertThat(line.get("upstream").asInt()).isEqualTo(201);
            assertThat(line.get("ms").asLong()).isNotNegative();
            assertThat(line.get("charge").asText()).matches("[0-9a-f]{16}");
            assertThat(line.at("/trace/id").asText()).isEqualTo(TRACE);
            assertThat(sent(token).header("traceparent")).isEqualTo(PARENT);
            assertThat(sent(token).header("tracestate")).isEqualTo("a=1,b=2");

            JsonNode again = line(output, charge(edge, flow, token));
            assertThat(again.get("outcome").asText()).isEqualTo("replayed");
            assertThat(again.get("upstream").asInt()).isZero();
            assertThat(again.has("trace")).isFalse();

            String other = edge.generate("acme");
            HttpResponse<String> bad = charge(edge, flow, other, "traceparent", PARENT, "traceparent", PARENT);
            assertThat(line(output, bad).has("trace")).isFalse();
            assertThat(sent(other).header("traceparent")).isNull();

            try (var failing =
                    pekoPay.once(Call::isCharge, Behaviour.answering(new Reply(500, Map.of(), new byte[0])))) {
                String unlucky = edge.refresh("acme", UUID.randomUUID().toString());
                HttpResponse<String> unknown = edge.backendCharge("acme", unlucky);
                JsonNode told = line(output, unknown);
                assertThat(told.get("outcome").asText()).isEqualTo("charge-outcome-unknown");
                assertThat(told.get("status").asInt()).isEqualTo(504);
                assertThat(told.get("upstream").asInt()).isEqualTo(500);
                assertThat(told.get("route").asText()).isEqualTo("backend-charge");
            }
            assertThat(output.getAll())
                    .doesNotContain(token)
                    .doesNotContain("in-the-query")
                    .doesNotContain(EdgeUnderTest.apiKey("acme"))
                    .doesNotContain(EdgeUnderTest.secret("acme"));
            assertThat(edge.manage("/actuator/prometheus").body()).doesNotContain("otel", "otlp");
        }
    }

    @Test
    void someoneCollects_everyRequestIsASpanOfItsClientsTrace() throws Exception {
        try (Collector collector = new Collector()) {
            String token;
            try (EdgeUnderTest edge = edge(
                    "management.otlp.tracing.endpoint=" + collector.endpoint(),
                    "management.tracing.sampling.probability=1.0")) {
                String flow = UUID.randomUUID().toString();
                token = edge.refresh("acme", flow);
                charge(edge, flow, token, "traceparent", PARENT, "tracestate", "a=1");
                edge.get(
                        "/tenants/acme/plans",
                        "Authorization",
                        "Bearer " + EdgeUnderTest.apiKey("acme"),
                        "traceparent",
                        PARENT);
                String span = sent(token).header("traceparent");
                assertThat(span).matches("00-" + TRACE + "-[0-9a-f]{16}-01").isNotEqualTo(PARENT);
                assertThat(sent(token).header("tracestate")).isEqualTo("a=1");
                assertThat(plans().header("traceparent"))
                        .matches("00-" + TRACE + "-[0-9a-f]{16}-01")
                        .isNotEqualTo(PARENT)
                        .isNotEqualTo(span);
            }
            // The last spans are sent when the gateway ends.
            byte[] id = HexFormat.of().parseHex(TRACE);
            String spans = collector.text();
            assertThat(spans)
                    .contains(new String(id, StandardCharsets.ISO_8859_1))
                    .contains(
                            "POST charge",
                            "GET refresh",
                            "GET backend",
                            "pekopay.tenant",
                            "acme",
                            "accepted",
                            "pekopay-edge")
                    .doesNotContain(token)
                    .doesNotContain("in-the-query")
                    .doesNotContain(EdgeUnderTest.apiKey("acme"));
        }
    }

    private Call plans() {
        return pekoPay.calls().stream()
                .filter(call -> call.path().equals("/tenants/acme/plans"))
                .findFirst()
                .orElseThrow();
    }
}
