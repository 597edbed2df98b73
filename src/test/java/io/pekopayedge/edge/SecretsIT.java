package io.pekopayedge.edge;

import static io.pekopayedge.edge.EdgeUnderTest.sha256;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.pekopayedge.sandbox.Behaviour;
import io.pekopayedge.sandbox.Call;
import io.pekopayedge.sandbox.PekoPaySandbox;
import io.pekopayedge.sandbox.Reply;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.provider.Arguments;

/**
 * The packaged gateway with every logger at DEBUG, and those that must stay quiet asked for more, goes through good days and
 * bad ones; then its log, its answers, its spans, its management port and its command line are searched for what went in.
 */
class SecretsIT {
    private static final String CLIENT_SECRET = "s3cr+t/m%rk 7Q=\u00FC&~current";
    private static final String PREVIOUS_SECRET = "s3cr+t/m%rk 7Q=\u00FC&~previous";
    private static final String BROKEN_SECRET = "s3cretInABrokenFile7Q";
    private static final String API_KEY = "apikey-7Q+/=mark-for-acme-backend";
    private static final String OPERATOR_KEY = "operator-7Q+/=mark-key";
    private static final String HEADER_FLOW = "flow-of-a-header-7Q-mark";
    private static final String COOKIE_FLOW = "flow-of-cookie-7Q-mark";
    private static final String SHOP_COOKIE = "session-of-the-shop-7Q-mark";
    private static final String BODY = "body-7Q-mark";
    private static final String QUERY = "query-7Q-mark";
    private static final String PATH = "path-7Q-mark";
    private static final String CALLERS_KEY = "idempotency-7Q-mark-of-the-caller";
    private static final String CARD = "5555555555554444";
    private static final String BEARER = "Bearer " + API_KEY;

    @TempDir
    Path folder;

    private final Queue<String> answers = new ConcurrentLinkedQueue<>();
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private PekoPaySandbox pekoPay;
    private int port;
    private int management;

