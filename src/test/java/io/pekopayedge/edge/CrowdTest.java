package io.pekopayedge.edge;

import static io.pekopayedge.edge.ChargeFaultsTest.flow;
import static io.pekopayedge.edge.EdgeUnderTest.apiKey;
import static io.pekopayedge.edge.EdgeUnderTest.body;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;

/** Many at once, and many who never come again: through the whole gateway, with every token and series counted. */
class CrowdTest {
    private static final int SHOPPERS = 200;

    private final Random random = new Random(20261122);
    private final ConnectionProvider connections = ConnectionProvider.create("crowd", SHOPPERS);

    @AfterEach
    void disconnect() {
        connections.dispose();
    }

    /** F13; {@code -Dchaos.rounds=500} is 100,000 leases. */
    @Test
    void twoHundredRefreshesAtOnce_someLeave_eachTokenGoesToOneFlow() throws IOException {
        int rounds = Integer.getInteger("chaos.rounds", 15);
        try (RawPekoPay pekoPay = new RawPekoPay();
                EdgeUnderTest edge = edge(pekoPay, "pekopay.edge.reserve.cover=1s");
                LogLines log = new LogLines()) {
            AtomicInteger left = new AtomicInteger();
            Map<String, Integer> leases = new ConcurrentHashMap<>();
            for (int round = 0; round < rounds; round++) {
                Flux.range(0, SHOPPERS)
                        .flatMap(shopper -> lease(edge, left), SHOPPERS)
                        .doOnNext(token -> leases.merge(token, 1, Integer::sum))
                        .blockLast(Duration.ofMinutes(1));
            }
            System.gc(); // what leaked is found when the next buffers are made
            lease(edge, left).block(Duration.ofSeconds(30));
            long twice = leases.values().stream().filter(times -> times > 1).count();
            long leaks = log.events().stream()
                    .map(event -> event.getFormattedMessage())
                    .filter(message -> message.contains("LEAK") && !ofTheShoppers(message))
                    .count();
            System.out.printf(
                    "F13: %d leases, %d tokens leased twice, %d left meanwhile, %d minted, %d buffers leaked%n",
                    leases.values().stream().mapToInt(Integer::intValue).sum(),
                    twice,
                    left.get(),
                    pekoPay.minted(),
                    leaks);
            assertThat(leases).hasSize(rounds * SHOPPERS);
            assertThat(twice).isZero();
            assertThat(left.get()).isGreaterThan(rounds * SHOPPERS / 10);
            assertThat(leaks).isZero();
        }
    }

    /**
     * Reactor Netty's client now and then forgets an answer that comes just as its caller leaves. Here it is the shoppers'
     * alone: the gateway asks PekoPay over lines of its own, without Reactor Netty's handlers.
     */
    private static boolean ofTheShoppers(String leak) {
        return leak.contains("HttpClientCodec") && leak.contains("'reactor.");
    }

    /** One that is answered; before it, perhaps some whose client went away. */
    private Mono<String> lease(EdgeUnderTest edge, AtomicInteger left) {
        return Mono.defer(() -> {
            boolean leaves = random.nextInt(4) == 0;
            // One that leaves closes its connection, which must be nobody else's.
            Mono<String> answer = refresh(leaves ? alone(edge) : client(edge), "acme", "X-Checkout-Flow", flow())
                    .map(got -> got.substring(got.indexOf("sess_"), got.indexOf("\",")));
            return !leaves
                    ? answer
                    : answer.takeUntilOther(Mono.delay(Duration.ofNanos(random.nextInt(20_000_000))))
                            .switchIfEmpty(Mono.defer(() -> {
                                left.incrementAndGet();
                                return lease(edge, left);
                            }));
        });
    }

    /** F21; {@code -Dchaos.names=1000000}. */
    @Test
    void namesThatNobodyHas_leaveNothingBehind() throws Exception {
        int names = Integer.getInteger("chaos.names", 2_000);
        CountDownLatch answered = new CountDownLatch(1);
        try (RawPekoPay pekoPay = new RawPekoPay();
                EdgeUnderTest edge = edge(
                        pekoPay,
                        "pekopay.edge.charge.timeout=10m",
                        "pekopay.edge.charge.memory=8MB",
                        "pekopay.edge.charge.max-concurrent=1000")) {
            String flow = flow();
            String unknown = edge.refresh("acme", flow);
            pekoPay.fault = RawPekoPay.reset();
            assertThat(edge.charge("acme", flow, unknown).statusCode()).isEqualTo(504);
            String running = edge.refresh("acme", flow);
            pekoPay.fault = (socket, out) -> {
                answered.await();
                out.write(RawPekoPay.CREATED.getBytes(java.nio.charset.StandardCharsets.US_ASCII));
            };
            var unused = edge.chargeAsync("acme", flow, running);
            await().until(() -> pekoPay.chargesOf(running) == 1);
            pekoPay.fault = RawPekoPay.text(RawPekoPay.CREATED);

            HttpClient client = client(edge);
            Map<String, Integer> met = new TreeMap<>();
            met(client, names / 2, met);
            long series = series(edge);
            long heap = heap();
            met(client, names - names / 2, met);
            long grown = heap() - heap;
            System.out.printf(
                    "F21: %d random names: %s; series %d, then %d; heap %+d KB in the second half%n",
                    names, met, series, series(edge), grown >> 10);

            assertThat(met.keySet())
                    .containsExactlyInAnyOrder(
                            "tenant 404", "flow 200", "cookie 200", "token 409", "key 201", "backend 401");
            assertThat(series(edge)).isEqualTo(series);
            assertThat(grown).isLessThan(32 << 20);
            assertThat(edge.charge("acme", flow, unknown).body()).contains("charge-outcome-unknown");
            assertThat(edge.backendCharge("acme", running).body()).contains("charge-in-progress");
            answered.countDown();
            HttpResponse<String> charged = edge.charge("acme", flow, running);
            assertThat(charged.statusCode()).isEqualTo(201);
            assertThat(charged.headers().firstValue("Idempotency-Replayed")).hasValue("true");
            assertThat(List.of(pekoPay.chargesOf(unknown), pekoPay.chargesOf(running)))
                    .containsOnly(1);
        }
    }

