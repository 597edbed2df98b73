package io.pekopayedge.replicas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.pekopayedge.edge.EdgeUnderTest;
import io.pekopayedge.sandbox.Behaviour;
import io.pekopayedge.sandbox.Call;
import io.pekopayedge.sandbox.Mint;
import io.pekopayedge.sandbox.PekoPaySandbox;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The reserve of the packaged gateway, in short times: PekoPay hangs, dies until the reserve is dry, and comes back. */
class OutageIT {
    private static final Duration SERVE_UNTIL = Duration.ofSeconds(18);
    private static final Duration OPEN_FOR = Duration.ofSeconds(3);
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private Path folder;

    /** A refresh: when it was asked, how long the answer took, and how many tokens were ready after a refusal. */
    private record Refresh(Instant asked, Duration took, int status, String token, String retryAfter, int left) {}

    /** Shoppers who come at a steady rate, whatever the gateway does. */
    private final class Shoppers implements AutoCloseable {
        final Queue<Refresh> refreshes = new ConcurrentLinkedQueue<>();
        private final ScheduledExecutorService door = Executors.newSingleThreadScheduledExecutor();

        Shoppers(EdgeProcess edge, String tenant, int perSecond) {
            var unused =
                    door.scheduleAtFixedRate(() -> comes(edge, tenant), 0, 1000 / perSecond, TimeUnit.MILLISECONDS);
        }

        private void comes(EdgeProcess edge, String tenant) {
            Instant asked = Instant.now();
            edge.refreshing(tenant)
                    .whenComplete((answer, error) -> refreshes.add(
                            error == null
                                    ? told(edge, tenant, asked, answer)
                                    : new Refresh(asked, Duration.ofMinutes(1), 0, "", "", -1)));
        }

        private Refresh told(EdgeProcess edge, String tenant, Instant asked, HttpResponse<String> answer) {
            Duration took = Duration.between(asked, Instant.now());
            String retryAfter = answer.headers().firstValue("Retry-After").orElse("");
            return answer.statusCode() == 200
                    ? new Refresh(asked, took, 200, EdgeUnderTest.token(answer), retryAfter, -1)
                    : new Refresh(asked, took, answer.statusCode(), "", retryAfter, ready(edge, tenant));
        }

        /** A process that has just begun on a busy machine may keep its first shoppers waiting for too long. */
        List<Refresh> refusedSince(Instant from) {
            return between(from, Instant.MAX).stream()
                    .filter(one -> one.status() != 200)
                    .toList();
        }

        List<Refresh> between(Instant from, Instant to) {
            return refreshes.stream()
                    .filter(one -> !one.asked().isBefore(from) && one.asked().isBefore(to))
                    .toList();
        }

        @Override
        public void close() {
            door.shutdownNow();
        }
    }

