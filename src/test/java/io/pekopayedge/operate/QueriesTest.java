package io.pekopayedge.operate;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Dashboard and alerts ask for nothing that the gateway does not publish, and show all that it does. */
class QueriesTest {
    /** The contract's metrics with their labels. */
    static final Map<String, Set<String>> PUBLISHED = Map.ofEntries(
            Map.entry("pekopay_edge_token_requests_seconds", Set.of("tenant", "outcome")),
            Map.entry("pekopay_edge_reserve_tokens", Set.of("tenant", "age")),
            Map.entry("pekopay_edge_reserve_target", Set.of("tenant")),
            Map.entry("pekopay_edge_demand", Set.of("tenant")),
            Map.entry("pekopay_edge_mint_seconds", Set.of("tenant", "outcome")),
            Map.entry("pekopay_edge_charge_seconds", Set.of("tenant", "intent", "outcome")),
            Map.entry("pekopay_edge_charges_unknown", Set.of("tenant")),
            Map.entry("pekopay_edge_card_data_refused_total", Set.of("tenant")),
            Map.entry("pekopay_edge_limited_total", Set.of("tenant", "limit")),
            Map.entry("pekopay_edge_tenants_invalid", Set.of()),
            Map.entry("pekopay_edge_credentials_info", Set.of("tenant", "slot", "fingerprint")),
            Map.entry("resilience4j_circuitbreaker_state", Set.of("name", "state")));
    /** Prometheus adds it to what it scrapes. */
    private static final Set<String> ADDED = Set.of("namespace");

    @Test
    void queries_every_readPublishedMetricsByTheirOwnLabels() throws Exception {
        Queries.all().forEach((where, expression) -> {
            Query query = Query.of(expression);
            assertThat(query.metrics()).as(where).isNotEmpty();
            var labels = new HashSet<>(ADDED);
            for (String metric : query.metrics()) {
                assertThat(PUBLISHED).as(where).containsKey(family(metric));
                labels.addAll(PUBLISHED.get(family(metric)));
                if (metric.endsWith("_bucket")) {
                    labels.add("le");
                }
            }
            assertThat(labels).as(where).containsAll(query.labels());
        });
    }

    @Test
    void dashboard_whole_showsEveryMetric() throws Exception {
        var shown = new TreeSet<String>();
        Queries.ofDashboard()
                .values()
                .forEach(expression -> Query.of(expression).metrics().forEach(metric -> shown.add(family(metric))));

        assertThat(shown).containsExactlyInAnyOrderElementsOf(PUBLISHED.keySet());
    }

    @Test
    void legends_andAnnotations_nameOnlyLabelsThatTheirQueryKeeps() throws Exception {
        for (JsonNode panel : Queries.dashboard().get("panels")) {
            for (JsonNode target : panel.path("targets")) {
                placeholders("\\{\\{(\\w+)}}", target.get("legendFormat").asText())
                        .forEach(label -> assertThat(
                                        Query.of(target.get("expr").asText()).labels())
                                .as(panel.get("title").asText())
                                .contains(label));
            }
        }
        for (var alert : Queries.alerts()) {
            placeholders("\\$labels\\.(\\w+)", alert.get("annotations").toString())
                    .forEach(label -> assertThat(
                                    Query.of((String) alert.get("expr")).labels())
                            .as("alert " + alert.get("alert"))
                            .contains(label));
        }
    }

    @Test
    void alerts_every_haveSeveritySummaryAndRunbook() throws Exception {
        assertThat(Queries.alerts()).isNotEmpty().allSatisfy(alert -> {
            assertThat((Map<String, String>) asMap(alert.get("labels")))
                    .extractingByKey("severity")
                    .isIn("critical", "warning");
            assertThat(asMap(alert.get("annotations"))).containsOnlyKeys("summary", "description", "runbook");
            assertThat(alert).containsKey("alert").hasSizeLessThanOrEqualTo(5);
        });
    }

    @Test
    void panels_every_areDescribedNumberedOnceAndDoNotOverlap() throws Exception {
        var ids = new HashSet<Integer>();
        var cells = new HashSet<String>();
        for (JsonNode panel : Queries.dashboard().get("panels")) {
            assertThat(ids.add(panel.get("id").asInt())).isTrue();
            if (!panel.get("type").asText().equals("row")) {
                assertThat(panel.path("description").asText()).isNotBlank();
            }
            JsonNode at = panel.get("gridPos");
            for (int x = 0; x < at.get("w").asInt(); x++) {
                for (int y = 0; y < at.get("h").asInt(); y++) {
                    assertThat(cells.add((at.get("x").asInt() + x) + ","
                                    + (at.get("y").asInt() + y)))
                            .as(panel.get("title").asText())
                            .isTrue();
                }
            }
        }
        assertThat(cells).noneMatch(cell -> Integer.parseInt(cell.split(",")[0]) >= 24);
    }

    @Test
    void names_ofAQuery_areFoundBetweenStringsFunctionsAndDurations() {
        Query query = Query.of("histogram_quantile(0.9, sum by (le, a) (rate(x_bucket{b=~\"y{z}\", c!=\"(\"}[5m])))"
                + " / on (d) group_left (e) (up offset 5m > bool 1e3) or vector(0) # w");

        assertThat(query.metrics()).containsExactly("up", "x_bucket");
        assertThat(query.labels()).containsExactly("a", "b", "c", "d", "e", "le");
    }

    /** A histogram is read by its parts. */
    static String family(String metric) {
        return metric.replaceAll("_seconds_(bucket|count|sum)$", "_seconds");
    }

    @SuppressWarnings("unchecked")
    private static Map<String, String> asMap(Object value) {
        return (Map<String, String>) value;
    }

    private static Set<String> placeholders(String pattern, String text) {
        var names = new TreeSet<String>();
        Pattern.compile(pattern).matcher(text).results().forEach(found -> names.add(found.group(1)));
        return names;
    }
}
