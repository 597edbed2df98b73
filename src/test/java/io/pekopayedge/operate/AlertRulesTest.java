package io.pekopayedge.operate;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.yaml.snakeyaml.Yaml;

/**
 * Prometheus itself evaluates the rules and reads the dashboard's queries: an evaluator of our own would prove little.
 * Its tool comes with Debian's package {@code prometheus}, which CI installs.
 */
class AlertRulesTest {
    private static final Path SITUATIONS = Path.of("src/test/resources/operate/alerts-test.yml");

    @Test
    void alerts_inTheirSituations_fireOrAreSilent() throws Exception {
        assertThat(promtool("test", "rules", SITUATIONS.toString())).contains("SUCCESS");
    }

    @Test
    void alerts_every_haveASituationToFireInAndOneToBeSilentIn() throws Exception {
        Map<String, List<Map<String, Object>>> file = new Yaml().load(Files.readString(SITUATIONS));
        var names = file.get("tests").stream()
                .map(test -> ((String) test.get("name")).replaceAll(": .*", ""))
                .toList();
        var expected = new ArrayList<String>();
        for (var alert : Queries.alerts()) {
            expected.add(alert.get("alert") + " fires");
            expected.add(alert.get("alert") + " silent");
        }

        assertThat(names).containsExactlyInAnyOrderElementsOf(expected);
        assertThat(file.get("tests")).allSatisfy(test -> {
            String name = (String) test.get("name");
            String alert = name.substring(0, name.indexOf(' '));
            assertThat(test.get("promql_expr_test").toString().contains("alertname=\"" + alert + "\""))
                    .as(name)
                    .isEqualTo(name.contains(" fires: "));
        });
    }

    /** Beside a namespace that is well. A step of the values is 15 s. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            token_requests_seconds_count{namespace="shop",tenant="acme",outcome="unavailable"} | 0x20 1x100                    | nothing
            token_requests_seconds_count{namespace="shop",tenant="acme",outcome="unavailable"} | 0x20 1x10 2x90                | nothing
            token_requests_seconds_count{namespace="shop",tenant="acme",outcome="unavailable"} | 0x19 1x19 2x19 3x19 4x19 5x19 | PekoPayTokensUnavailable
            charge_seconds_count{namespace="shop",tenant="acme",outcome="unknown"}             | 0x20 1x100                    | nothing
            charge_seconds_count{namespace="shop",tenant="acme",outcome="unreachable"}         | 0x20 1x10 2x90                | nothing
            charge_seconds_count{namespace="shop",tenant="acme",outcome="unreachable"}         | 0x19 1x19 2x19 3x19 4x19 5x19 | PekoPayChargesFailing
            tenants_invalid{namespace="shop"}                                                  | 0x20 stale                    | PekoPayEdgeAbsent
            tenants_invalid{namespace="shop"}                                                  | 0x20 stale _x10 0x90          | nothing
            """)
    void alerts_inAQuietShop_wakeForAnOutage_notForOneShopper(
            String series, String values, String alert, @TempDir Path folder) throws Exception {
        String fired =
                alert.equals("nothing") ? "" : "{labels: '{alertname=\"" + alert + "\",namespace=\"shop\"}', value: 1}";
        Path situation = Files.writeString(
                folder.resolve("situation.yml"), """
                rule_files: [%s]
                evaluation_interval: 15s
                tests:
                  - interval: 15s
                    input_series:
                      - {series: 'pekopay_edge_tenants_invalid{namespace="pay"}', values: "0x120"}
                      - {series: 'pekopay_edge_%s', values: "%s"}
                    promql_expr_test:
                      - expr: 'count by (alertname, namespace) (max_over_time(ALERTS{alertstate="firing"}[30m]))'
                        eval_time: 30m
                        exp_samples: [%s]
                """.formatted(Queries.ALERTS.toAbsolutePath(), series, values, fired));

        assertThat(promtool("test", "rules", situation.toString())).contains("SUCCESS");
    }

    @Test
    void dashboardQueries_every_areUnderstoodByPrometheus(@TempDir Path folder) throws Exception {
        var rules = new StringBuilder("groups:\n- name: panels\n  rules:\n");
        int number = 0;
        for (String expression : Queries.ofDashboard().values()) {
            rules.append("  - {record: panel_%d, expr: '%s'}%n".formatted(number++, expression.replace("'", "''")));
        }
        Path file = Files.writeString(folder.resolve("panels.yml"), rules.toString());

        assertThat(promtool("check", "rules", "--lint=none", file.toString())).contains("SUCCESS");
    }

    private static String promtool(String... arguments) throws Exception {
        var command = new ArrayList<>(List.of("promtool"));
        command.addAll(List.of(arguments));
        Process process;
        try {
            process = new ProcessBuilder(command).redirectErrorStream(true).start();
        } catch (IOException absent) {
            // Not evaluated would look like good.
            throw new AssertionError(
                    "promtool is not on the path: it comes with Prometheus (Debian: prometheus)", absent);
        }
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }
}
