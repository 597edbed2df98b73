package io.pekopayedge.operate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pekopayedge.edge.EdgeUnderTest;
import io.pekopayedge.sandbox.Behaviour;
import io.pekopayedge.sandbox.Call;
import io.pekopayedge.sandbox.PekoPaySandbox;
import io.pekopayedge.sandbox.TestCards;
import java.net.URI;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * A gateway to which everything has happened once. What it publishes is what dashboard and alerts read, down to the label
 * values they compare with; and nothing that has happened made it unready.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LiveMetricsTest {
    private static final Pattern COMPARED = Pattern.compile("(\\w+)\\s*(?:=~|!~|!=|=)\\s*\"([^\"]*)\"");
    private static final Pattern SELECTION = Pattern.compile("([a-zA-Z_:][\\w:]*)\\{([^}]*)}");

    private PekoPaySandbox pekoPay;
    private PekoPaySandbox away;
    private EdgeUnderTest edge;

    @BeforeAll
    void everythingHappensOnce() {
        pekoPay = PekoPaySandbox.start().addClient("acme", "acme-client", EdgeUnderTest.secret("acme"));
        away = PekoPaySandbox.start().addClient("away", "away-client", EdgeUnderTest.secret("away"));
        edge = EdgeUnderTest.start(
                tenants -> tenants.add(
                                "acme",
                                pekoPay.baseUrl(),
                                "previous-credentials: {client-id: old, client-secret: secret-of-the-past}")
                        .add("away", away.baseUrl())
                        .add("stranger", pekoPay.baseUrl())
                        .add("newcomer", pekoPay.baseUrl())
                        .add("nowhere", URI.create("http://127.0.0.1:1"))
                        .file("broken", "tenant-id: broken\n"),
                "pekopay.edge.mint.wait=2s",
                "pekopay.edge.limits.refresh-per-flow=5/1h",
                // Redis is configured, and not there: no reason to be unready.
                "spring.data.redis.url=redis://127.0.0.1:1");
        refreshes();
        charges();
        edge.get("/t/stranger/api/payment-token/refresh"); // its credentials are refused
        edge.get("/t/nowhere/api/payment-token/refresh"); // no connection
    }

    @AfterAll
    void stop() {
        edge.close();
        away.close();
        pekoPay.close();
    }

    private void refreshes() {
        String flow = flow();
        edge.refresh("acme", flow);
        edge.refresh("acme", flow);
        await().atMost(Duration.ofSeconds(30)).until(() -> {
            edge.refresh("acme", flow());
            return edge.manage("/actuator/prometheus").body().contains("outcome=\"reserve\"");
        });
        edge.get("/t/acme/api/payment-token/refresh", "Origin", "https://evil.example");
        for (int i = 0; i < 6; i++) {
            edge.get("/t/acme/api/payment-token/refresh", "X-Checkout-Flow", flow);
        }
    }

    private void charges() {
        String flow = flow();
        String token = edge.refresh("acme", flow);
        edge.charge("acme", flow, token);
        edge.charge("acme", flow, token);
        edge.charge("acme", flow, "sess_of-nobody");
        String path = "/t/acme/api/checkout/charge";
        edge.post(
                path,
                "{\"paymentToken\":\"%s\",\"amount\":\"%s\"}"
                        .formatted(edge.refresh("acme", flow), TestCards.DECLINED_AMOUNT),
                "X-Checkout-Flow",
                flow);
        edge.post(path, "{\"paymentToken\":\"x\",\"card\":\"4242424242424242\"}", "X-Checkout-Flow", flow);
        try (var script = pekoPay.once(Call::isCharge, Behaviour.workingThenReset())) {
            String other = flow();
            assertThat(edge.charge("acme", other, edge.refresh("acme", other)).statusCode())
                    .isEqualTo(504);
        }
        String late = flow();
        String free = edge.refresh("away", late);
        away.down();
        assertThat(edge.charge("away", late, free).statusCode()).isEqualTo(503);
    }

    private static String flow() {
        return UUID.randomUUID().toString();
    }

    private Scrape scrape() {
        // Gauges of a tenant appear within a second of its first use.
        await().atMost(Duration.ofSeconds(30))
                .until(() -> edge.manage("/actuator/prometheus")
                        .body()
                        .contains("pekopay_edge_charges_unknown{tenant=\"acme\"} 1.0"));
        return Scrape.of(edge.manage("/actuator/prometheus").body());
    }

    @Test
    void published_isWhatTheContractNames_withItsLabels() {
        Scrape scrape = scrape();
        QueriesTest.PUBLISHED.forEach((family, labels) -> {
            String metric = family.endsWith("_seconds") ? family + "_count" : family;
            assertThat(scrape.metrics()).contains(metric);
            assertThat(scrape.labelsOf(metric).keySet()).as(metric).isEqualTo(labels);
        });
        assertThat(scrape.labelsOf("pekopay_edge_charge_seconds_bucket").get("le"))
                .hasSizeLessThanOrEqualTo(10);
        assertThat(scrape.metrics())
                .filteredOn(name -> name.startsWith("resilience4j"))
                .hasSize(1);
    }

    @Test
    void series_ofATenant_comeWithItsFirstUse() {
        pekoPay.addClient("newcomer", "newcomer-client", EdgeUnderTest.secret("newcomer"));
        assertThat(edge.manage("/actuator/prometheus").body()).doesNotContain("newcomer");
        edge.refresh("newcomer", flow());
        String scraped = edge.manage("/actuator/prometheus").body();
        for (String metric : Set.of(
                "token_requests_seconds_count",
                "mint_seconds_count",
                "reserve_tokens",
                "reserve_target",
                "demand",
                "charges_unknown",
                "credentials_info")) {
            assertThat(scraped).containsPattern("pekopay_edge_" + metric + "\\{[^}]*tenant=\"newcomer\"");
        }
        assertThat(scraped).contains("name=\"mint:newcomer\"").doesNotContain("name=\"charge:newcomer\"");
    }

    @Test
    void queries_ofDashboardAndAlerts_findEveryMetricLabelAndValueInTheScrape() throws Exception {
        Scrape scrape = scrape();
        var read = new TreeSet<String>();
        for (Map.Entry<String, String> query : Queries.all().entrySet()) {
            for (String metric : Query.of(query.getValue()).metrics()) {
                assertThat(scrape.metrics()).as(query.getKey()).contains(metric);
                read.add(metric);
            }
            SELECTION
                    .matcher(query.getValue())
                    .results()
                    .forEach(selection -> COMPARED.matcher(selection.group(2))
                            .results()
                            .filter(compared -> !compared.group(1).equals("namespace"))
                            .forEach(compared -> assertCompared(
                                    scrape, query.getKey(), selection.group(1), compared.group(1), compared.group(2))));
        }
        assertThat(read).hasSizeGreaterThan(12);
    }

    /** Every alternative of a pattern must match some value, or it waits for what never comes. */
    private static void assertCompared(Scrape scrape, String where, String metric, String label, String pattern) {
        Set<String> values = scrape.labelsOf(metric).getOrDefault(label, Set.of());
        Set<String> alternatives =
                pattern.contains("(") ? Set.of(pattern) : new HashSet<>(Set.of(pattern.split("\\|")));
        for (String alternative : alternatives) {
            assertThat(values)
                    .as("%s: %s{%s} is never %s", where, metric, label, alternative)
                    .anyMatch(value -> value.matches(alternative));
        }
    }

    @Test
    void health_pekoPayAndRedisAway_aTenantFileBroken_staysReadyAndLive() {
        pekoPay.down();
        try {
            for (String group : Set.of("", "/readiness", "/liveness")) {
                HttpResponse<String> health = edge.manage("/actuator/health" + group);
                assertThat(health.statusCode()).as(group).isEqualTo(200);
                assertThat(health.body())
                        .as(group)
                        .startsWith("{\"status\":\"UP\"")
                        .doesNotContain("redis");
            }
            assertThat(edge.manage("/actuator/tenants").body()).contains("broken.yml");
        } finally {
            pekoPay.up();
        }
    }
}