    @Test
    void outage_isServedUntilTheReserveIsDry_thenRefusedAtOnce_andOver() throws Exception {
        try (PekoPaySandbox pekoPay = sandbox("acme");
                PekoPaySandbox well = sandbox("bistro");
                EdgeProcess edge = edge(
                        Map.of("acme", pekoPay, "bistro", well),
                        "pekopay.edge.token.ttl=24s",
                        "pekopay.edge.token.fresh-for=6s",
                        "pekopay.edge.token.serve-until=18s",
                        "pekopay.edge.reserve.cover=20s",
                        "pekopay.edge.breaker.window=6",
                        "pekopay.edge.breaker.open-for=3s");
                Shoppers acme = new Shoppers(edge, "acme", 4);
                Shoppers bistro = new Shoppers(edge, "bistro", 1)) {
            await().atMost(Duration.ofSeconds(60)).until(() -> ready(edge, "acme") >= 70);
            Instant hangs = Instant.now();
            try (var script = pekoPay.on(Call::isMint, Behaviour.hanging())) {
                await().pollInterval(Duration.ofMillis(20)).until(() -> past(hangs, Duration.ofSeconds(5)));
                pekoPay.down();
            }
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> !acme.refusedSince(hangs).isEmpty());
            // Every few seconds its probes are under way: half open, and open again.
            String story = await().atMost(Duration.ofSeconds(30))
                    .until(() -> tenant(edge, "acme").toPrettyString(), told -> told.contains("\"mint\" : \"OPEN\""));
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> acme.refusedSince(hangs).size() >= 12);
            int failedCalls = tenant(edge, "acme").at("/mint/failed").asInt();
            pekoPay.up();
            Instant back = Instant.now();
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> acme.between(back, Instant.MAX).stream().anyMatch(one -> one.status() == 200));
            await().atMost(Duration.ofSeconds(30)).until(() -> ready(edge, "acme") >= 20);
            acme.close();
            bistro.close();
            System.out.println("/actuator/tenants when the reserve is dry: " + story);
            assertOutage(acme, bistro.between(hangs, back), hangs, back, failedCalls);
            assertNoTokenTwice_orTooOld(acme, pekoPay);
            assertThat(bistro.between(hangs, Instant.MAX))
                    .hasSizeGreaterThan(20)
                    .allMatch(one -> one.status() == 200);
            assertThat(story).contains("\"mint\" : \"OPEN\"", "\"fresh\" : 0", "\"reason\" : \"unreachable\"");
        }
    }

    /** @param well of a tenant without an outage: on a busy machine nobody's answer is at once */
    private static void assertOutage(
            Shoppers shoppers, List<Refresh> well, Instant hangs, Instant back, int failedCalls) {
        List<Refresh> refused = shoppers.refusedSince(hangs);
        List<Refresh> during = shoppers.between(hangs, back);
        Instant dry = refused.get(0).asked();
        Instant recovered = shoppers.between(back, Instant.MAX).stream()
                .filter(one -> one.status() == 200)
                .map(one -> one.asked().plus(one.took()))
                .min(Instant::compareTo)
                .orElseThrow();
        long median = percentile(during, 50);
        long refusal = percentile(refused, 90);
        System.out.printf(
                "Outage: %d refreshes, %d served, 0 = %d refused while tokens were ready; dry after %.1f s; median"
                        + " answer %d ms (%d ms where PekoPay is well); 503 within %d ms (90 %%), worst"
                        + " %d ms; %d mint calls failed; served again %.1f s after the end%n",
                during.size(),
                during.stream().filter(one -> one.status() == 200).count(),
                refused.stream().filter(one -> one.left() > 0).count(),
                Duration.between(hangs, dry).toMillis() / 1e3,
                median,
                percentile(well, 50),
                refusal,
                percentile(refused, 100),
                failedCalls,
                Duration.between(back, recovered).toMillis() / 1e3);
        assertThat(refused).allSatisfy(one -> {
            assertThat(one.status()).isEqualTo(503);
            assertThat(one.left()).isZero();
            assertThat(Integer.parseInt(one.retryAfter())).isBetween(1, (int) OPEN_FOR.toSeconds());
        });
        assertThat(dry).isAfter(hangs.plusSeconds(11));
        assertThat(median).isLessThan(Math.max(20, 3 * percentile(well, 50)));
        assertThat(refusal).isLessThan(Math.max(50, 3 * percentile(well, 90)));
        assertThat(Duration.between(back, recovered)).isLessThanOrEqualTo(OPEN_FOR.multipliedBy(2));
        // A window of calls until it is cut, three probes whenever it opens.
        long openings = Duration.between(hangs, back).dividedBy(OPEN_FOR) + 1;
        assertThat((long) failedCalls).isLessThanOrEqualTo(6 + 3 * openings);
    }

    private static void assertNoTokenTwice_orTooOld(Shoppers shoppers, PekoPaySandbox pekoPay) {
        Map<String, Instant> minted = pekoPay.mints().stream().collect(Collectors.toMap(Mint::token, Mint::at));
        List<Refresh> served =
                shoppers.refreshes.stream().filter(one -> one.status() == 200).toList();
        assertThat(served.stream().map(Refresh::token)).doesNotHaveDuplicates();
        assertThat(served)
                .allSatisfy(one -> assertThat(Duration.between(minted.get(one.token()), one.asked()))
                        .isLessThan(SERVE_UNTIL));
    }

    /** F19: what comes while the process stands still is answered when it goes on, with none of the tokens that died. */
    @Test
    void processThatStoodStill_handsOutNoDeadToken() throws Exception {
        try (PekoPaySandbox pekoPay = sandbox("acme");
                EdgeProcess edge = edge(
                        Map.of("acme", pekoPay),
                        "pekopay.edge.token.ttl=6s",
                        "pekopay.edge.token.fresh-for=1s",
                        "pekopay.edge.token.serve-until=4s",
                        "pekopay.edge.reserve.min=8")) {
            edge.refreshing("acme").join();
            await().atMost(Duration.ofSeconds(30)).until(() -> ready(edge, "acme") >= 8);
            edge.signal("STOP");
            pekoPay.down();
            Instant stopped = Instant.now();
            List<CompletableFuture<HttpResponse<String>>> waiting =
                    IntStream.range(0, 8).mapToObj(i -> edge.refreshing("acme")).toList();
            await().pollInterval(Duration.ofMillis(20)).until(() -> past(stopped, Duration.ofSeconds(4)));
            edge.signal("CONT");
            Map<Integer, Long> answers = waiting.stream()
                    .map(CompletableFuture::join)
                    .collect(Collectors.groupingBy(HttpResponse::statusCode, Collectors.counting()));
            System.out.println("Stopped for serve-until with 8 tokens ready, 8 refreshes: answers " + answers);
            assertThat(answers).containsExactly(Map.entry(503, 8L));
            pekoPay.up();
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> edge.refreshing("acme").join().statusCode() == 200);
        }
    }

    private static PekoPaySandbox sandbox(String tenant) {
        return PekoPaySandbox.start().addClient(tenant, tenant + "-client", EdgeUnderTest.secret(tenant));
    }

    private EdgeProcess edge(Map<String, PekoPaySandbox> tenants, String... settings) throws IOException {
        Path files = Files.createDirectory(folder.resolve("tenants"));
        for (String tenant : tenants.keySet()) {
            Files.writeString(files.resolve(tenant + ".yml"), """
                    tenant-id: %s
                    base-url: %s
                    credentials: {client-id: %s-client, client-secret: %s}
                    """.formatted(
                            tenant, tenants.get(tenant).baseUrl(), tenant, EdgeUnderTest.secret(tenant)));
        }
        List<String> all = new ArrayList<>(List.of(settings));
        all.add("pekopay.edge.tenants.location=" + files);
        all.add("pekopay.edge.limits.refresh-per-client=1000000/1m");
        return new EdgeProcess(folder, "outage", List.of("-Xmx256m"), all)
                .launch()
                .ready();
    }

    private static boolean past(Instant from, Duration time) {
        return Duration.between(from, Instant.now()).compareTo(time) > 0;
    }

    private static long percentile(List<Refresh> refreshes, int percent) {
        long[] millis = refreshes.stream()
                .mapToLong(one -> one.took().toMillis())
                .sorted()
                .toArray();
        return millis[Math.min(millis.length - 1, millis.length * percent / 100)];
    }

    private static int ready(EdgeProcess edge, String id) {
        JsonNode reserve = tenant(edge, id).path("reserve");
        return reserve.path("fresh").asInt() + reserve.path("stale").asInt();
    }

    private static JsonNode tenant(EdgeProcess edge, String id) {
        try {
            for (JsonNode tenant :
                    JSON.readTree(edge.manage("/actuator/tenants")).path("tenants")) {
                if (tenant.path("id").asText().equals(id)) {
                    return tenant;
                }
            }
            throw new IllegalStateException("no tenant " + id);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
