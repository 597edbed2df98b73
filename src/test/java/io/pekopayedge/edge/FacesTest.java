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
import io.pekopayedge.token.Reserves;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Sinks;

/** Both faces of the public port, call by call, and what stays on either side. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FacesTest {
    private static final String REFRESH = "/t/acme/api/payment-token/refresh";
    private static final String CHARGE = "/t/acme/api/checkout/charge";
    private static final String BEARER = "Bearer " + apiKey("acme");

    private PekoPaySandbox pekoPay;
    private PekoPaySandbox shop;
    private EdgeUnderTest edge;

    @BeforeAll
    void start() {
        pekoPay = PekoPaySandbox.start();
        shop = PekoPaySandbox.start(); // any server that records what it gets
        for (String tenant : List.of("acme", "bistro", "own", "keyless", "slow")) {
            pekoPay.addClient(tenant, tenant + "-client", EdgeUnderTest.secret(tenant));
        }
        edge = EdgeUnderTest.start(
                tenants -> tenants.add(
                                "acme",
                                pekoPay.baseUrl(),
                                "origins: [https://pay.acme.example]",
                                "storefront: " + shop.baseUrl())
                        .add("bistro", pekoPay.baseUrl(), "storefront: http://127.0.0.1:1")
                        .add("own", pekoPay.baseUrl(), "storefront: " + shop.baseUrl(), "browser-charge: off")
                        .add("slow", pekoPay.baseUrl(), "reserve: {min: 0}")
                        .file("keyless", """
                        tenant-id: keyless
                        base-url: %s
                        credentials: {client-id: keyless-client, client-secret: %s}
                        """.formatted(pekoPay.baseUrl(), EdgeUnderTest.secret("keyless"))),
                "pekopay.edge.flow.same-site=None");
    }

    @BeforeEach
    void shopAnswersAll() {
        shop.on(call -> true, Behaviour.answering(Reply.json(200, Map.of("shop", true))));
    }

    @AfterAll
    void stop() {
        edge.close();
        shop.close();
        pekoPay.close();
    }

    private RawAnswer raw(String request) {
        return RawAnswer.of(edge.port(), request);
    }

    @Test
    void refresh_withoutFlow_setsTheCookie_andItsRepeatReuses() {
        HttpResponse<String> first = edge.get(REFRESH);
        String cookie = first.headers().firstValue("Set-Cookie").orElseThrow();
        assertThat(cookie).matches("__Host-checkout-flow=[A-Za-z0-9_-]{22}; Path=/; Secure; HttpOnly; SameSite=None");
        assertThat(edge.get("/t/bistro/api/payment-token/refresh").headers().firstValue("Set-Cookie"))
                .as("no other site may call it")
                .hasValueSatisfying(value -> assertThat(value).endsWith("; SameSite=Lax"));
        assertThat(first.body()).matches("\\{\"token\":\"sess_[^\"]+\",\"expiresAt\":\"\\d{4}-.*Z\"}");
        assertThat(first.headers().firstValue("Cache-Control")).hasValue("no-store");
        assertThat(first.headers().firstValue("X-Content-Type-Options")).hasValue("nosniff");
        HttpResponse<String> again = edge.get(REFRESH, "Cookie", "a=b; " + cookie.split(";")[0] + "; c=d");
        assertThat(again.body()).isEqualTo(first.body());
        assertThat(again.headers().firstValue("Set-Cookie")).isEmpty();
    }

    @Test
    void refresh_cookieNotOfItsForm_countsAsNone() {
        assertThat(edge.get(REFRESH, "Cookie", "__Host-checkout-flow=short")
                        .headers()
                        .firstValue("Set-Cookie"))
                .isPresent();
    }

    @Test
    void refresh_headerDecides_andSetsNoCookie() {
        HttpResponse<String> answer =
                edge.get(REFRESH, "X-Checkout-Flow", flow(), "Cookie", "__Host-checkout-flow=aaaaaaaaaaaaaaaaaaaaaa");
        assertThat(answer.headers().firstValue("Set-Cookie")).isEmpty();
        assertProblem(edge.get(REFRESH, "X-Checkout-Flow", "too short"), 400, "malformed-request");
    }

    @Test
    void refresh_afterTheCharge_isAnotherToken() {
        String flow = flow();
        String token = edge.refresh("acme", flow);
        assertThat(edge.refresh("acme", flow)).isEqualTo(token);
        edge.charge("acme", flow, token);
        assertThat(edge.refresh("acme", flow)).isNotEqualTo(token);
    }

    @Test
    void oneFlowValue_atTwoTenants_isTwoFlows() {
        String flow = flow();
        assertThat(edge.refresh("acme", flow)).isNotEqualTo(edge.refresh("bistro", flow));
    }

    @ParameterizedTest
    @CsvSource({"DELETE", "PUT", "PATCH", "POST", "HEAD"})
    void refresh_otherMethods_areNotAllowed(String method) {
        int before = pekoPay.mintedTo("acme").size();
        HttpResponse<String> answer = edge.send(method, REFRESH, null);
        assertThat(answer.statusCode()).isEqualTo(405);
        assertThat(answer.headers().firstValue("Allow")).hasValue("GET, OPTIONS");
        assertThat(edge.send(method.equals("POST") ? "GET" : method, CHARGE, null)
                        .headers()
                        .firstValue("Allow"))
                .hasValue("POST, OPTIONS");
        assertThat(pekoPay.mintedTo("acme").size() - before).isLessThan(20);
    }

    @Test
    void tenant_byHostPortAndCaseIgnored_orNone_orTwo() {
        assertThat(raw("GET /api/payment-token/refresh HTTP/1.1\r\nHost: ACME.localhost:1234\r\n\r\n").status)
                .isEqualTo(200);
        assertThat(raw("GET /api/payment-token/refresh HTTP/1.1\r\nHost: nobody\r\n\r\n").text)
                .contains("404 Not Found", "tenant-unknown");
        assertThat(raw("GET " + REFRESH + " HTTP/1.1\r\nHost: bistro.localhost\r\n\r\n").text)
                .contains("400 Bad Request", "tenant-conflict");
        assertProblem(edge.get(REFRESH, "X-Tenant-Id", "bistro"), 400, "tenant-conflict");
        assertThat(edge.get(REFRESH, "X-Tenant-Id", "acme").statusCode()).isEqualTo(200);
        assertThat(edge.get(REFRESH, "X-Tenant-Id", "").statusCode()).isEqualTo(200);
        assertProblem(edge.get("/t/nobody/api/payment-token/refresh"), 404, "tenant-unknown");
    }

    @Test
    void origin_listedOrSame_passes_othersAreRefused() {
        HttpResponse<String> listed = edge.get(REFRESH, "Origin", "https://pay.acme.example");
        assertThat(listed.headers().firstValue("Access-Control-Allow-Origin")).hasValue("https://pay.acme.example");
        assertThat(listed.headers().firstValue("Access-Control-Allow-Credentials"))
                .hasValue("true");
        assertThat(listed.headers().firstValue("Access-Control-Expose-Headers"))
                .hasValue("Retry-After, X-Request-Id, Idempotency-Replayed");
        assertThat(listed.headers().firstValue("Vary")).hasValue("Origin");
        assertThat(edge.get(REFRESH, "Origin", "https://localhost:" + edge.port())
                        .statusCode())
                .isEqualTo(200);
        for (String origin : List.of("https://evil.example", "null", "https://localhost:1")) {
            HttpResponse<String> refused = edge.get(REFRESH, "Origin", origin);
            assertProblem(refused, 403, "origin-refused");
            assertThat(refused.headers().firstValue("Access-Control-Allow-Origin"))
                    .isEmpty();
        }
        assertProblem(edge.get(REFRESH, "Sec-Fetch-Site", "cross-site"), 403, "origin-refused");
        assertThat(edge.get(REFRESH, "Sec-Fetch-Site", "same-site").statusCode())
                .isEqualTo(200);
    }

    @Test
    void preflight_isAnsweredHere() {
        HttpResponse<String> answer = edge.send(
                "OPTIONS", CHARGE, null, "Origin", "https://pay.acme.example", "Access-Control-Request-Method", "POST");
        assertThat(answer.statusCode()).isEqualTo(204);
        assertThat(answer.headers().firstValue("Access-Control-Allow-Methods")).hasValue("GET, POST");
        assertThat(answer.headers().firstValue("Access-Control-Allow-Headers"))
                .hasValue("content-type, x-checkout-flow");
        assertThat(answer.headers().firstValue("Access-Control-Max-Age")).hasValue("600");
        assertProblem(edge.send("OPTIONS", CHARGE, null, "Origin", "https://evil.example"), 403, "origin-refused");
    }

    @Test
    void charge_badBodies_areRefusedAndNothingIsSent() {
        long before = pekoPay.calls().stream().filter(Call::isCharge).count();
        assertProblem(edge.send("POST", CHARGE, "{}", "Content-Type", "text/plain"), 415, "unsupported-media-type");
        assertProblem(edge.send("POST", CHARGE, "{}"), 415, "unsupported-media-type");
        assertProblem(
                edge.send("POST", CHARGE, "{}", "Content-Type", "application/json; charset=utf-16"),
                415,
                "unsupported-media-type");
        assertProblem(edge.post(CHARGE, "{}", "Content-Encoding", "identity"), 415, "unsupported-media-type");
        assertProblem(edge.post(CHARGE, "{"), 400, "malformed-request");
        assertProblem(edge.post(CHARGE, "{} {}"), 400, "malformed-request");
        assertProblem(edge.post(CHARGE, "{}"), 422, "charge-invalid");
        assertProblem(edge.post(CHARGE, "{\"paymentToken\":1}"), 422, "charge-invalid");
        assertProblem(edge.post(CHARGE, "{\"paymentToken\":\"a\",\"payment_token\":\"b\"}"), 422, "charge-invalid");
        assertProblem(edge.post(CHARGE, "{\"paymentToken\":\"a\",\"intent\":\"gift\"}"), 422, "charge-invalid");
        assertProblem(
                edge.post(CHARGE, "{\"paymentToken\":\"a\",\"card\":\"4242 4242 4242 4242\"}"),
                422,
                "card-data-refused");
        assertProblem(
                edge.post(CHARGE + "?note=4242424242424242", "{\"paymentToken\":\"a\"}"), 422, "card-data-refused");
        assertProblem(
                edge.post(CHARGE, "{\"paymentToken\":\"a\"}", "Idempotency-Key", "4242424242424242"),
                422,
                "card-data-refused");
        assertProblem(edge.post(CHARGE, "{\"paymentToken\":\"" + "a".repeat(17_000) + "\"}"), 413, "body-too-large");
        assertThat(pekoPay.calls().stream().filter(Call::isCharge).count()).isEqualTo(before);
    }

    @Test
    void backend_needsAKeyOfThatTenant() {
        String[] paths = {"/payment-token/%s/generate", "/tenants/%s/customers", "/tenants/%s/transactions"};
        for (String path : paths) {
            for (String tenant : List.of("acme", "keyless", "nobody")) {
                String at = path.formatted(tenant);
                for (String[] headers : new String[][] {
                    {},
                    {"Authorization", "Bearer wrong"},
                    {"Authorization", "Bearer " + apiKey("bistro")},
                    {"Authorization", "Basic " + base64("other:" + apiKey("acme"))},
                    {"Authorization", "Basic !!!"},
                    {"Authorization", "Digest x"}
                }) {
                    HttpResponse<String> answer = edge.get(at, headers);
                    assertProblem(answer, 401, "caller-unauthenticated");
                    assertThat(answer.headers().firstValue("WWW-Authenticate")).hasValue("Bearer");
                }
            }
        }
        assertThat(edge.get(
                                "/payment-token/acme/generate",
                                "Authorization",
                                "Basic " + base64("acme-backend:" + apiKey("acme")))
                        .statusCode())
                .isEqualTo(200);
        assertThat(edge.send("POST", "/payment-token/acme/generate", null, "Authorization", BEARER)
                        .statusCode())
                .isEqualTo(200);
        assertThat(edge.send("PUT", "/payment-token/acme/generate", null, "Authorization", BEARER)
                        .statusCode())
                .isEqualTo(405);
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void backend_streamsOthers_withTheTenantsCredentials_andTheRestStaysHere() {
        HttpResponse<String> answer = edge.get(
                "/tenants/acme/customers?page=2&q=a%20b",
                "Authorization",
                BEARER,
                "Cookie",
                "session=1",
                "X-Forwarded-For",
                "1.2.3.4",
                "X-HTTP-Method-Override",
                "DELETE",
                "If-None-Match",
                "\"x\"",
                "Range",
                "bytes=0-1",
                "X-Request-Id",
                "mine");
        assertThat(answer.statusCode()).isEqualTo(200);
        Call sent = pekoPay.calls().stream()
                .filter(call -> call.path().equals("/tenants/acme/customers"))
                .findFirst()
                .orElseThrow();
        assertThat(sent.query()).isEqualTo("page=2&q=a%20b");
        assertOnlyAllowed(sent);
        assertThat(sent.header("X-Request-Id")).isNotEqualTo("mine").matches("[0-9a-f]{32}");
    }

    private static void assertOnlyAllowed(Call sent) {
        Set<String> allowed = Set.of(
                "content-type",
                "content-length",
                "accept",
                "accept-encoding",
                "accept-language",
                "user-agent",
                "idempotency-key",
                "x-request-id",
                "traceparent",
                "tracestate",
                "host",
                "authorization");
        Set<String> names = new TreeSet<>();
        sent.headers().names().forEach(name -> names.add(name.toLowerCase()));
        assertThat(allowed).containsAll(names);
        assertThat(sent.header("Authorization")).startsWith("Basic ");
        assertThat(sent.header("Host")).startsWith("localhost");
    }

    @ParameterizedTest
    @CsvSource({"500,upstream-error", "302,upstream-error", "401,credentials-refused", "503,upstream-error"})
    void backend_badStatuses_becomeProblems(int status, String problem) {
        try (var script = pekoPay.on(
                call -> call.path().equals("/tenants/acme/plans"),
                Behaviour.answering(new Reply(
                        status,
                        Map.of("Location", "http://evil/", "Set-Cookie", "a=b", "WWW-Authenticate", "Basic"),
                        "internal detail".getBytes(StandardCharsets.UTF_8))))) {
            HttpResponse<String> answer = edge.get("/tenants/acme/plans", "Authorization", BEARER);
            assertProblem(answer, 502, problem);
            assertThat(answer.body()).doesNotContain("internal detail");
            assertThat(answer.headers().map())
                    .doesNotContainKeys("location", "set-cookie", "www-authenticate", "server");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 50_000})
    void backend_answersWithTheSecret_areWithheld(int before) {
        Map<String, String> echo =
                Map.of("you sent", "x".repeat(before) + base64("acme-client:" + EdgeUnderTest.secret("acme")));
        try (var script = pekoPay.on(
                call -> call.path().equals("/tenants/acme/plans"), Behaviour.answering(Reply.json(200, echo)))) {
            assertProblem(edge.get("/tenants/acme/plans", "Authorization", BEARER), 502, "upstream-error");
        }
    }

    @Test
    void backend_answerWithTheSecretInAField_isWithheld() {
        try (var script = pekoPay.on(
                call -> call.path().equals("/tenants/acme/plans"),
                Behaviour.answering(Reply.json(200, Map.of()).with("ETag", EdgeUnderTest.secret("acme"))))) {
            assertProblem(edge.get("/tenants/acme/plans", "Authorization", BEARER), 502, "upstream-error");
        }
    }

    /** Some servers decode twice, trim, or drop an ending: to them each would be a charge that nobody remembers. */
    @ParameterizedTest
    @ValueSource(strings = {"%20", "%23", "%3Fa", ".json", "%252f", "%2520", "%2e", ":"})
    void backend_pathThatIsNearlyAnIntents_isRefused(String ending) {
        String path = "/tenants/acme/transactions" + ending;
        long before = pekoPay.calls().size();
        assertProblem(edge.post(path, body("x"), "Authorization", BEARER), 400, "malformed-request");
        assertProblem(
                edge.post("/tenants/acme/%2574ransactions", body("x"), "Authorization", BEARER),
                400,
                "malformed-request");
        assertThat(pekoPay.calls().stream().skip(before))
                .noneMatch(call -> call.path().contains("ransactions"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/txn_1/refund", "-archive", "_2", "2", "/txn%201"})
    void backend_pathThatOnlyBeginsLikeAnIntents_streams(String ending) {
        String path = "/tenants/acme/transactions" + ending;
        try (var script = pekoPay.on(
                call -> call.path().startsWith("/tenants/acme/transactions"),
                Behaviour.answering(Reply.json(200, Map.of())))) {
            assertThat(edge.post(path, "{}", "Authorization", BEARER).statusCode())
                    .isEqualTo(200);
        }
    }

    @Test
    void backend_keepsLinkETagAndItsOwnLocation() {
        try (var script = pekoPay.on(
                call -> call.path().equals("/tenants/acme/plans"),
                Behaviour.answering(new Reply(
                        200,
                        Map.of("Location", pekoPay.baseUrl() + "/tenants/acme/plans/1", "ETag", "\"1\"", "Server", "x"),
                        "[]".getBytes(StandardCharsets.UTF_8))))) {
            HttpResponse<String> answer = edge.get("/tenants/acme/plans", "Authorization", BEARER);
            assertThat(answer.headers().firstValue("Location")).hasValue("/tenants/acme/plans/1");
            assertThat(answer.headers().firstValue("ETag")).hasValue("\"1\"");
            assertThat(answer.headers().firstValue("Server")).isEmpty();
        }
    }

    @Test
    void clientsConnectionOptions_takeNothingAwayUpstream() {
        String flow = flow();
        String token = edge.refresh("acme", flow);
        String body = body(token);
        RawAnswer answer = raw("POST " + CHARGE + " HTTP/1.1\r\nHost: localhost\r\nX-Checkout-Flow: " + flow
                + "\r\nConnection: close, Authorization, Idempotency-Key, Content-Type\r\nAuthorization: Basic eDp5\r\n"
                + "X-Forwarded-Host: evil\r\nX-Forwarded-For: 9.9.9.9\r\nForwarded: for=9.9.9.9\r\nCookie: s=1\r\n"
                + "Content-Type: application/json\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
        assertThat(answer.status).isEqualTo(201);
        Call sent = pekoPay.calls().stream()
                .filter(call -> token.equals(call.paymentToken()))
                .findFirst()
                .orElseThrow();
        assertOnlyAllowed(sent);
        assertThat(sent.header("Authorization"))
                .isEqualTo("Basic " + base64("acme-client:" + EdgeUnderTest.secret("acme")));
        assertThat(sent.header("Idempotency-Key")).isNotNull();
        assertThat(sent.header("Content-Type")).isEqualTo("application/json");
    }

    @Test
    void storefront_getsEverythingButWhatIsOurs() {
        RawAnswer answer = raw("GET /shop/page?x=%7B1%7D HTTP/1.1\r\nHost: acme.localhost:80\r\n"
                + "Cookie: a=b; __Host-checkout-flow=aaaaaaaaaaaaaaaaaaaaaa; c=d\r\n"
                + "Cookie: __Host-checkout-flow =aaaaaaaaaaaaaaaaaaaaaa\r\n"
                + "Authorization: Basic eDp5\r\nAuthorization: " + BEARER
                + "\r\nX-Forwarded-For: 9.9.9.9\r\nX-Own: kept\r\nConnection: close, X-Hop\r\nX-Hop: 1\r\n\r\n");
        assertThat(answer.text).contains("200 OK", "{\"shop\":true}");
        Call got = shop.calls().get(shop.calls().size() - 1);
        assertThat(got.path()).isEqualTo("/shop/page");
        assertThat(got.query()).isEqualTo("x=%7B1%7D");
        assertThat(got.header("Host")).isEqualTo("acme.localhost:80");
        assertThat(got.header("Cookie")).isEqualTo("a=b; c=d");
        assertThat(got.header("Authorization")).isNull();
        assertThat(got.header("X-Own")).isEqualTo("kept");
        assertThat(got.header("X-Hop")).isNull();
        assertThat(got.header("X-Forwarded-For")).isEqualTo("127.0.0.1");
        assertThat(got.header("X-Forwarded-Host")).isEqualTo("acme.localhost:80");
        assertThat(got.header("X-Forwarded-Proto")).isEqualTo("http");
    }

    @ParameterizedTest
    @ValueSource(strings = {"acme", "bistro"})
    void storefront_getsNobodysApiKey(String whose) {
        for (String value : List.of(
                "Bearer " + apiKey(whose),
                "bearer\t" + apiKey(whose),
                "Basic " + base64(whose + "-backend:" + apiKey(whose)),
                "Basic " + base64(":" + apiKey(whose)))) {
            raw("GET /key HTTP/1.1\r\nHost: acme.localhost\r\nAuthorization: " + value
                    + "\r\nConnection: close\r\n\r\n");
            assertThat(shop.calls().get(shop.calls().size() - 1).header("Authorization"))
                    .as(value)
                    .isNull();
        }
        raw(
                "GET /key HTTP/1.1\r\nHost: acme.localhost\r\nAuthorization: Bearer of-the-shop\r\nConnection: close\r\n\r\n");
        assertThat(shop.calls().get(shop.calls().size() - 1).header("Authorization"))
                .isEqualTo("Bearer of-the-shop");
    }

    @Test
    void cardDataOutsideTheBody_isCounted() {
        double before = cardDataRefused();
        String card = "4242424242424242";
        String body = "{\"paymentToken\":\"sess_x\"}";
        assertThat(edge.post("/t/acme/api/checkout/charge?n=" + card, body).statusCode())
                .isEqualTo(422);
        assertThat(edge.post("/t/acme/api/checkout/charge", body, "Idempotency-Key", card)
                        .statusCode())
                .isEqualTo(422);
        assertThat(edge.post("/tenants/acme/transactions", body, "Idempotency-Key", card, "Authorization", BEARER)
                        .statusCode())
                .isEqualTo(422);
        assertThat(cardDataRefused()).isEqualTo(before + 3);
    }

    private double cardDataRefused() {
        return edge.manage("/actuator/prometheus")
                .body()
                .lines()
                .filter(line -> line.startsWith("pekopay_edge_card_data_refused_total{tenant=\"acme\"}"))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                .sum();
    }

    @Test
    void refresh_twoOfOneFlowThatMustWait_getOneToken() throws Exception {
        Sinks.Empty<Void> gate = Sinks.empty();
        String path = "/t/slow/api/payment-token/refresh";
        String flow = "flow-of-one-page-0123456789";
        try (var script = pekoPay.on(call -> call.path().contains("/slow/"), Behaviour.after(gate.asMono()))) {
            var leaves = edge.sendAsync("GET", path, null, "X-Checkout-Flow", flow);
            var one = edge.sendAsync("GET", path, null, "X-Checkout-Flow", flow);
            var two = edge.sendAsync("GET", path, null, "X-Checkout-Flow", flow);
            var other = edge.sendAsync("GET", path, null, "X-Checkout-Flow", "another-" + flow);
            Awaitility.await()
                    .until(() -> edge.bean(Reserves.class).look("slow"), seen -> seen != null && seen.waiting() == 2);
            leaves.cancel(true);
            gate.tryEmitEmpty();
            assertThat(EdgeUnderTest.token(one.get()))
                    .isEqualTo(EdgeUnderTest.token(two.get()))
                    .isNotEqualTo(EdgeUnderTest.token(other.get()));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"__Host-checkout-flow=x; Path=/", "__Host-checkout-flow =x", "=__Host-checkout-flow=x"})
    void storefront_cannotSetTheFlowCookie_andItsOwnCookiesPass(String cookie) {
        try (var script = shop.on(
                call -> call.path().equals("/set"),
                Behaviour.answering(
                        new Reply(200, Map.of("Set-Cookie", cookie), "ok".getBytes(StandardCharsets.UTF_8))))) {
            assertThat(raw("GET /set HTTP/1.1\r\nHost: acme.localhost\r\nConnection: close\r\n\r\n").text)
                    .contains("200 OK")
                    .doesNotContain("checkout-flow");
        }
        try (var script = shop.on(
                call -> call.path().equals("/set"),
                Behaviour.answering(
                        new Reply(200, Map.of("Set-Cookie", "basket=1"), "ok".getBytes(StandardCharsets.UTF_8))))) {
            assertThat(raw("GET /set HTTP/1.1\r\nHost: acme.localhost\r\nConnection: close\r\n\r\n")
                            .text
                            .toLowerCase())
                    .contains("set-cookie: basket=1");
        }
    }

    @Test
    void storefront_unreachable_isABadGateway() {
        assertThat(raw("GET / HTTP/1.1\r\nHost: bistro.localhost\r\nConnection: close\r\n\r\n").text)
                .contains("502 Bad Gateway", "storefront-unreachable");
        assertThat(raw("GET / HTTP/1.1\r\nHost: nobody.localhost\r\nConnection: close\r\n\r\n").text)
                .contains("404 Not Found", "not-found");
    }

    /** Where PekoPay takes a method in any letter case, it is a charge all the same. */
    @ParameterizedTest
    @CsvSource({"post,/transactions", "Post,/Transactions/", "pOST,/tran%C5%BFactions"})
    void backend_chargeInOtherLetters_isSentOnce(String method, String path) {
        String body = body(edge.generate("acme"));
        String request = method + " /tenants/acme" + path + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: " + BEARER
                + "\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: " + body.length()
                + "\r\n\r\n" + body;
        int before = pekoPay.charges().size();
        assertThat(raw(request).status).isEqualTo(201);
        assertThat(raw(request).text.toLowerCase()).contains("201 created", "idempotency-replayed: true");
        assertThat(pekoPay.charges()).hasSize(before + 1);
        assertThat(pekoPay.charges().get(before).call().method()).isEqualTo("POST");
    }

    @Test
    void browserChargeOff_goesToTheStorefront() {
        assertThat(raw("POST /api/checkout/charge HTTP/1.1\r\nHost: own.localhost\r\nContent-Length: 2\r\n"
                                + "Connection: close\r\n\r\n{}")
                        .text)
                .contains("{\"shop\":true}");
        assertThat(shop.calls().get(shop.calls().size() - 1).path()).isEqualTo("/api/checkout/charge");
        assertThat(raw("GET /api/payment-token/refresh HTTP/1.1\r\nHost: own.localhost\r\nConnection: close\r\n\r\n")
                        .text)
                .contains("\"token\":\"sess_");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/tenants//acme/transactions", "/t/acme;x=1/api/checkout/charge", "/t/ac%2fme/api/x"})
    void ownPaths_writtenInADoubtfulWay_areRefused(String path) {
        assertThat(raw("GET " + path + " HTTP/1.1\r\nHost: acme.localhost\r\nConnection: close\r\n\r\n").status)
                .isBetween(400, 499);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/actuator/health", "/actuator/tenants", "/console", "/actuator"})
    void managementPaths_areNotOnThePublicPort(String path) {
        assertProblem(edge.get(path), 404, "not-found");
    }

    @ParameterizedTest
    @ValueSource(strings = {"env", "heapdump", "configprops", "loggers", "gateway", "beans", "threaddump", "mappings"})
    void otherEndpoints_areNowhere(String endpoint) {
        assertThat(edge.manage("/actuator/" + endpoint).statusCode()).isEqualTo(404);
    }

    /** 64 clients, many refreshes each: nobody gets another's token, or another tenant's. */
    @Test
    void refresh_manyClients_neverShareAToken() {
        int rounds = Integer.getInteger("chaos.refreshes", 60);
        Map<String, String> owners = new ConcurrentHashMap<>();
        List<CompletableFuture<Void>> clients = new java.util.ArrayList<>();
        Pattern token = Pattern.compile("\"token\":\"([^\"]+)\"");
        for (int c = 0; c < 64; c++) {
            String tenant = c % 2 == 0 ? "acme" : "bistro";
            String path = "/t/" + tenant + "/api/payment-token/refresh";
            CompletableFuture<Void> client = CompletableFuture.completedFuture(null);
            for (int i = 0; i < rounds; i++) {
                String flow = flow();
                client = client.thenCompose(done -> edge.sendAsync("GET", path, null, "X-Checkout-Flow", flow))
                        .thenAccept(answer -> {
                            Matcher found = token.matcher(answer.body());
                            assertThat(found.find()).as(answer.body()).isTrue();
                            assertThat(owners.put(found.group(1), tenant)).isNull();
                        });
            }
            clients.add(client);
        }
        clients.forEach(CompletableFuture::join);
        assertThat(owners).hasSize(64 * rounds);
        Set<String> acmes = Set.copyOf(pekoPay.mintedTo("acme"));
        owners.forEach((value, tenant) -> assertThat(acmes.contains(value)).isEqualTo(tenant.equals("acme")));
        System.out.println("64 clients x " + rounds + " refreshes: " + owners.size() + " tokens, none twice");
    }
}
