package io.pekopayedge.helm;

import static io.pekopayedge.helm.PekoPayChart.at;
import static io.pekopayedge.helm.PekoPayChart.object;
import static io.pekopayedge.helm.PekoPayChart.objects;
import static io.pekopayedge.helm.PekoPayChart.render;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.marcnuri.helm.Helm;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.yaml.snakeyaml.Yaml;

/** What the chart makes of values, judged by Helm's engine and Kubernetes' own types. */
class ChartTest {
    static List<Path> valueSets() throws Exception {
        return PekoPayChart.valueSets();
    }

    @Test
    void lint_strict_saysNothingButTheMissingIcon() {
        var result = new Helm(PekoPayChart.FOLDER).lint().strict().call();

        assertThat(result.isFailed()).isFalse();
        assertThat(result.getMessages()).containsExactly("[INFO] Chart.yaml: icon is recommended");
    }

    @ParameterizedTest
    @MethodSource("valueSets")
    void valueSet_rendered_isStrictlyTyped(Path valueSet) throws Exception {
        var objects = objects(render(PekoPayChart.FOLDER, valueSet));

        assertThat(objects).hasSizeGreaterThan(3);
        for (var object : objects) {
            KubernetesTypes.check(object);
        }
    }

    @Test
    void typeCheck_fieldUnknownOrAbsent_isNoticed() {
        var rendered = render("replicas-redis");
        Map<String, Object> deployment = object(rendered, "Deployment", "edge");
        Map<String, Object> container = at(deployment, "spec", "template", "spec", "containers", 0);
        container.put("readinessPrope", Map.of());
        assertThatThrownBy(() -> KubernetesTypes.check(deployment)).hasStackTraceContaining("readinessPrope");
        container.remove("readinessPrope");
        container.remove("name");
        assertThatThrownBy(() -> KubernetesTypes.check(deployment)).hasStackTraceContaining("name");

        Map<String, Object> monitor = object(rendered, "ServiceMonitor", "edge");
        Map<String, Object> endpoint = at(monitor, "spec", "endpoints", 0);
        endpoint.put("intervall", "1s");
        assertThatThrownBy(() -> KubernetesTypes.check(monitor)).hasStackTraceContaining("intervall");
    }

    @Test
    void valueSets_together_renderEveryTemplate() throws Exception {
        var kinds = new TreeSet<String>();
        for (Path valueSet : valueSets()) {
            objects(render(PekoPayChart.FOLDER, valueSet)).forEach(object -> kinds.add((String) object.get("kind")));
        }

        assertThat(kinds)
                .containsExactly(
                        "ConfigMap",
                        "Deployment",
                        "ExternalSecret",
                        "HTTPRoute",
                        "HorizontalPodAutoscaler",
                        "Ingress",
                        "NetworkPolicy",
                        "PodDisruptionBudget",
                        "PrometheusRule",
                        "Secret",
                        "Service",
                        "ServiceAccount",
                        "ServiceMonitor");
    }

    @Test
    void pod_always_isLockedDown() {
        for (String valueSet : List.of("three-values", "replicas-redis", "autoscaling")) {
            Map<String, Object> pod = at(object(render(valueSet), "Deployment", "edge"), "spec", "template", "spec");
            Map<String, Object> security = at(pod, "containers", 0, "securityContext");

            assertThat((Boolean) at(pod, "automountServiceAccountToken")).isFalse();
            assertThat((Boolean) at(pod, "enableServiceLinks")).isFalse();
            assertThat((Boolean) at(pod, "securityContext", "runAsNonRoot")).isTrue();
            assertThat((String) at(pod, "securityContext", "seccompProfile", "type"))
                    .isEqualTo("RuntimeDefault");
            assertThat((Boolean) at(security, "readOnlyRootFilesystem")).isTrue();
            assertThat((Boolean) at(security, "allowPrivilegeEscalation")).isFalse();
            assertThat((List<String>) at(security, "capabilities", "drop")).containsExactly("ALL");
        }
    }

    @Test
    void image_ofTheBuild_runsAsTheUserAndInTheFolderThatThePodHas() throws Exception {
        String pom = Files.readString(Path.of("pom.xml"));
        Map<String, Object> pod = at(object(render("three-values"), "Deployment", "edge"), "spec", "template", "spec");

        assertThat(pom)
                .contains("<user>%s:%s</user>".formatted((Object) at(pod, "securityContext", "runAsUser"), (Object)
                        at(pod, "securityContext", "runAsGroup")))
                .contains("<workingDirectory>/app</workingDirectory>");
        assertThat((String) at(pod, "containers", 0, "volumeMounts", 0, "mountPath"))
                .isEqualTo("/app/config/application.yml");
    }

    @ParameterizedTest
    @CsvSource({"30s, 10, 55", "45s, 10, 70", "1m, 5, 80", "1500ms, 10, 27", "250ms, 1, 17"})
    void gracePeriod_anyTimeout_isPreStopAndDrainAndTen(String timeout, String preStop, int seconds) {
        var rendered = render("three-values", "edge.charge.timeout", timeout, "preStopSeconds", preStop);
        Map<String, Object> pod = at(object(rendered, "Deployment", "edge"), "spec", "template", "spec");

        assertThat((Integer) at(pod, "terminationGracePeriodSeconds")).isEqualTo(seconds);
        assertThat((Integer) at(pod, "containers", 0, "lifecycle", "preStop", "sleep", "seconds"))
                .isEqualTo(Integer.parseInt(preStop));
    }

