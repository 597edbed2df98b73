package io.pekopayedge.tenant;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Volumes of Kubernetes: the files are links through {@code ..data}, which is renamed over to another folder. */
class SymlinkSwapTest {
    @TempDir
    Path root;

    private static String tenant(String host) {
        return "tenant-id: acme\nenvironment: sandbox\nhosts: [" + host + "]\ncredentials:\n"
                + "  client-id-file: ../secrets/id\n  client-secret-file: ../secrets/secret\n";
    }

    private static Map<String, String> pair(int number) {
        return Map.of("id", "client-" + number + "\n", "secret", "secret-number-" + number + "\n");
    }

    @Test
    void dataLink_swappedTwice_isTakenInEachTime() throws IOException {
        KubernetesVolume config = new KubernetesVolume(Files.createDirectory(root.resolve("tenants")));
        KubernetesVolume secrets = new KubernetesVolume(Files.createDirectory(root.resolve("secrets")));
        config.publish("00", Map.of("acme.yml", tenant("h0.example")));
        secrets.publish("00", pair(0));
        try (TenantFolderFixture fixture = new TenantFolderFixture(config.path())) {
            fixture.look();
            assertThat(fixture.tenant("acme").credentials())
                    .isEqualTo(new BasicCredentials("client-0", "secret-number-0"));
            for (int i = 1; i <= 2; i++) {
                config.publish("1" + i, Map.of("acme.yml", tenant("h" + i + ".example")));
                fixture.look();
                assertThat(fixture.tenant("acme").hosts()).containsExactly("h" + i + ".example");

                secrets.publish("1" + i, pair(i));
                fixture.look();
                assertThat(fixture.tenant("acme").credentials())
                        .isEqualTo(new BasicCredentials("client-" + i, "secret-number-" + i));
                assertThat(fixture.source.invalid()).isEmpty();
            }
        }
    }

    @Test
    void pairOfFiles_swappedAllTheTime_isNeverMixed() throws Exception {
        Path folder = Files.createDirectory(root.resolve("tenants"));
        KubernetesVolume secrets = new KubernetesVolume(Files.createDirectory(root.resolve("secrets")));
        secrets.publish("0", pair(0));
        Files.writeString(folder.resolve("acme.yml"), tenant("h.example"));
        try (TenantFolderFixture fixture = new TenantFolderFixture(folder)) {
            fixture.look();
            Thread kubelet = new Thread(() -> {
                for (int i = 1; i <= 300; i++) {
                    secrets.publish(String.valueOf(i), pair(i));
                }
            });
            kubelet.start();
            while (kubelet.isAlive()) {
                fixture.look();
                BasicCredentials now = fixture.tenant("acme").credentials();
                assertThat(Stream.iterate(0, i -> i <= 300, i -> i + 1)
                                .map(i -> new BasicCredentials("client-" + i, "secret-number-" + i)))
                        .contains(now);
            }
            kubelet.join();
            fixture.look();
            assertThat(fixture.tenant("acme").credentials())
                    .isEqualTo(new BasicCredentials("client-300", "secret-number-300"));
        }
    }
}
