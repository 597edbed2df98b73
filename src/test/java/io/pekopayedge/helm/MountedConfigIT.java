package io.pekopayedge.helm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pekopayedge.sandbox.PekoPaySandbox;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The packaged gateway, started with the very files that the chart renders, mounted as in a pod: links through {@code
 * ..data}, secrets of their own, a root that cannot be written to wherever this machine lets a test have one.
 */
class MountedConfigIT {
    /** Ends with a mount namespace in which only the given folder can be written to. */
    private static final String READ_ONLY = "mount --bind \"$0\" \"$0\" && mount -o remount,bind,ro / && exec \"$@\"";

    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    @TempDir
    Path root;

    private PekoPaySandbox pekoPay;
    private Process gateway;
    private int port;
    private int managementPort;

    @BeforeEach
    void start() {
        pekoPay = PekoPaySandbox.start()
                .addClient("acme", "acme-1", "acme-secret-number-1")
                .addClient("bistro_01", "bistro-id", "s3cr:et-ü-0123456789")
                .addClient("corner", "corner-id", "corner-secret-012345")
                .addClient("deli", "deli-id", "deli-secret-01234567");
    }

    @AfterEach
    void stop() throws InterruptedException {
        if (gateway != null) {
            gateway.destroy();
            assertThat(gateway.waitFor(60, TimeUnit.SECONDS)).isTrue();
        }
        pekoPay.close();
    }

    @Test
    void renderedFiles_mountedAsInAPod_startTheGateway_andARotatedSecretIsTakenIn() throws Exception {
        PodFiles pod = pod();
        Path log = root.resolve("log");
        launch(pod, log);

        await().atMost(Duration.ofSeconds(120)).until(() -> {
            assertThat(gateway.isAlive()).as(() -> read(log)).isTrue();
            return status(managementPort, "/actuator/health/readiness") == 200;
        });
        assertThat(status(managementPort, "/actuator/health/liveness")).isEqualTo(200);
        for (String tenant : List.of("acme", "bistro_01", "corner", "deli")) {
            assertThat(get(port, "/t/" + tenant + "/api/payment-token/refresh").body())
                    .as("%s\n%s", tenant, read(log))
                    .contains("\"token\":\"sess_");
        }
        assertThat(get(managementPort, "/actuator/tenants").body()).contains("\"invalid\":[]");

        pekoPay.addClient("acme", "acme-2", "acme-secret-number-2")
                .removeClient("acme", "acme-1", "acme-secret-number-1");
        String before = fingerprint();
        pod.with("Secret", "acme-pekopay", Map.of("client-id", "acme-2\n", "client-secret", "acme-secret-number-2\n"))
                .mount();
        await().atMost(Duration.ofSeconds(30)).until(() -> !fingerprint().equals(before));
        // A changed client id empties the reserve: the next token was asked for with the new pair.
        assertThat(get(port, "/t/acme/api/payment-token/refresh").body()).contains("\"token\":\"sess_");

        assertThat(written(pod)).isEmpty();
        assertThat(read(log)).contains("\"ecs\":{\"version\"").doesNotContain("acme-secret", "s3cr:et", "WARNING");
    }

    private PodFiles pod() throws Exception {
        String values = """
                image: {repository: registry.example/pekopay-edge}
                edge: {reserve: {cover: 1m}, tenants: {poll: 500ms}}
                extraEnv: [{name: DELI_SECRET, value: deli-secret-01234567}]
                tenantFiles: {configMaps: [corner-tenants], secrets: [deli-tenants]}
                tenants:
                  acme:
                    tenant-id: acme
                    base-url: %1$s
                    hosts: [acme.localhost]
                    credentials: {existingSecret: acme-pekopay}
                  bistro:
                    tenant-id: bistro_01
                    base-url: %1$s
                    credentials: {client-id: bistro-id, client-secret: "s3cr:et-ü-0123456789"}
                """.formatted(pekoPay.baseUrl());
        String other = "tenant-id: %1$s\nbase-url: " + pekoPay.baseUrl()
                + "\ncredentials: {client-id: %1$s-id, client-secret: \"%2$s\"}\n";
        String rendered =
                PekoPayChart.render(PekoPayChart.FOLDER, Files.writeString(root.resolve("values.yml"), values));
        // A test may not make /app; everything else is as it was rendered.
        return new PodFiles(root.resolve("pod"), rendered.replace("-file: /app/", "-file: " + root + "/pod/app/"))
                .with(
                        "Secret",
                        "acme-pekopay",
                        Map.of("client-id", "acme-1\n", "client-secret", "acme-secret-number-1\n"))
                .with(
                        "ConfigMap",
                        "corner-tenants",
                        Map.of("corner.yml", other.formatted("corner", "corner-secret-012345")))
                .with("Secret", "deli-tenants", Map.of("deli.yml", other.formatted("deli", "${DELI_SECRET}")));
    }

    private void launch(PodFiles pod, Path log) throws Exception {
        pod.mount();
        port = freePort();
        managementPort = freePort();
        Path tmp = pod.path("/tmp");
        var command = new ArrayList<String>();
        if (new ProcessBuilder("sh", "-c", "unshare -rm true").start().waitFor() == 0) {
            command.addAll(List.of("unshare", "-rm", "sh", "-c", READ_ONLY, tmp.toString()));
        } else {
            System.out.println("MountedConfigIT: no mount namespaces here, the root can be written to");
        }
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Djava.io.tmpdir=" + tmp,
                "-jar",
                Path.of(System.getProperty("edge.jar")).toAbsolutePath().toString(),
                "--server.port=" + port,
                "--management.server.port=" + managementPort));
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(pod.path("/app").toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().putAll(pod.environment());
        gateway = builder.start();
    }

    /** What is in the pod's root, beyond its own /tmp, and was not mounted. */
    private TreeSet<String> written(PodFiles pod) throws IOException {
        var files = new TreeSet<String>();
        try (Stream<Path> all = Files.walk(pod.path("/app"))) {
            all.filter(path -> Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS))
                    .map(path -> pod.path("/app").relativize(path).toString())
                    .filter(path -> !path.contains("..2026") && !path.equals("config/application.yml"))
                    .forEach(files::add);
        }
        return files;
    }

    private String fingerprint() throws Exception {
        String tenants = get(managementPort, "/actuator/tenants").body();
        return tenants.substring(tenants.indexOf("fingerprint"), tenants.indexOf("fingerprint") + 30);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private static int status(int at, String path) {
        try {
            return get(at, path).statusCode();
        } catch (Exception notYet) {
            return 0;
        }
    }

    private static HttpResponse<String> get(int at, String path) throws Exception {
        return CLIENT.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + at + path))
                        .timeout(Duration.ofSeconds(30))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private static String read(Path log) {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            return e.toString();
        }
    }
}