    @Test
    void nothingSecret_isFoundAnywhere_atDebug() throws Exception {
        Queue<byte[]> spans = new ConcurrentLinkedQueue<>();
        HttpServer collector = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        collector.createContext("/", exchange -> {
            spans.add(exchange.getRequestBody().readAllBytes());
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        collector.start();
        Path log = folder.resolve("log");
        pekoPay = PekoPaySandbox.start().addClient("acme", "acme-client-7Q-mark", PREVIOUS_SECRET);
        write("acme", CLIENT_SECRET);
        Process gateway = launch(log, collector.getAddress().getPort());
        try (PekoPaySandbox open = pekoPay) {
            await().atMost(Duration.ofSeconds(120)).until(() -> {
                assertThat(gateway.isAlive()).as(() -> tail(log)).isTrue();
                return Files.readString(log).contains("Started EdgeApplication");
            });
            String command = Files.readString(Path.of("/proc/" + gateway.pid() + "/cmdline"));
            // PekoPay knows the previous pair alone at first: every call is a refusal and a second try.
            days(List.of(Behaviour.answering(Reply.empty(500))));
            pekoPay.addClient("acme", "acme-client-7Q-mark", CLIENT_SECRET);
            days(faults());
            badInput();
            files();
            String managed = managed();
            gateway.destroy();
            assertThat(gateway.waitFor(60, TimeUnit.SECONDS)).isTrue();

            Secrets credentials = new Secrets()
                    .add("client secret", CLIENT_SECRET)
                    .add("previous secret", PREVIOUS_SECRET)
                    .add("secret of a bad file", BROKEN_SECRET)
                    .add("Basic value", basic("acme-client-7Q-mark", CLIENT_SECRET))
                    .add("previous Basic value", basic("acme-client-7Q-mark", PREVIOUS_SECRET))
                    .add("API key", API_KEY)
                    .add("operator's key", OPERATOR_KEY)
                    .add("card", CARD);
            Secrets all = new Secrets()
                    .add("flow of a header", HEADER_FLOW)
                    .add("flow of a cookie", COOKIE_FLOW)
                    .add("shop's cookie", SHOP_COOKIE)
                    .add("body", BODY)
                    .add("query", QUERY)
                    .add("path", PATH)
                    .add("caller's Idempotency-Key", CALLERS_KEY)
                    .add("bad input", "Zebra77");
            pekoPay.mints().forEach(mint -> all.add("payment token", mint.token()));
            pekoPay.calls().stream()
                    .map(call -> call.header("Idempotency-Key"))
                    .filter(key -> key != null && !key.equals(CALLERS_KEY))
                    .distinct()
                    .forEach(key -> all.add("derived Idempotency-Key", key));
            String spanned =
                    String.join("", spans.stream().map(SecretsIT::latin1).toList());
            String logged = latin1(Files.readAllBytes(log));
            System.out.printf(
                    "searched for %d shapes of secrets in %d KB of log at DEBUG, %d answers, %d KB of spans, %d KB of management%n",
                    credentials.size() + all.size(),
                    logged.length() >> 10,
                    answers.size(),
                    spanned.length() >> 10,
                    managed.length() >> 10);
            // A search that could not find anything would prove nothing.
            assertThat(logged).contains(" DEBUG ", "tenant=\"acme\"", "is not taken: it would log what is secret");
            assertThat(spanned).contains("acme");
            assertThat(answers).hasSizeGreaterThan(100);
            assertThat(pekoPay.mints()).hasSizeGreaterThan(10);
            for (Secrets secrets : List.of(credentials, all)) {
                assertThat(secrets.in(logged)).as("log").isEmpty();
                assertThat(secrets.in(spanned)).as("spans").isEmpty();
                assertThat(secrets.in(managed)).as("management port").isEmpty();
                assertThat(secrets.in(command)).as("process arguments").isEmpty();
            }
            for (String answer : answers) {
                assertThat(credentials.in(answer)).as("answer").isEmpty();
            }
        } finally {
            gateway.destroyForcibly();
            collector.stop(0);
        }
    }

    private static String latin1(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    private static String basic(String id, String secret) {
        return Base64.getEncoder().encodeToString((id + ":" + secret).getBytes(StandardCharsets.UTF_8));
    }

    private Process launch(Path log, int collector) throws IOException {
        port = freePort();
        management = freePort();
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-jar",
                Path.of(System.getProperty("edge.jar")).toAbsolutePath().toString(),
                "--server.port=" + port,
                "--management.server.port=" + management,
                "--management.otlp.tracing.endpoint=http://127.0.0.1:" + collector + "/v1/traces",
                "--management.tracing.sampling.probability=1.0",
                "--pekopay.edge.tenants.location=" + folder.resolve("tenants"),
                "--pekopay.edge.tenants.poll=200ms",
                "--pekopay.edge.operator.key-sha256=" + sha256(OPERATOR_KEY),
                "--pekopay.edge.charge.timeout=500ms",
                "--pekopay.edge.breaker.window=10000",
                "--pekopay.edge.limits.refresh-per-flow=100000/1m",
                "--pekopay.edge.limits.refresh-per-client=100000/1m",
                "--pekopay.edge.limits.charge-per-client=100000/1m",
                "--pekopay.edge.limits.declines-per-client=100000/1h",
                "--pekopay.edge.limits.declines-per-flow=100000/1h",
                "--logging.structured.format.console=",
                "--logging.level.root=DEBUG"));
        for (String logger : List.of(
                "io.netty",
                "reactor.netty",
                "reactor.netty.http.server.HttpServerOperations",
                "org.springframework.web",
                "org.springframework.http",
                "org.springframework.cloud.gateway")) {
            command.add("--logging.level." + logger + "=TRACE");
        }
        return new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private void write(String name, String secret) throws IOException {
        Path tenants = Files.createDirectories(folder.resolve("tenants"));
        Files.writeString(tenants.resolve(name + ".yml"), """
                tenant-id: acme
                base-url: %1$s
                hosts: [acme.localhost]
                storefront: %1$s
                credentials: {client-id: acme-client-7Q-mark, client-secret: "%2$s"}
                previous-credentials: {client-id: acme-client-7Q-mark, client-secret: "%3$s"}
                api-keys: [{id: backend, sha256: %4$s}]
                """.formatted(
                        pekoPay.baseUrl(), secret, PREVIOUS_SECRET, sha256(API_KEY)));
    }

    /** All that PekoPay should not do. */
    private static List<Behaviour> faults() {
        String echo = "{\"you sent\":\"Basic " + basic("acme-client-7Q-mark", CLIENT_SECRET) + "\",\"or\":\""
                + CLIENT_SECRET + PREVIOUS_SECRET + "\"}";
        Map<String, String> fields = Map.of(
                "Content-Type",
                "application/json",
                "WWW-Authenticate",
                "Basic realm=" + BODY,
                "Set-Cookie",
                "a=" + SHOP_COOKIE,
                "Location",
                "http://evil.example/" + BODY,
                "X-Echo",
                CLIENT_SECRET.replaceAll("[^!-~]", ""));
        byte[] body = echo.getBytes(StandardCharsets.UTF_8);
        List<Behaviour> faults = new ArrayList<>(List.of(
                Behaviour.workingThenReset(),
                Behaviour.workingThenClose(),
                Behaviour.late(Duration.ofMillis(700)),
                Behaviour.workingThenAnswering(new Reply(200, Map.of("Content-Encoding", "gzip"), body))));
        for (int status : List.of(200, 302, 400, 401, 402, 403, 429, 500, 503)) {
            faults.add(Behaviour.workingThenAnswering(new Reply(status, fields, body)));
        }
        return faults;
    }

    /** Both faces and the shop, on a good day, then with each fault. */
    private void days(List<Behaviour> faults) {
        charge(null);
        for (Behaviour fault : faults) {
            charge(fault);
            try (var mint = pekoPay.once(Call::isMint, fault)) {
                send("GET", "/payment-token/acme/generate", null, "Authorization", BEARER);
            }
            try (var stream = pekoPay.on(call -> call.path().contains("/plans"), fault)) {
                send("GET", "/tenants/acme/plans?q=" + QUERY, null, "Authorization", BEARER);
                send(
                        "POST",
                        "/tenants/acme/plans/" + PATH,
                        BODY,
                        "Authorization",
                        basicKey(),
                        "Idempotency-Key",
                        CALLERS_KEY);
            }
            try (var shop = pekoPay.on(call -> call.path().startsWith("/shop"), fault)) {
                shop();
            }
        }
        send(
                "GET",
                "/t/acme/api/payment-token/refresh?q=" + QUERY,
                null,
                "X-Forwarded-For",
                BODY,
                "X-Request-Id",
                BODY);
        send(
                "POST",
                "/t/acme/api/checkout/charge",
                "{\"paymentToken\":\"a\",\"n\":\"" + CARD + "\"}",
                "Content-Type",
                "application/json");
        send("GET", "/tenants/acme/plans", null, "Authorization", "Bearer wrong-" + BODY);
    }

    private void shop() {
        try (Wire wire = new Wire(port)) {
            // What the shop itself says is its own affair.
            assertThat(wire.send("POST /shop/" + PATH + "?q=" + QUERY + " HTTP/1.1\r\nHost: acme.localhost\r\n"
                                    + "Connection: close\r\nCookie: a=" + SHOP_COOKIE + "; __Host-checkout-flow="
                                    + COOKIE_FLOW
                                    + "\r\nAuthorization: " + BEARER + "\r\nContent-Length: " + BODY.length()
                                    + "\r\n\r\n"
                                    + BODY)
                            .rest(10_000)
                            .closed())
                    .isTrue();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String tail(Path log) {
        try {
            String all = latin1(Files.readAllBytes(log));
            return all.substring(Math.max(0, all.length() - 2000));
        } catch (IOException e) {
            return e.toString();
        }
    }

    private static String basicKey() {
        return "Basic " + basic("backend", API_KEY);
    }

    /** A refresh and a charge by page, then by server, and each again. */
    private void charge(Behaviour fault) {
        String[] flow = {"X-Checkout-Flow", HEADER_FLOW, "Cookie", "__Host-checkout-flow=" + COOKIE_FLOW};
        String[] cookie = {"Cookie", "__Host-checkout-flow=" + COOKIE_FLOW};
        for (String[] of : List.of(flow, cookie)) {
            String token = token(send("GET", "/t/acme/api/payment-token/refresh", null, of));
            try (var script = fault == null
                    ? pekoPay.on(call -> false, Behaviour.hanging())
                    : pekoPay.once(Call::isCharge, fault)) {
                String json = "{\"paymentToken\":\"" + token + "\",\"customerId\":\"" + BODY + "\"}";
                String[] all = Stream.concat(Stream.of(of), Stream.of("Content-Type", "application/json"))
                        .toArray(String[]::new);
                send("POST", "/t/acme/api/checkout/charge?q=" + QUERY, json, all);
                send("POST", "/t/acme/api/checkout/charge?q=" + QUERY, json, all);
                send(
                        "POST",
                        "/tenants/acme/transactions",
                        json,
                        "Content-Type",
                        "application/json",
                        "Authorization",
                        BEARER,
                        "Idempotency-Key",
                        CALLERS_KEY);
            }
        }
    }

    private static String token(String answer) {
        int at = answer.indexOf("\"token\":\"");
        return at < 0 ? "sess_none" : answer.substring(at + 9, answer.indexOf('"', at + 9));
    }

    private String send(String method, String path, String body, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
                .timeout(Duration.ofSeconds(30))
                .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        var answer = client.sendAsync(request.build(), BodyHandlers.ofString()).join();
        answers.add(answer.statusCode() + " " + answer.headers().map() + " " + answer.body());
        return answer.body();
    }

    private void badInput() throws IOException {
        List<Arguments> rows =
                Stream.concat(BadInputTest.framing(), BadInputTest.bodies()).toList();
        for (int i = 0; i < rows.size(); i += 3) {
            String bytes = ((String) rows.get(i).get()[1]).replace(EdgeUnderTest.apiKey("acme"), API_KEY);
            try (Wire wire = new Wire(port)) {
                answers.add(wire.send(bytes).rest(10_000).text());
            }
        }
    }

    /** Tenant files that are wrong, each around a secret. */
    private void files() throws IOException {
        Path tenants = folder.resolve("tenants");
        Files.writeString(
                tenants.resolve("b1.yml"), "tenant-id: b1\ncredentials: {client-secret: \"" + BROKEN_SECRET + "\n");
        Files.writeString(tenants.resolve("b2.yml"), "tenant-id: b2\nclient-secret: " + BROKEN_SECRET + "\n");
        Files.writeString(
                tenants.resolve("b3.yml"),
                "tenant-id: b3\nenvironment: sandbox\ncredentials: {client-id: 'a:b', client-secret: [" + BROKEN_SECRET
                        + "]}\n");
        Files.writeString(tenants.resolve("b4.yml"), "tenant-id: b4\n" + BROKEN_SECRET + "\n");
        Files.writeString(tenants.resolve("b5.yml"), BROKEN_SECRET + ": &a [*a, *" + BROKEN_SECRET + "]\n");
        await().atMost(Duration.ofSeconds(30))
                .until(() -> manage("GET", "/actuator/tenants", null).contains("b5.yml"));
    }

    private String managed() {
        StringBuilder all = new StringBuilder();
        for (String path : List.of(
                "/actuator",
                "/actuator/health",
                "/actuator/info",
                "/actuator/prometheus",
                "/actuator/tenants",
                "/actuator/charges",
                "/actuator/charges?state=unknown",
                "/actuator/env",
                "/actuator/configprops",
                "/actuator/heapdump",
                "/actuator/loggers",
                "/actuator/gateway/routes",
                "/actuator/beans",
                "/actuator/mappings",
                "/actuator/conditions",
                "/actuator/threaddump",
                "/console",
                "/console/",
                "/console/console.js",
                "/console/charges.js",
                "/" + PATH.substring(0, 2))) {
            all.append(manage("GET", path, null)).append('\n');
        }
        all.append(manage(
                "POST", "/actuator/charges/0123456789abcdef", "{\"outcome\":\"free\",\"by\":\"x\",\"note\":\"x\"}"));
        return all.toString();
    }

    private String manage(String method, String path, String body) {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:" + management + path))
                .timeout(Duration.ofSeconds(30))
                .header("Authorization", "Bearer " + OPERATOR_KEY)
                .header("Content-Type", "application/json")
                .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
                .build();
        var answer = client.sendAsync(request, BodyHandlers.ofString()).join();
        return answer.statusCode() + " " + answer.headers().map() + " " + answer.body();
    }
}
