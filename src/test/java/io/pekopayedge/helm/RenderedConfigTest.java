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
import org.junit.jupiter.params.provider.MethodSource;

/** What the chart makes of every value set is read by the gateway without a complaint. */
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
        String rendered = PekoPayChart.render(PekoPayChart.FOLDER, valueSet)
                .replace("-file: /app/", "-file: " + root + "/app/")
                .replace("-file: /vault/", "-file: " + vault + "/");
        PodFiles pod = new PodFiles(root, rendered)
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
                "--BISTRO_ID=bistro-id",
                "--BISTRO_SECRET=bistro-secret-0123");

        assertThat(problems).as(printed.toString(StandardCharsets.UTF_8)).isZero();
    }

    private static String tenant(String id) {
        return "tenant-id: " + id
                + "\nenvironment: sandbox\ncredentials: {client-id: x, client-secret: 0123456789abcdef}\n";
    }
}
