package io.pekopayedge.operate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pekopayedge.edge.EdgeUnderTest;
import io.pekopayedge.replicas.EdgeProcess;
import io.pekopayedge.sandbox.PekoPaySandbox;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packaged gateway when nobody takes its log, or no disk does: shoppers do not feel it. */
class NoPlaceForTheLogIT {
    /** Three lines each: many times what a pipe holds, and more than the gateway keeps. */
    private static final int CHECKOUTS = 2500;

    /** Ends on a file system of its own without room for another byte, where its log and /tmp are. */
    private static final String FULL =
            "mount -t tmpfs -o size=64k full \"$0\" && { cat /dev/zero >\"$0/fill\" 2>/dev/null; "
                    + "exec \"$@\" >\"$0/log\" 2>&1; }";

    private static final Duration EACH = Duration.ofMillis(5);

    @TempDir
    Path folder;

    private PekoPaySandbox pekoPay;
    private EdgeProcess edge;
    private int charged;

    @BeforeEach
    void start() {
        pekoPay = PekoPaySandbox.start().addClient("acme", "acme-client", EdgeUnderTest.secret("acme"));
    }

    @AfterEach
    void stop() {
        edge.close();
        pekoPay.close();
    }

    @Test
    void pipe_thatNobodyReads_stopsNoCharge_losesLinesOnly_andDoesNotKeepTheGatewayFromEnding() throws Exception {
        edge = edge().launch(Redirect.PIPE).ready();
        shop(CHECKOUTS);
        try (BufferedReader log =
                new BufferedReader(new InputStreamReader(edge.process().getInputStream(), StandardCharsets.UTF_8))) {
            assertThat(readToTheLoss(log)).contains("\"level\":\"WARN\"");

            shop(200);
            edge.process().destroy();
            assertThat(edge.process().waitFor(20, TimeUnit.SECONDS)).isTrue();
            assertThat(edge.process().exitValue()).isIn(0, 143);
        }
    }

    /** Reads until the log tells that lines are missing, which it does when there is room again. */
    private String readToTheLoss(BufferedReader log) throws IOException {
        String line = "";
        for (int lines = 0; !line.contains("lines were dropped"); lines++) {
            if (lines % 1000 == 0) {
                edge.refresh("acme", UUID.randomUUID().toString());
            }
            line = log.readLine();
            assertThat(line).isNotNull();
        }
        return line;
    }

    @Test
    void disk_full_stopsNoCharge() throws Exception {
        assertThat(Path.of("/dev/full")).as("a device of Linux").exists();
        Path disk = Files.createDirectory(folder.resolve("disk"));
        boolean mounts = new ProcessBuilder("unshare", "-rm", "true").start().waitFor() == 0;
        if (!mounts) {
            System.out.println("NoPlaceForTheLogIT: no mount namespaces here, /tmp is not full");
        }
        edge = edge("-Djava.io.tmpdir=" + disk)
                .under(mounts ? List.of("unshare", "-rm", "sh", "-c", FULL, disk.toString()) : List.of())
                .launch(Redirect.to(new File("/dev/full")))
                .ready();
        shop(200);
    }

    private EdgeProcess edge(String... jvm) throws IOException {
        Path tenants = Files.createDirectory(folder.resolve("tenants"));
        Files.writeString(tenants.resolve("acme.yml"), """
                tenant-id: acme
                base-url: %s
                credentials: {client-id: acme-client, client-secret: %s}
                reserve: {min: 200}
                """.formatted(pekoPay.baseUrl(), EdgeUnderTest.secret("acme")));
        return new EdgeProcess(
                folder,
                "edge",
                Stream.concat(Stream.of("-Xmx256m", "-XX:TieredStopAtLevel=1"), Stream.of(jvm))
                        .toList(),
                List.of(
                        "pekopay.edge.tenants.location=" + tenants,
                        "pekopay.edge.mint.rate=100000",
                        "pekopay.edge.mint.max-concurrent=64",
                        // However busy this machine is: it is not PekoPay's speed that is asked for.
                        "pekopay.edge.mint.wait=30s",
                        "pekopay.edge.mint.timeout=30s",
                        "pekopay.edge.breaker.slow-call=1m",
                        "pekopay.edge.limits.refresh-per-client=1000000/1m",
                        "pekopay.edge.limits.charge-per-client=1000000/1m"));
    }

    private void shop(int checkouts) throws Exception {
        try (Traffic traffic = new Traffic(edge.port()).start(20, EACH, true)) {
            await().atMost(Duration.ofSeconds(90)).until(() -> traffic.count("charge 201") >= checkouts);
            traffic.finish();
            assertThat(traffic.counts().keySet()).containsOnly("refresh 200", "charge 201");
            charged += traffic.count("charge 201");
            assertThat(pekoPay.charges()).hasSize(charged);
        }
    }
}