    @Test
    void ledgerInMemory_tokensForwarded_neverTwoPodsSideBySide() {
        assertThat((String) at(object(render("csi-volume"), "Deployment", "edge"), "spec", "strategy", "type"))
                .isEqualTo("Recreate");
        assertThat((String) at(object(render("three-values"), "Deployment", "edge"), "spec", "strategy", "type"))
                .isEqualTo("RollingUpdate");
    }

    @Test
    void networkPolicy_portsOfRedisStorefrontAndPekoPay_areTheOnlyWaysOut() {
        Map<String, Object> policy = object(render("replicas-redis"), "NetworkPolicy", "edge");
        List<Map<String, Object>> egress = at(policy, "spec", "egress");

        assertThat(egress)
                .extracting(rule -> ((List<?>) rule.get("ports"))
                        .stream().map(port -> at(port, "port").toString()).toList())
                .containsExactly(List.of("53", "53"), List.of("443"), List.of("6379"), List.of("3000", "80"));
        assertThat((Object) at(policy, "spec", "ingress", 1, "ports", 0, "port"))
                .isEqualTo("management");
        assertThat((Object) at(policy, "spec", "ingress", 1, "from", 0, "namespaceSelector", "matchLabels"))
                .isEqualTo(Map.of("kubernetes.io/metadata.name", "monitoring"));
        assertThat(render("three-values", "networkPolicy.monitoringFrom", "null"))
                .doesNotContain("port: management, protocol: TCP}\n      from");
    }

    @Test
    void networkPolicy_ofAnEnvironmentMore_keepsTheWaysToTheUsualTwo() {
        Map<String, Object> policy = object(
                render("three-values", "edge.environments.test", "https://pekopay.test:8443"), "NetworkPolicy", "edge");
        List<Map<String, Object>> egress = at(policy, "spec", "egress");

        assertThat(((List<?>) egress.get(1).get("ports"))
                        .stream().map(port -> at(port, "port").toString()).toList())
                .containsExactlyInAnyOrder("443", "8443");
    }

    @Test
    void hosts_inCapitals_leadInByLowerCase() {
        assertThat((String) at(
                        object(
                                render("replicas-redis", "tenants.acme.hosts[0]", "Shop.Acme.example"),
                                "Ingress",
                                "edge"),
                        "spec",
                        "rules",
                        1,
                        "host"))
                .isEqualTo("shop.acme.example");
        assertThat((List<String>) at(
                        object(render("http-route", "httpRoute.hostnames[0]", "Shop.example"), "HTTPRoute", "edge"),
                        "spec",
                        "hostnames"))
                .containsExactly("shop.example");
    }

    @Test
    void changedSettings_rollThePods_changedTenantsDoNot() {
        var annotations = List.of("spec", "template", "metadata", "annotations", "checksum/application")
                .toArray();
        Object before = at(object(render("three-values"), "Deployment", "edge"), annotations);

        assertThat((Object)
                        at(object(render("three-values", "edge.mint.rate", "60"), "Deployment", "edge"), annotations))
                .isNotEqualTo(before);
        assertThat((Object) at(
                        object(render("three-values", "tenants.acme.hosts[0]", "a.example"), "Deployment", "edge"),
                        annotations))
                .isEqualTo(before);
    }

    @Test
    void credentialsInClear_standInASecretAlone() {
        var rendered = render("values-in-clear");

        assertThat(rendered).doesNotContain("s3cr:et-ü").doesNotContain("acme-id");
        assertThat((String) at(object(rendered, "Secret", "acme-current"), "data", "client-secret"))
                .isEqualTo("czNjcjpldC3DvA==");
    }

    @Test
    void goldenFile_replicasWithRedis_isWhatTheChartRenders() throws Exception {
        var golden = Path.of("src/test/resources/helm/replicas-redis.golden.yml");
        var rendered = readable(render("replicas-redis"));
        if (Boolean.getBoolean("golden.write")) {
            Files.writeString(golden, rendered);
        }

        assertThat(rendered)
                .as("a wanted change? -Dgolden.write=true, then read the diff")
                .isEqualTo(Files.readString(golden));
    }

    /** Without the dashboard and the rules, which are files of their own, and the checksum, which tells nobody anything. */
    private static String readable(String rendered) {
        return rendered.replaceAll("(?s)(pekopay-edge\\.json: \\|-\n).*?\n---", "$1    (files/dashboard.json)\n---")
                .replaceAll("(?s)(\nspec:\n)  groups:.*?\n---", "$1  (files/alerts.yml)\n---")
                .replaceAll("(checksum/application:) [0-9a-f]{64}", "$1 (of application.yml)");
    }

    @Test
    void package_madeOfTheChart_carriesDashboardAndRules(@TempDir Path folder) throws Exception {
        new Helm(PekoPayChart.FOLDER).packageIt().withDestination(folder).call();
        var rendered =
                render(folder.resolve("pekopay-edge-1.0.0.tgz"), PekoPayChart.FOLDER.resolve("ci/replicas-redis.yml"));

        assertThat((String) at(object(rendered, "ConfigMap", "-dashboard"), "data", "pekopay-edge.json"))
                .isEqualToIgnoringWhitespace(Files.readString(Path.of("config/dashboard.json")));
        Map<String, Object> rules = new Yaml().load(Files.readString(Path.of("config/alerts.yml")));
        assertThat((Object) at(object(rendered, "PrometheusRule", "edge"), "spec"))
                .isEqualTo(rules);
    }
}