    private void met(HttpClient client, int names, Map<String, Integer> met) {
        Flux.range(0, names)
                .flatMap(i -> one(client, i), 64)
                .doOnNext(status -> met.merge(status, 1, Integer::sum))
                .blockLast();
    }

    private Mono<String> one(HttpClient client, int i) {
        String name = name();
        Mono<String> answer = switch (i % 6) {
            case 0 -> refresh(client, name, "X-Checkout-Flow", flow()).map(got -> "tenant " + got);
            case 1 -> refresh(client, "acme", "X-Checkout-Flow", name).map(got -> "flow " + got);
            case 2 ->
                refresh(client, "acme", "Cookie", "__Host-checkout-flow=" + name.substring(2))
                        .map(got -> "cookie " + got);
            case 3 ->
                post(client, "/t/acme/api/checkout/charge", body("sess_" + name), "X-Checkout-Flow", name)
                        .map(got -> "token " + got);
            case 4 ->
                post(client, "/tenants/acme/transactions", "{\"n\":1}", "Idempotency-Key", name)
                        .map(got -> "key " + got);
            default ->
                post(client, "/payment-token/" + name + "/generate", "", "X-Name", name)
                        .map(got -> "backend " + got);
        };
        return answer.map(got -> got.substring(0, got.indexOf(' ') + 4));
    }

    /** 24 letters: of a million random names in digits, one or two are card numbers, which the gateway refuses. */
    private String name() {
        StringBuilder name = new StringBuilder(24);
        while (name.length() < 24) {
            name.append((char) ('a' + random.nextInt(26)));
        }
        return name.toString();
    }

    private static EdgeUnderTest edge(RawPekoPay pekoPay, String... settings) {
        List<String> all = new ArrayList<>(List.of(settings));
        all.add("pekopay.edge.mint.rate=100000");
        all.add("pekopay.edge.mint.max-concurrent=32");
        // A machine that is busy with other things is no fault.
        all.add("pekopay.edge.mint.timeout=30s");
        all.add("pekopay.edge.mint.wait=30s");
        all.add("pekopay.edge.breaker.slow-call=1m");
        all.add("logging.level.io.pekopayedge=WARN");
        return EdgeUnderTest.start(tenants -> tenants.add("acme", pekoPay.url()), all.toArray(String[]::new));
    }

    private HttpClient client(EdgeUnderTest edge) {
        return HttpClient.create(connections).baseUrl("http://127.0.0.1:" + edge.port());
    }

    private static HttpClient alone(EdgeUnderTest edge) {
        return HttpClient.newConnection().baseUrl("http://127.0.0.1:" + edge.port());
    }

    /** Answers status and body. */
    private static Mono<String> refresh(HttpClient client, String tenant, String field, String value) {
        return client.headers(fields -> fields.set(field, value))
                .get()
                .uri("/t/" + tenant + "/api/payment-token/refresh")
                .responseSingle((answer, body) -> body.asString()
                        .defaultIfEmpty("")
                        .map(text -> answer.status().code() + " " + text));
    }

    private static Mono<String> post(HttpClient client, String path, String json, String field, String value) {
        return client.headers(fields -> fields.set(field, value)
                        .set("Content-Type", "application/json")
                        .set("Authorization", "Bearer " + apiKey("acme")))
                .post()
                .uri(path)
                .send(reactor.netty.ByteBufFlux.fromString(Mono.just(json)))
                .responseSingle((answer, body) -> body.asString()
                        .defaultIfEmpty("")
                        .map(text -> answer.status().code() + " " + text));
    }

    /** How many series of ours are published. */
    private static long series(EdgeUnderTest edge) {
        Set<String> series = edge.manage("/actuator/prometheus")
                .body()
                .lines()
                .filter(line -> line.startsWith("pekopay_edge") || line.startsWith("resilience4j"))
                .map(line -> line.substring(0, line.lastIndexOf(' ')))
                .collect(Collectors.toSet());
        return series.size();
    }

    private static long heap() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
