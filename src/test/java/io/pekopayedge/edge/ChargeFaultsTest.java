package io.pekopayedge.edge;

import static io.pekopayedge.edge.Problems.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pekopayedge.ledger.Digest;
import java.io.IOException;
import java.io.OutputStream;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** What happens upstream, row by row: what the client is told, what the token is afterwards, how often it was sent. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ChargeFaultsTest {
    private static final int TIMEOUT_MILLIS = 1500;

    private RawPekoPay pekoPay;
    private EdgeUnderTest edge;

    @BeforeAll
    void start() throws IOException {
        pekoPay = new RawPekoPay();
        edge = EdgeUnderTest.start(
                tenants -> tenants.add("acme", pekoPay.url()),
                "pekopay.edge.charge.timeout=" + TIMEOUT_MILLIS + "ms",
                "pekopay.edge.breaker.window=10000");
    }

    @AfterAll
    void stop() {
        edge.close();
        pekoPay.close();
    }

    private HttpResponse<String> chargeMeeting(RawPekoPay.Fault fault, String flow, String token) {
        pekoPay.fault = fault;
        HttpResponse<String> answer = edge.charge("acme", flow, token);
        pekoPay.fault = RawPekoPay.text(RawPekoPay.CREATED);
        return answer;
    }

    /** Answers how long the first answer took. */
    private Duration assertUnknown(RawPekoPay.Fault fault, int status, String problem) {
        String flow = flow();
        String token = edge.refresh("acme", flow);
        long begun = System.nanoTime();
        HttpResponse<String> first = chargeMeeting(fault, flow, token);
        Duration took = Duration.ofNanos(System.nanoTime() - begun);
        assertProblem(first, status, problem);
        assertNothingOfPekoPays(first);
        assertThat(first.headers().firstValue("Proxy-Status"))
                .hasValueSatisfying(v -> assertThat(v).startsWith("pekopay-edge; error="));
        assertProblem(edge.charge("acme", flow, token), 409, "charge-outcome-unknown");
        assertProblem(edge.backendCharge("acme", token), 409, "charge-outcome-unknown");
        assertThat(pekoPay.chargesOf(token)).isEqualTo(1);
        return took;
    }

    private static void assertNothingOfPekoPays(HttpResponse<String> answer) {
        assertThat(answer.headers().map())
                .doesNotContainKeys("location", "set-cookie", "www-authenticate", "server", "x-echo");
        assertThat(answer.body()).doesNotContain("secret");
    }

    private void assertFree(RawPekoPay.Fault fault, int status, String problem) {
        String flow = flow();
        String token = edge.refresh("acme", flow);
        HttpResponse<String> first = chargeMeeting(fault, flow, token);
        assertProblem(first, status, problem);
        assertNothingOfPekoPays(first);
        assertThat(edge.charge("acme", flow, token).statusCode()).isEqualTo(201);
    }

    static String flow() {
        return UUID.randomUUID().toString();
    }

    @ParameterizedTest
    @CsvSource({"500", "502", "503", "504", "408", "425", "599"})
    void charge_answeredWithDoubt_isUnknown(int status) {
        assertUnknown(
                RawPekoPay.text("HTTP/1.1 " + status + " X\r\nContent-Length: 6\r\nRetry-After: 3\r\nServer: peko\r\n"
                        + "Set-Cookie: a=b\r\nX-Echo: a-secret\r\n\r\nsecret"),
                504,
                "charge-outcome-unknown");
    }

    @ParameterizedTest
    @CsvSource({"301", "302", "303", "307", "308", "304"})
    void charge_redirected_isUnknownAndNotFollowed(int status) {
        int before = pekoPay.charges();
        assertUnknown(
                RawPekoPay.text("HTTP/1.1 " + status + " X\r\nLocation: " + pekoPay.url()
                        + "/tenants/acme/elsewhere\r\nContent-Length: 0\r\n\r\n"),
                502,
                "upstream-error");
        assertThat(pekoPay.charges()).isEqualTo(before + 1);
        assertThat(pekoPay.elsewhere).hasValue(0);
    }

    @Test
    void charge_resetAfterReceived_isUnknown() {
        assertUnknown(RawPekoPay.reset(), 504, "charge-outcome-unknown");
    }

    @Test
    void charge_closedAfterReceived_isUnknown() {
        assertUnknown(RawPekoPay.textThenClose(""), 504, "charge-outcome-unknown");
    }

    @Test
    void charge_halfHeader_isUnknown() {
        assertUnknown(RawPekoPay.textThenClose("HTTP/1.1 201 Cre"), 504, "charge-outcome-unknown");
    }

    @Test
    void charge_truncatedBody_isUnknownAndNothingPartialComes() {
        assertUnknown(
                RawPekoPay.textThenClose("HTTP/1.1 201 Created\r\nContent-Length: 100\r\n\r\n{\"id\":"),
                504,
                "charge-outcome-unknown");
    }

    @Test
    void charge_truncatedChunks_isUnknown() {
        assertUnknown(
                RawPekoPay.textThenClose("HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"id\""),
                504,
                "charge-outcome-unknown");
    }

    @Test
    void charge_garbage_isUnknown() {
        assertUnknown(RawPekoPay.textThenClose("\u0000\u0001 garbage\r\n\r\n"), 504, "charge-outcome-unknown");
    }

    @Test
    void charge_lengthAndChunked_isUnknown() {
        assertUnknown(
                RawPekoPay.text("HTTP/1.1 201 Created\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n"
                        + "2\r\n{}\r\n0\r\n\r\n"),
                504,
                "charge-outcome-unknown");
    }

    @Test
    void charge_coded_isUnknown() {
        assertUnknown(
                RawPekoPay.text("HTTP/1.1 201 Created\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}"),
                504,
                "charge-outcome-unknown");
    }

    @Test
    void charge_hundredMegabytes_isUnknownAndNotRead() {
        assertUnknown(
                (socket, out) -> {
                    out.write("HTTP/1.1 201 Created\r\nContent-Length: 104857600\r\n\r\n"
                            .getBytes(StandardCharsets.US_ASCII));
                    byte[] megabyte = new byte[1 << 20];
                    for (int i = 0; i < 100; i++) {
                        out.write(megabyte);
                    }
                },
                504,
                "charge-outcome-unknown");
    }

    @Test
    void charge_lateAnswer_isUnknownAtTheLimit() {
        assertBounded((socket, out) -> TimeUnit.SECONDS.sleep(4));
    }

    @Test
    void charge_drippingBody_isUnknownAtTheLimit() {
        assertBounded((socket, out) -> {
            out.write("HTTP/1.1 201 Created\r\nContent-Length: 11\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            for (byte b : "{\"ok\":true}".getBytes(StandardCharsets.US_ASCII)) {
                out.write(b);
                out.flush();
                TimeUnit.MILLISECONDS.sleep(400);
            }
        });
    }

    /** The limit and 200 ms; a busy machine makes some later, never all. */
    private void assertBounded(RawPekoPay.Fault fault) {
        Duration took = assertUnknown(fault, 504, "charge-outcome-unknown");
        for (int i = 0; i < 4 && took.toMillis() > TIMEOUT_MILLIS + 200; i++) {
            took = assertUnknown(fault, 504, "charge-outcome-unknown");
        }
        assertThat(took.toMillis()).isBetween((long) TIMEOUT_MILLIS, TIMEOUT_MILLIS + 200L);
        System.out.println("F3, F4: 504 after " + took.toMillis() + " ms at a limit of " + TIMEOUT_MILLIS + " ms");
    }

    @ParameterizedTest
    @CsvSource({"100", "102", "103"})
    void charge_interimAnswersFirst_areNotFinal(int status) {
        String flow = flow();
        String token = edge.refresh("acme", flow);
        HttpResponse<String> answer = chargeMeeting(
                RawPekoPay.text("HTTP/1.1 " + status + " Early\r\nLink: </x>\r\n\r\n" + RawPekoPay.CREATED),
                flow,
                token);
        assertThat(answer.statusCode()).isEqualTo(201);
        assertThat(answer.body()).isEqualTo("{\"ok\":true}");
        assertThat(answer.headers().firstValue("Link")).isEmpty();
    }

    @Test
    void charge_credentialsRefused_isFree() {
        assertFree(
                RawPekoPay.text("HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=x\r\nX-Echo: a-secret\r\n"
                        + "Content-Length: 6\r\n\r\nsecret"),
                502,
                "credentials-refused");
    }

    @Test
    void charge_forbiddenWithoutJson_isFree() {
        assertFree(
                RawPekoPay.text("HTTP/1.1 403 Forbidden\r\nContent-Type: text/html\r\nContent-Length: 2\r\n\r\nno"),
                502,
                "credentials-refused");
        assertFree(
                RawPekoPay.text("HTTP/1.1 403 Forbidden\r\nContent-Length: 9\r\n\r\nForbidden"),
                502,
                "credentials-refused");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Content-Type: text/plain\r\n",
                "Content-Type: Application/Problem+JSON\r\n",
                "Content-Type: application/octet-stream\r\n"
            })
    void charge_forbiddenWithJson_isAnAnswer_whateverItIsCalled(String type) {
        String flow = flow();
        String token = edge.refresh("acme", flow);
        HttpResponse<String> answer = chargeMeeting(
                RawPekoPay.text("HTTP/1.1 403 Forbidden\r\n" + type + "Content-Length: 15\r\n\r\n{\"error\":\"risk\"}"),
                flow,
                token);
        assertThat(answer.statusCode()).isEqualTo(403);
        assertThat(edge.charge("acme", flow, token).statusCode()).isEqualTo(403);
        assertThat(pekoPay.chargesOf(token)).isEqualTo(1);
    }

    @Test
    void charge_forbiddenWithJson_isAnAnswer() {
        String flow = flow();
        String token = edge.refresh("acme", flow);
        HttpResponse<String> answer = chargeMeeting(
                RawPekoPay.text("HTTP/1.1 403 Forbidden\r\nContent-Type: application/json\r\nContent-Length: 2\r\n"
                        + "Set-Cookie: a=b\r\nServer: peko\r\nWWW-Authenticate: x\r\nLocation: /y\r\n\r\n{}"),
                flow,
                token);
        assertThat(answer.statusCode()).isEqualTo(403);
        assertThat(answer.body()).isEqualTo("{}");
        assertThat(answer.headers().map()).doesNotContainKeys("set-cookie", "server", "www-authenticate", "location");
        assertThat(edge.charge("acme", flow, token).headers().firstValue("Idempotency-Replayed"))
                .hasValue("true");
        assertThat(pekoPay.chargesOf(token)).isEqualTo(1);
    }

    @Test
    void charge_tooManyRequests_isFreeWithItsRetryAfter() {
        String flow = flow();
        String token = edge.refresh("acme", flow);
        HttpResponse<String> answer = chargeMeeting(
                RawPekoPay.text("HTTP/1.1 429 Slow down\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n"), flow, token);
        assertProblem(answer, 429, "rate-limited");
        assertThat(answer.headers().firstValue("Retry-After")).hasValue("7");
        assertThat(edge.charge("acme", flow, token).statusCode()).isEqualTo(201);
    }

    @Test
    void charge_declinedWithFields_passesOnThoseOfItsFace_firstAndAgain() {
        String fields = "Retry-After: 7\r\nETag: \"1\"\r\nLink: <a>; rel=a\r\nLink: <b>; rel=b\r\n"
                + "Location: /tenants/acme/transactions/1\r\nX-Echo: a-secret\r\n";
        pekoPay.fault = RawPekoPay.text("HTTP/1.1 402 No\r\n" + fields + "Content-Length: 0\r\n\r\n");
        String flow = flow();
        String paged = edge.refresh("acme", flow);
        String served = edge.refresh("acme", flow());
        for (int turn = 0; turn < 2; turn++) {
            HttpResponse<String> page = edge.charge("acme", flow, paged);
            HttpResponse<String> backend = edge.backendCharge("acme", served);
            for (HttpResponse<String> answer : List.of(page, backend)) {
                assertThat(answer.statusCode()).isEqualTo(402);
                assertThat(answer.headers().firstValue("Idempotency-Replayed").isPresent())
                        .isEqualTo(turn == 1);
                assertThat(answer.headers().allValues("Retry-After")).containsExactly("7");
                assertThat(answer.headers().map()).doesNotContainKey("x-echo");
            }
            assertThat(page.headers().map()).doesNotContainKeys("etag", "link", "location");
            assertThat(backend.headers().allValues("ETag")).containsExactly("\"1\"");
            assertThat(backend.headers().allValues("Link")).containsExactly("<a>; rel=a, <b>; rel=b");
            assertThat(backend.headers().allValues("Location")).containsExactly("/tenants/acme/transactions/1");
        }
        pekoPay.fault = RawPekoPay.text(RawPekoPay.CREATED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Retry-After", "Link", "ETag", "Content-Type"})
    void charge_secretInAField_isWithheld(String field) {
        String flow = flow();
        HttpResponse<String> decline = chargeMeeting(
                RawPekoPay.text("HTTP/1.1 402 No\r\nLink: <a>\r\n" + field + ": " + EdgeUnderTest.secret("acme")
                        + "\r\nContent-Length: 0\r\n\r\n"),
                flow,
                edge.refresh("acme", flow));
        assertProblem(decline, 502, "upstream-error");
        assertThat(decline.headers().map().toString()).doesNotContain(EdgeUnderTest.secret("acme"));
    }

    @Test
    void charge_secretEchoed_losesItsBodyAndKeepsItsStatus() {
        String flow = flow();
        String token = edge.refresh("acme", flow);
        String echo = "{\"debug\":\"" + EdgeUnderTest.secret("acme") + "\"}";
        HttpResponse<String> answer = chargeMeeting(
                RawPekoPay.text("HTTP/1.1 201 Created\r\nContent-Length: " + echo.length() + "\r\n\r\n" + echo),
                flow,
                token);
        assertThat(answer.statusCode()).isEqualTo(201);
        assertThat(answer.body()).isEqualTo("{}");
        String other = edge.refresh("acme", flow());
        HttpResponse<String> decline = chargeMeeting(
                RawPekoPay.text("HTTP/1.1 402 No\r\nContent-Length: " + echo.length() + "\r\n\r\n" + echo),
                flow,
                edge.refresh("acme", flow));
        assertProblem(decline, 502, "upstream-error");
        assertThat(decline.body()).doesNotContain("secret-of");
        assertThat(other).isNotEqualTo(token);
    }

    @Test
    @ExtendWith(OutputCaptureExtension.class)
    void charge_clientLeaves_runsOnAndItsRepeatGetsTheAnswer(CapturedOutput output) throws Exception {
        String flow = flow();
        String token = edge.refresh("acme", flow);
        CountDownLatch arrived = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        pekoPay.fault = (socket, out) -> {
            arrived.countDown();
            go.await(5, TimeUnit.SECONDS);
            out.write(RawPekoPay.CREATED.getBytes(StandardCharsets.US_ASCII));
        };
        try (java.net.Socket client = new java.net.Socket("localhost", edge.port())) {
            String body = EdgeUnderTest.body(token);
            OutputStream out = client.getOutputStream();
            out.write(("POST /t/acme/api/checkout/charge HTTP/1.1\r\nHost: localhost\r\nX-Checkout-Flow: " + flow
                            + "\r\nContent-Type: application/json\r\nContent-Length: " + body.length() + "\r\n\r\n"
                            + body)
                    .getBytes(StandardCharsets.US_ASCII));
            out.flush();
            assertThat(arrived.await(5, TimeUnit.SECONDS)).isTrue();
        }
        go.countDown();
        HttpResponse<String> repeat = edge.charge("acme", flow, token);
        assertThat(repeat.statusCode()).isEqualTo(201);
        assertThat(repeat.headers().firstValue("Idempotency-Replayed")).hasValue("true");
        assertThat(pekoPay.chargesOf(token)).isEqualTo(1);
        // Support finds what became of it, although nobody was there to be told.
        await().until(() -> output.getAll().contains("charge ended")); // written a moment later
        assertThat(output.getAll().lines().filter(line -> line.contains("charge ended")))
                .singleElement()
                .satisfies(line -> assertThat(line)
                        .contains("accepted", "answered", Digest.ofToken(token).id())
                        .doesNotContain(token));
    }

    /** F2: three impatient clients each, while PekoPay resets what it has received. */
    @Test
    void charge_resetWithImpatientClients_isSentOnce() {
        int tokens = Integer.getInteger("chaos.resets", 60);
        pekoPay.fault = RawPekoPay.reset();
        for (int i = 0; i < tokens; i++) {
            String flow = flow();
            String token = edge.refresh("acme", flow);
            List<CompletableFuture<HttpResponse<String>>> clicks = new ArrayList<>();
            for (int click = 0; click < 3; click++) {
                clicks.add(edge.chargeAsync("acme", flow, token));
            }
            clicks.forEach(click -> assertThat(click.join().statusCode()).isIn(504, 409));
            assertThat(clicks.stream()
                            .map(CompletableFuture::join)
                            .filter(answer -> answer.statusCode() == 504
                                    && answer.headers()
                                            .firstValue("Idempotency-Replayed")
                                            .isEmpty()))
                    .hasSize(1);
            assertThat(pekoPay.chargesOf(token)).isEqualTo(1);
        }
        System.out.println("F2: " + tokens + " tokens, 3 clients each, reset after receive: 1 charge each");
    }

    /** F15: many clicks at once have one effect, and nobody sees an error. */
    @Test
    void charge_manyClicks_haveOneEffectAndOneAnswer() {
        int rounds = Integer.getInteger("chaos.clicks", 120);
        for (int round = 0; round < rounds; round++) {
            String flow = flow();
            String token = edge.refresh("acme", flow);
            List<CompletableFuture<HttpResponse<String>>> clicks = new ArrayList<>();
            for (int click = 0; click < 2 + round % 49; click++) {
                clicks.add(edge.chargeAsync("acme", flow, token));
            }
            clicks.forEach(click -> {
                assertThat(click.join().statusCode()).isEqualTo(201);
                assertThat(click.join().body()).isEqualTo("{\"ok\":true}");
            });
            assertThat(clicks.stream()
                            .filter(click -> click.join()
                                    .headers()
                                    .firstValue("Idempotency-Replayed")
                                    .isEmpty()))
                    .hasSize(1);
            assertThat(pekoPay.chargesOf(token)).isEqualTo(1);
        }
        System.out.println("F15: " + rounds + " rounds of 2-50 clicks: 1 effect each, no error");
    }
}
