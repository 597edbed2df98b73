package io.pekopayedge.helm;

import static org.assertj.core.api.Assertions.assertThat;

import io.pekopayedge.tenant.CheckConfig;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What the chart makes of every value set, and of single values, is read by the gateway without a complaint. */
class RenderedConfigTest {
    @TempDir
    Path root;

    static List<Path> valueSets() throws Exception {
        return PekoPayChart.valueSets();
    }

    @ParameterizedTest
    @MethodSource("valueSets")
    void valueSet_rendered_isGoodConfiguration(Path valueSet) throws Exception {
        Path vault = Files.createDirectory(root.resolve("vault"));
        Files.writeString(vault.resolve("id"), "some-id");
        Files.writeString(vault.resolve("secret"), "some-secret-012345");
        check(PekoPayChart.render(PekoPayChart.FOLDER, valueSet).replace("-file: /vault/", "-file: " + vault + "/"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            trustedProxies[0]                     | 10.1.2.3
            trustedProxies[0]                     | 255.255.255.255/32
            trustedProxies[0]                     | fd00::1/128
            edge.flow.same-site                   | lax
            edge.flow.reuse-for                   | 0s
            edge.charge.memory                    | 1TB
            edge.charge.max-body                  | 1MB
            edge.charge.keep-for                  | P2D
            edge.limits.charge-per-client         | 1000000/1ms
            edge.reserve.min                      | 500
            tenants.acme.hosts[0]                 | ${SHOP_HOST}
            tenants.acme.hosts[0]                 | a--b.1.Shop.example
            tenants.acme.origins[0]               | https://${SHOP_HOST}
            tenants.acme.origins[0]               | https://[fd00::1]:8443
            tenants.acme.storefront               | http://acme-web:3000/
            tenants.acme.base-url                 | https://p.example/a/b-c/
            tenants.acme.base-url                 | http://127.0.0.1:9090
            tenants.acme.intents.charge           | /tenants/3f6f0d3e/transactions
            tenants.acme.intents.donation\\.v2      | /tenants/{tenantId}/donations
            tenants.acme.default-intent           | subscription
            tenants.acme.reserve.cover            | PT1M30S
            """)
    void value_thatTheChartTakes_isGoodConfiguration(String key, String value) throws Exception {
        check(PekoPayChart.render("three-values", key, value));
    }

    private void check(String chart) throws Exception {
        PodFiles pod = new PodFiles(root, chart.replace("-file: /app/", "-file: " + root + "/app/"))
                .with("ConfigMap", "tenants-a-m", Map.of("acme.yml", tenant("acme")))
                .with("ConfigMap", "tenants-n-z", Map.of("noodle.yml", tenant("noodle")))
                .with("Secret", "tenants-with-secrets", Map.of("zoo.yml", tenant("zoo")))
                .withMissingSecrets("some-secret-012345");
        pod.mount();

        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        int problems = CheckConfig.run(
                new PrintStream(printed, true, StandardCharsets.UTF_8),
                "--check-config",
                "--spring.config.location=file:" + pod.path("/app/config/application.yml"),
                "--pekopay.edge.tenants.location=" + pod.path("/app/config/tenants"),
                "--SHOP_HOST=shop.example",
                "--BISTRO_ID=bistro-id",
                "--BISTRO_SECRET=bistro-secret-0123");

        assertThat(problems).as(printed.toString(StandardCharsets.UTF_8)).isZero();
    }

    private static String tenant(String id) {
        return "tenant-id: " + id
                + "\nenvironment: sandbox\ncredentials: {client-id: x, client-secret: 0123456789abcdef}\n";
    }
}
