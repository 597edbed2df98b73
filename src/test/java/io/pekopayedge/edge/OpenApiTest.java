package io.pekopayedge.edge;

import static io.pekopayedge.edge.EdgeUnderTest.apiKey;
import static io.pekopayedge.edge.EdgeUnderTest.secret;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.TextNode;
import io.pekopayedge.ledger.AnswerKey;
import io.pekopayedge.ledger.Attempt;
import io.pekopayedge.ledger.Digest;
import io.pekopayedge.ledger.Face;
import io.pekopayedge.ledger.Outcome;
import io.pekopayedge.ledger.TokenLedger;
import io.pekopayedge.problem.Problem;
import io.pekopayedge.sandbox.Behaviour;
import io.pekopayedge.sandbox.Exchange;
import io.pekopayedge.sandbox.PekoPaySandbox;
import io.pekopayedge.sandbox.Reply;
import java.net.URI;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import reactor.core.publisher.Mono;

/**
 * {@code config/openapi.yml} against a running gateway: every operation with every status and problem that the file names
 * is brought about, and whatever comes back is named there, with its fields and the form of its body.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OpenApiTest {
    /** Of HTTP itself. */
    private static final Set<String> TRANSPORT =
            Set.of("Connection", "Content-Length", "Content-Type", "Date", "Transfer-Encoding");

    private static final List<String> EVERY_METHOD = List.of("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS");
    private static final int MOST_CHARGES = 2;
    private static final String OUR_ORIGIN = "https://pay.acme.example";

    private final Set<String> seen = new ConcurrentSkipListSet<>();
    private final Set<String> fieldsSeen = new ConcurrentSkipListSet<>(String.CASE_INSENSITIVE_ORDER);
    private final List<String> complaints = new CopyOnWriteArrayList<>();
    private final List<CompletableFuture<?>> slow = new ArrayList<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private OpenApi openApi;
    private PekoPaySandbox pekoPay;
    private PekoPaySandbox away;
    private EdgeUnderTest edge;

    @BeforeAll
    void start() throws Exception {
        openApi = new OpenApi();
        pekoPay = PekoPaySandbox.start()
                .addClient("acme", "acme-client", secret("acme"))
                .addClient("bistro", "bistro-client", secret("bistro"));
        away = PekoPaySandbox.start().addClient("away", "away-client", secret("away"));
        edge = EdgeUnderTest.start(
                tenants -> tenants.add("acme", pekoPay.baseUrl(), "origins: [" + OUR_ORIGIN + "]")
                        .add("bistro", pekoPay.baseUrl())
                        .add("away", away.baseUrl())
                        .add("stranger", pekoPay.baseUrl())
                        .add("nowhere", URI.create("http://127.0.0.1:1")),
                "pekopay.edge.limits.refresh-per-flow=10/1h",
                "pekopay.edge.charge.max-concurrent=" + MOST_CHARGES,
                "pekopay.edge.charge.memory=1MB",
                "pekopay.edge.charge.timeout=8s",
                "pekopay.edge.mint.wait=10s",
                "pekopay.edge.breaker.window=10000");
    }

    @AfterAll
    void stop() {
        threads.shutdownNow();
        edge.close();
        away.close();
        pekoPay.close();
    }

    @Test
    void document_whole_isWellFormed() throws Exception {
        assertThat(openApi.document().get("openapi").asText()).isEqualTo("3.1.0");
        assertThat(openApi.references())
                .isNotEmpty()
                .allSatisfy(reference -> assertThat(
                                openApi.document().at(reference.substring(1)).isMissingNode())
                        .as(reference)
                        .isFalse());
        for (Map.Entry<String, JsonNode> kind :
                openApi.document().get("components").properties()) {
            if (!kind.getKey().equals("securitySchemes")) {
                kind.getValue()
                        .fieldNames()
                        .forEachRemaining(name -> assertThat(openApi.references())
                                .contains("#/components/" + kind.getKey() + "/" + name));
            }
        }
        String text = Files.readString(OpenApi.FILE);
        for (Problem problem : Problem.values()) {
            assertThat(text).contains(problem.label());
        }
        Matcher sentence = Pattern.compile("((`[a-z-]+`(, | and )?)+) say that money may have moved")
                .matcher(text.replaceAll("\\s+", " "));
        assertThat(sentence.find()).isTrue();
        assertThat(sentence.group(1).split("`?(, | and )`?|`"))
                .filteredOn(name -> !name.isEmpty())
                .containsExactlyInAnyOrderElementsOf(Stream.of(Problem.values())
                        .filter(problem -> problem.money() == Problem.Money.MAY_HAVE_MOVED)
                        .map(Problem::label)
                        .collect(Collectors.toSet()));
    }

    @Test
    void everyOperation_everyStatusAndProblem_isAsTheFileSays() {
        List<Way> ways = List.of(
                new Way("chargeByHost", true, "%s.localhost", "/api/checkout/charge"),
                new Way("chargeByPath", true, "localhost", "/t/%s/api/checkout/charge"),
                new Way("backendTransactions", false, "localhost", "/tenants/%s/transactions"),
                new Way("backendSubscriptions", false, "localhost", "/tenants/%s/subscriptions"));
        ways.forEach(this::tooSlow);
        EVERY_METHOD.stream().filter(method -> !method.equals("OPTIONS")).forEach(this::silent);

        browsersOwn("ByHost", "%s.localhost", "");
        browsersOwn("ByPath", "localhost", "/t/%s");
        generate();
        ways.forEach(this::answered);
        ways.forEach(this::refused);
        ways.forEach(this::underWay);
        EVERY_METHOD.stream().filter(method -> !method.equals("OPTIONS")).forEach(this::streamed);
        pekoPayAway(ways);
        ledgerFull(ways);
        slow.forEach(CompletableFuture::join);

        assertThat(complaints).isEmpty();
        assertThat(seen).containsExactlyElementsOf(openApi.outcomes());
        Set<String> named = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        openApi.document()
                .at("/components/headers")
                .fieldNames()
                .forEachRemaining(name -> named.add(name.replace("Maybe-", "")));
        assertThat(fieldsSeen).containsExactlyElementsOf(named);
    }

    @Test
    void methods_thatAreNotNamed_areNotAllowed() {
        Map<String, Set<String>> named = openApi.operations().values().stream()
                .filter(operation -> !operation.path().startsWith("/tenants/"))
                .collect(Collectors.groupingBy(
                        OpenApi.Operation::path, Collectors.mapping(OpenApi.Operation::method, Collectors.toSet())));
        named.forEach((path, methods) -> {
            String at = path.replace("{tenantId}", "acme");
            for (String method : EVERY_METHOD) {
                if (!methods.contains(method)) {
                    Got got = Got.of(edge.port(), method, at, "acme.localhost", null, "Authorization", bearer("acme"));
                    assertThat(got.status()).as("%s %s", method, at).isEqualTo(405);
                    assertThat(Set.of(got.headers().get("Allow").split(", "))).isEqualTo(methods);
                    assertThat(got.body()).contains("method-not-allowed");
                }
            }
        });
    }

    /** One way to charge; the patterns take the tenant. */
    private record Way(String operation, boolean browser, String host, String path) {}

    /** A token, and the flow it belongs to. */
    private record Lease(String flow, String token) {}

    private static String bearer(String tenant) {
        return "Bearer " + apiKey(tenant);
    }

    private Lease lease(Way way, String tenant) {
        String flow = UUID.randomUUID().toString();
        return new Lease(flow, way.browser() ? edge.refresh(tenant, flow) : edge.generate(tenant));
    }

    private Got charge(Way way, String tenant, Lease lease, String body, String... more) {
        List<String> headers = new ArrayList<>(List.of(more));
        headers.addAll(
                way.browser() ? List.of("X-Checkout-Flow", lease.flow()) : List.of("Authorization", bearer(tenant)));
        if (!headers.contains("Content-Type")) {
            headers.addAll(List.of("Content-Type", "application/json"));
        }
        return take(
                way.operation(),
                Got.of(
                        edge.port(),
                        "POST",
                        way.path().formatted(tenant),
                        way.host().formatted(tenant),
                        body,
                        headers.toArray(String[]::new)));
    }

    private Got charge(Way way, String tenant, Lease lease) {
        return charge(way, tenant, lease, EdgeUnderTest.body(lease.token()));
    }

    private void answered(Way way) {
        Lease lease = lease(way, "acme");
        assertThat(charge(way, "acme", lease).status()).isEqualTo(201);
        assertThat(charge(way, "acme", lease).headers()).containsEntry("Idempotency-Replayed", "true");
        charge(way, "acme", lease, EdgeUnderTest.body(lease.token()) + " ");
        if (way.browser()) {
            Lease other = lease(way, "acme");
            charge(way, "acme", other, EdgeUnderTest.body(other.token()), "Origin", OUR_ORIGIN);
        }
        for (int status : List.of(302, 400, 401, 402, 403, 404, 409, 413, 415, 422, 429)) {
            Reply reply = Reply.json(status, Map.of()).with("Retry-After", "3");
            try (var script = pekoPay.once(call -> call.isCharge(), Behaviour.answering(reply))) {
                Lease one = lease(way, "acme");
                charge(way, "acme", one);
            }
        }
    }

    private void refused(Way way) {
        Lease lease = lease(way, "acme");
        String good = EdgeUnderTest.body(lease.token());
        charge(way, "acme", lease, "{");
        charge(way, "acme", lease, good, "Content-Type", "text/plain");
        charge(way, "acme", lease, "{\"paymentToken\":1}");
        charge(way, "acme", lease, "{\"paymentToken\":\"x\",\"note\":\"4242 4242 4242 4242\"}");
        charge(way, "acme", lease, "{\"paymentToken\":\"" + "x".repeat(20_000) + "\"}");
        charge(way, "acme", lease, EdgeUnderTest.body("sess_of-nobody"));
        charge(way, "acme", lease, EdgeUnderTest.body(lease(way, "bistro").token()));
        if (way.browser()) {
            charge(way, "acme", lease, good, "X-Tenant-Id", "bistro");
            charge(way, "acme", lease, good, "Origin", "https://evil.example");
            charge(way, "nobody", lease, good);
        } else {
            charge(way, "nobody", lease, good);
        }
    }

    /** While as many charges are under way as may be, others are in their way; then their connections break. */
    private void underWay(Way way) {
        List<Lease> leases = Stream.generate(() -> lease(way, "acme")).limit(3).toList();
        Lease first = leases.get(0);
        Queue<Exchange> held = new ConcurrentLinkedQueue<>();
        try (var script = pekoPay.on(call -> call.isCharge(), exchange -> {
            held.add(exchange);
            return Mono.never();
        })) {
            List<CompletableFuture<Void>> running = leases.stream()
                    .limit(MOST_CHARGES)
                    .map(lease -> CompletableFuture.runAsync(() -> charge(way, "acme", lease), threads))
                    .toList();
            await().atMost(Duration.ofSeconds(30)).until(() -> held.size() == MOST_CHARGES);
            charge(way, "acme", leases.get(2));
            charge(way, "acme", first, EdgeUnderTest.body(first.token()) + " ");
            held.forEach(Exchange::close);
            running.forEach(CompletableFuture::join);
            charge(way, "acme", first);
        }
    }

    /** What takes its time does so beside the others. */
    private void slowly(Runnable ask) {
        slow.add(CompletableFuture.runAsync(ask, threads));
    }

    /** Says that a body is coming, and sends a part of it. */
    private void tooSlow(Way way) {
        Lease lease = lease(way, "acme");
        slowly(() -> charge(way, "acme", lease, "{\"pay", "Content-Length", "99"));
    }

    private void browsersOwn(String suffix, String host, String prefix) {
        for (String[] call : new String[][] {
            {"refresh", "GET", "/api/payment-token/refresh"},
            {"refreshPreflight", "OPTIONS", "/api/payment-token/refresh"},
            {"chargePreflight", "OPTIONS", "/api/checkout/charge"}
        }) {
            String operation = call[0] + suffix;
            String method = call[1];
            String path = prefix + call[2];
            browser(operation, method, path, host, "acme");
            browser(operation, method, path, host, "acme", "Origin", OUR_ORIGIN);
            browser(operation, method, path, host, "acme", "Origin", "https://evil.example");
            browser(operation, method, path, host, "acme", "X-Tenant-Id", "bistro");
            browser(operation, method, path, host, "nobody");
            if (method.equals("GET")) {
                browser(operation, method, path, host, "acme", "X-Checkout-Flow", "short");
                browser(operation, method, path, host, "stranger");
                slowly(() -> browser(operation, method, path, host, "nowhere"));
                String flow = UUID.randomUUID().toString();
                for (int i = 0; i < 11; i++) {
                    browser(operation, method, path, host, "acme", "X-Checkout-Flow", flow);
                }
            }
        }
    }

    private void browser(String operation, String method, String path, String host, String tenant, String... headers) {
        take(operation, Got.of(edge.port(), method, path.formatted(tenant), host.formatted(tenant), null, headers));
    }

    private void generate() {
        for (String method : List.of("GET", "POST")) {
            String operation = method.equals("GET") ? "generateGet" : "generatePost";
            for (String tenant : List.of("acme", "stranger", "nobody")) {
                pass(operation, method, "/payment-token/" + tenant + "/generate", tenant);
            }
            slowly(() -> pass(operation, method, "/payment-token/nowhere/generate", "nowhere"));
        }
    }

    private static String passing(String method) {
        return "pass" + method.charAt(0) + method.substring(1).toLowerCase();
    }

    private Got pass(String operation, String method, String path, String tenant) {
        return take(
                operation,
                Got.of(
                        edge.port(),
                        method,
                        path,
                        "localhost",
                        method.startsWith("P") ? "{}" : null,
                        "Authorization",
                        bearer(tenant),
                        "Content-Type",
                        "application/json"));
    }

    private void streamed(String method) {
        String path = "/tenants/acme/customers/" + method;
        for (int status : List.of(200, 302, 400, 401, 404, 429, 500)) {
            Reply reply = Reply.json(status, Map.of())
                    .with("ETag", "\"1\"")
                    .with("Link", "</tenants/acme/customers>; rel=next")
                    .with("Location", "/tenants/acme/customers/1")
                    .with("Retry-After", "3");
            try (var script = pekoPay.once(call -> call.path().equals(path), Behaviour.answering(reply))) {
                pass(passing(method), method, path, "acme");
            }
        }
        pass(passing(method), method, path, "nobody");
    }

    /** PekoPay says nothing, until the gateway has heard enough of it. */
    private void silent(String method) {
        String path = "/tenants/acme/silent/" + method;
        pekoPay.once(call -> call.path().equals(path), exchange -> Mono.never());
        slowly(() -> pass(passing(method), method, path, "acme"));
    }

    private void pekoPayAway(List<Way> ways) {
        List<Lease> leases = ways.stream().map(way -> lease(way, "away")).toList();
        away.down();
        for (int i = 0; i < ways.size(); i++) {
            charge(ways.get(i), "away", leases.get(i));
        }
        for (String method : EVERY_METHOD) {
            if (!method.equals("OPTIONS")) {
                pass(passing(method), method, "/tenants/away/customers", "away");
            }
        }
    }

    /** So many charges whose outcome nobody knows that there is room for no more. */
    private void ledgerFull(List<Way> ways) {
        List<Lease> leases = ways.stream().map(way -> lease(way, "bistro")).toList();
        TokenLedger ledger = edge.bean(TokenLedger.class);
        Attempt attempt;
        do {
            String key = UUID.randomUUID().toString();
            attempt = new Attempt(
                    Digest.ofIdempotencyKey("bistro", key),
                    false,
                    UUID.randomUUID(),
                    "bistro",
                    null,
                    Face.BACKEND,
                    false,
                    Digest.ofRequest(Face.BACKEND, "/", new byte[0]),
                    "charge",
                    key,
                    AnswerKey.ofIdempotencyKey("bistro", key));
        } while (ledger.begin(attempt)
                .flatMap(verdict -> Mono.just(true))
                .onErrorReturn(false)
                .block());
        ledger.finish(attempt, new Outcome.Unknown()).block();
        for (int i = 0; i < ways.size(); i++) {
            charge(ways.get(i), "bistro", leases.get(i));
        }
    }

    /** Notes what came, and whether the file names it. */
    private Got take(String operationId, Got got) {
        OpenApi.Operation operation = openApi.operations().get(operationId);
        JsonNode response = operation.response(got.status());
        String where = operationId + " " + got.status() + " " + got.body();
        if (response == null) {
            complaints.add(where + ": the status is not named");
            return got;
        }
        String problem = "";
        JsonNode content = response.path("content");
        JsonNode media = content.has(got.mediaType()) ? content.get(got.mediaType()) : content.path("*/*");
        if (got.mediaType().equals(OpenApi.PROBLEM)) {
            media = content.path(OpenApi.PROBLEM);
            problem = " " + json(got.body()).get("type").asText().replaceAll(".*:", "");
        }
        if (media.has("schema")) {
            openApi.wrong(media.get("schema"), json(got.body())).forEach(wrong -> complaints.add(where + ": " + wrong));
        } else if (media.isMissingNode() && !got.body().isEmpty()) {
            complaints.add(where + ": a body of this type is not named");
        }
        fields(where, response.path("headers"), got);
        seen.add(operationId + " " + operation.statusKey(got.status()) + problem);
        return got;
    }

    private void fields(String where, JsonNode named, Got got) {
        Set<String> others = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        others.addAll(got.headers().keySet());
        TRANSPORT.forEach(others::remove);
        for (Map.Entry<String, JsonNode> field : named.properties()) {
            others.remove(field.getKey());
            JsonNode header = openApi.follow(field.getValue());
            String value = got.headers().get(field.getKey());
            if (value != null) {
                fieldsSeen.add(field.getKey());
                openApi.wrong(header.get("schema"), new TextNode(value))
                        .forEach(wrong -> complaints.add(where + ": " + field.getKey() + " " + wrong));
            } else if (header.path("required").asBoolean()) {
                complaints.add(where + ": " + field.getKey() + " is missing");
            }
        }
        others.forEach(field -> complaints.add(where + ": " + field + " is not named"));
    }

    private static JsonNode json(String text) {
        try {
            return new ObjectMapper().readTree(text);
        } catch (Exception e) {
            throw new AssertionError(text, e);
        }
    }
}
