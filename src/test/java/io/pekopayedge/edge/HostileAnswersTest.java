package io.pekopayedge.edge;

import static io.pekopayedge.edge.ChargeFaultsTest.flow;
import static io.pekopayedge.edge.Problems.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** F7 and F8: what PekoPay must not be able to do to a shopper, to the heap, or to the next call. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HostileAnswersTest {
    private static final Map<String, RawPekoPay.Fault> FAULTS = new LinkedHashMap<>();

    static {
        FAULTS.put("garbage", RawPekoPay.textThenClose("\u0000\u0001 garbage\r\n\r\n"));
        FAULTS.put(
                "length-and-chunked",
                RawPekoPay.text("HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n"
                        + "14\r\n{\"token\":\"sess_both\"}\r\n0\r\n\r\n"));
        FAULTS.put("hundred-megabytes", HostileAnswersTest::hundredMegabytes);
        FAULTS.put(
                "gzip",
                RawPekoPay.text(
                        "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\n\u001f\u008b12"));
        FAULTS.put("no-token", json("{}"));
        FAULTS.put("null-body", json("null"));
        FAULTS.put("null-token", json("{\"token\":null}"));
        FAULTS.put("empty-token", json("{\"token\":\"\"}"));
        FAULTS.put("number", json("{\"token\":1}"));
        FAULTS.put("echo", json("{\"token\":\"sess_" + EdgeUnderTest.secret("echo") + "\"}"));
        FAULTS.put("line-end", json("{\"token\":\"sess_a\\r\\nSet-Cookie: b=c\"}"));
        FAULTS.put("large-token", json("{\"token\":\"" + "s".repeat(1 << 20) + "\"}"));
        FAULTS.put(
                "truncated",
                RawPekoPay.textThenClose("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{\"token\":\"sess_"));
        FAULTS.put(
                "redirect", RawPekoPay.text("HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n"));
    }

    private RawPekoPay pekoPay;
    private EdgeUnderTest edge;

    @BeforeAll
    void start() throws IOException {
        pekoPay = new RawPekoPay();
        edge = EdgeUnderTest.start(
                tenants -> {
                    tenants.add("good", pekoPay.url());
                    Stream.concat(FAULTS.keySet().stream(), Stream.of("refused"))
                            .forEach(each -> tenants.add(each, pekoPay.url(), "reserve: {min: 0}"));
                },
                "pekopay.edge.mint.wait=400ms");
    }

    @AfterAll
    void stop() {
        edge.close();
        pekoPay.close();
    }

    static Stream<String> faults() {
        return FAULTS.keySet().stream();
    }

    private static RawPekoPay.Fault json(String body) {
        return RawPekoPay.text("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " + body.length()
                + "\r\n\r\n" + body);
    }

    private static void hundredMegabytes(java.net.Socket socket, java.io.OutputStream out) throws IOException {
        out.write("HTTP/1.1 200 OK\r\nContent-Length: 104857600\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        byte[] megabyte = new byte[1 << 20];
        for (int i = 0; i < 100; i++) {
            out.write(megabyte);
        }
    }

    private HttpResponse<String> refresh(String tenant) {
        return edge.get("/t/" + tenant + "/api/payment-token/refresh", "X-Checkout-Flow", flow());
    }

    @ParameterizedTest
    @MethodSource("faults")
    void mint_answeredSo_isNoToken(String fault) {
        edge.refresh("good", flow());
        long before = heap();
        pekoPay.mintFaults.put(fault, FAULTS.get(fault));
        HttpResponse<String> answer = refresh(fault);
        assertProblem(answer, 503, "token-unavailable");
        assertThat(answer.headers().map()).doesNotContainKeys("location", "set-cookie", "content-encoding");
        assertThat(heap() - before).isLessThan(32 << 20);
        assertThat(edge.refresh("good", flow())).startsWith("sess_raw");
        assertThat(pekoPay.elsewhere).hasValue(0);
    }

    @Test
    void mint_refusesCredentials_nothingOfItsAnswerComesThrough() {
        pekoPay.mintFaults.put(
                "refused",
                RawPekoPay.text("HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"PekoPay\"\r\n"
                        + "Set-Cookie: peko=1\r\nX-Echo: " + EdgeUnderTest.secret("refused")
                        + "\r\nContent-Length: 2\r\n\r\nno"));
        // On a busy machine the shopper's patience may end before PekoPay has said no.
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .until(() -> refresh("refused").statusCode() == 502);
        HttpResponse<String> answer = refresh("refused");
        assertProblem(answer, 502, "credentials-refused");
        assertThat(answer.headers().map()).doesNotContainKeys("www-authenticate", "set-cookie", "x-echo");
    }

    /** A connection whose framing is in doubt carries no other shopper's charge. */
    @Test
    void charge_badFraming_itsConnectionIsNotUsedAgain() {
        String flow = flow();
        String token = edge.refresh("good", flow);
        pekoPay.fault =
                RawPekoPay.text("HTTP/1.1 201 Created\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n"
                        + "2\r\n{}\r\n0\r\n\r\n" + RawPekoPay.CREATED);
        assertProblem(edge.charge("good", flow, token), 504, "charge-outcome-unknown");
        int port = pekoPay.lastChargePort;
        pekoPay.fault = RawPekoPay.text(RawPekoPay.CREATED);
        String other = flow();
        assertThat(edge.charge("good", other, edge.refresh("good", other)).statusCode())
                .isEqualTo(201);
        assertThat(pekoPay.lastChargePort).isNotEqualTo(port);
    }

    /** What nobody asked for is not the next shopper's answer: whole, or a part that the next answer would complete. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 402 Payment Required\r\nContent-Length: 2\r\n\r\n{}",
                "HTTP/1.1 402 Payment Required\r\nX-Half: ",
                "HTTP/1.1 ",
                "\r\n"
            })
    void charge_answeredAndMore_theNextShopperGetsHisOwnAnswer(String more) {
        pekoPay.fault = RawPekoPay.text(RawPekoPay.CREATED + more);
        String flow = flow();
        assertThat(edge.charge("good", flow, token(flow)).statusCode()).isEqualTo(201);
        int port = pekoPay.lastChargePort;
        pekoPay.fault = RawPekoPay.text(RawPekoPay.CREATED);
        for (int i = 0; i < 4; i++) {
            String other = flow();
            HttpResponse<String> answer = edge.charge("good", other, token(other));
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
            assertThat(answer.body()).isEqualTo("{\"ok\":true}");
            assertThat(pekoPay.lastChargePort).isNotEqualTo(port);
        }
    }

    @Test
    void charge_hundredMegabytes_takeNoHeap() {
        String flow = flow();
        String token = token(flow);
        long before = heap();
        pekoPay.fault = HostileAnswersTest::hundredMegabytes;
        assertProblem(edge.charge("good", flow, token), 504, "charge-outcome-unknown");
        assertThat(heap() - before).isLessThan(32 << 20);
        pekoPay.fault = RawPekoPay.text(RawPekoPay.CREATED);
    }

    /** On a busy machine a mint may outlast a shopper's patience. */
    private String token(String flow) {
        return EdgeUnderTest.token(Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .until(
                        () -> edge.get("/t/good/api/payment-token/refresh", "X-Checkout-Flow", flow),
                        answer -> answer.statusCode() == 200));
    }

    private static long heap() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
