package io.pekopayedge.replicas;

import static org.assertj.core.api.Assertions.assertThat;

import io.pekopayedge.edge.EdgeUnderTest;
import io.pekopayedge.ledger.RealRedis;
import io.pekopayedge.sandbox.Behaviour;
import io.pekopayedge.sandbox.Call;
import io.pekopayedge.sandbox.PekoPaySandbox;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** F16 and its kin: two packaged gateways, one Redis that writes every change to its file, one PekoPay that counts. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ReplicasIT {
    private static final String TENANT = "acme";
    private static final String SECRET = EdgeUnderTest.secret(TENANT);
    private static final String MARK = "marked-order-4711";

    @TempDir
    private static Path folder;

    private final List<String> tokens = new ArrayList<>();
    private PekoPaySandbox pekoPay;
    private RealRedis redis;
    private EdgeProcess one;
    private EdgeProcess two;

    private record Checkout(String flow, String token) {
        String body() {
            return "{\"paymentToken\":\"" + token + "\",\"reference\":\"" + MARK + "\"}";
        }
    }

    @BeforeAll
    void start() throws IOException {
        pekoPay = PekoPaySandbox.start();
        pekoPay.addClient(TENANT, TENANT + "-client", SECRET);
        redis = RealRedis.start(Files.createDirectory(folder.resolve("redis")));
        Path tenants = Files.createDirectory(folder.resolve("tenants"));
        Files.writeString(tenants.resolve("acme.yml"), """
                tenant-id: acme
                base-url: %s
                hosts: [acme.localhost]
                credentials: {client-id: acme-client, client-secret: %s}
                reserve: {min: 50}
                """.formatted(pekoPay.baseUrl(), SECRET));
        one = edge("one", tenants).launch();
        two = edge("two", tenants).launch();
        one.ready();
        two.ready();
    }

    private EdgeProcess edge(String name, Path tenants) {
        return new EdgeProcess(
                folder,
                name,
                List.of("-Xmx256m", "-XX:TieredStopAtLevel=1"),
                List.of(
                        "pekopay.edge.tenants.location=" + tenants,
                        "pekopay.edge.charge.ledger=redis",
                        "spring.data.redis.url=redis://127.0.0.1:" + redis.port(),
                        "pekopay.edge.charge.timeout=10s",
                        "pekopay.edge.charge.max-concurrent=1000",
                        "pekopay.edge.breaker.window=10000",
                        "pekopay.edge.flow.reuse-for=0s",
                        "pekopay.edge.mint.rate=1000",
                        "pekopay.edge.limits.refresh-per-client=1000000/1m",
                        "pekopay.edge.limits.charge-per-client=1000000/1m"));
    }

    @AfterAll
    void stop() {
        one.close();
        two.close();
        redis.close();
        pekoPay.close();
    }

    private Checkout open(EdgeProcess edge) {
        String flow = UUID.randomUUID().toString();
        Checkout checkout = new Checkout(flow, edge.refresh(TENANT, flow));
        tokens.add(checkout.token());
        return checkout;
    }

    private static CompletableFuture<HttpResponse<String>> charge(EdgeProcess edge, Checkout checkout) {
        return edge.charge(TENANT, checkout.flow(), checkout.body());
    }

    private int effects(Checkout checkout) {
        return pekoPay.chargesOf(checkout.token()).size();
    }

    @Test
    @Order(1)
    void chargedAtBothAtOnce_byFourClients_isOneEffect() {
        int size = Integer.getInteger("chaos.replica-tokens", 30);
        Map<Integer, Integer> answers = new TreeMap<>();
        for (int i = 0; i < size; i++) {
            Checkout checkout = open(i % 2 == 0 ? one : two);
            List<CompletableFuture<HttpResponse<String>>> clicks = new ArrayList<>();
            for (int client = 0; client < 4; client++) {
                clicks.add(charge(client % 2 == 0 ? one : two, checkout));
            }
            for (CompletableFuture<HttpResponse<String>> click : clicks) {
                HttpResponse<String> answer = click.join();
                assertThat(answer.statusCode()).as(answer.body()).isIn(201, 409);
                answers.merge(answer.statusCode(), 1, Integer::sum);
            }
            assertThat(effects(checkout)).isEqualTo(1);
            assertThat(charge(one, checkout).join().statusCode()).isEqualTo(201);
            assertThat(charge(two, checkout).join().headers().firstValue("Idempotency-Replayed"))
                    .hasValue("true");
        }
        System.out.println(
                "two replicas: " + size + " tokens, 4 clients at both at once: 0 doubles, answers " + answers);
    }

    /** Checkouts that were open before the first replica died, and are paid when both have been started anew. */
    private final List<Checkout> open = new ArrayList<>();

    @Test
    @Order(2)
    void killedWithChargesUnderWay_nothingIsSentTwice() {
        for (int i = 0; i < 20; i++) {
            open.add(open(i % 2 == 0 ? one : two));
        }
        int rounds = Integer.getInteger("chaos.kills", 1);
        Map<Integer, Integer> repeats = new TreeMap<>();
        int sent = 0;
        for (int round = 0; round < rounds; round++) {
            EdgeProcess dies = round % 2 == 0 ? one : two;
            EdgeProcess lives = round % 2 == 0 ? two : one;
            List<Checkout> checkouts =
                    IntStream.range(0, 40).mapToObj(i -> open(dies)).toList();
            List<CompletableFuture<HttpResponse<String>>> first;
            try (var late = pekoPay.on(Call::isCharge, Behaviour.late(Duration.ofSeconds(3)))) {
                first = checkouts.stream()
                        .map(checkout -> charge(dies, checkout))
                        .toList();
                Awaitility.await()
                        .atMost(Duration.ofSeconds(30))
                        .until(() -> checkouts.stream().mapToInt(this::effects).sum() >= 20);
                dies.kill();
            }
            dies.launch();
            first.forEach(answer -> answer.handle((a, gone) -> gone).join());
            for (Checkout checkout : checkouts) {
                count(repeats, charge(lives, checkout).join());
            }
            dies.ready();
            for (Checkout checkout : checkouts) {
                count(repeats, charge(dies, checkout).join());
                assertThat(effects(checkout)).isLessThanOrEqualTo(1);
                sent += effects(checkout);
            }
        }
        System.out.println("F16: kill -9 with 40 charges under way, " + rounds + " rounds, " + sent
                + " had been sent: 0 doubles, repeats " + repeats);
    }

    private static void count(Map<Integer, Integer> answers, HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.body()).isIn(201, 409, 504);
        answers.merge(answer.statusCode(), 1, Integer::sum);
    }

    @Test
    @Order(3)
    void restartedOneByOne_openCheckoutsSucceed() {
        paid(one, open.subList(0, 6));
        two.terminate();
        paid(one, open.subList(6, 14));
        if (Boolean.getBoolean("chaos.restart-both")) {
            two.launch().ready();
            one.terminate();
            paid(two, open.subList(14, 20));
            one.launch().ready();
        } else {
            paid(one, open.subList(14, 20));
        }
        System.out.println("rolling restart: " + open.size() + " of 20 open checkouts succeed");
    }

    private void paid(EdgeProcess edge, List<Checkout> checkouts) {
        for (Checkout checkout : checkouts) {
            HttpResponse<String> answer = charge(edge, checkout).join();
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
            assertThat(effects(checkout)).isEqualTo(1);
        }
    }

    @Test
    @Order(4)
    void whatRedisStores_tellsNothing() throws IOException {
        List<String> secrets = new ArrayList<>(tokens);
        secrets.addAll(List.of(
                SECRET,
                "acme-client",
                Base64.getEncoder().encodeToString(("acme-client:" + SECRET).getBytes(StandardCharsets.UTF_8)),
                MARK,
                "paymentToken",
                "txn_"));
        String stored = redis.everything();
        try (var files = Files.walk(folder.resolve("redis"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                stored += Files.readString(file, StandardCharsets.ISO_8859_1);
            }
        }
        assertThat(stored).contains("pekopay-edge:token:", "answered");
        assertThat(tokens).hasSizeGreaterThan(80);
        for (String secret : secrets) {
            assertThat(stored.contains(secret)).as("stored: %s", secret).isFalse();
        }
        for (EdgeProcess edge : List.of(one, two)) {
            String log = Files.readString(edge.log());
            assertThat(secrets.subList(0, tokens.size() + 1)).noneMatch(log::contains);
        }
        System.out.println("Redis: " + stored.length() + " bytes of dump and append-only file, " + secrets.size()
                + " secrets looked for: none found");
    }
}
