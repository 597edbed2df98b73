package io.pekopayedge.operate;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packaged gateway that plays a refresh through before it is ready, and ends there if it is told to. */
class RehearsalIT {
    @TempDir
    Path folder;

    @Test
    void rehearse_loadsWhatARefreshNeeds_saysNothingOfIt_andEnds() throws Exception {
        Path log = folder.resolve("log");
        Path tenants = Files.createDirectory(folder.resolve("tenants"));
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xlog:class+load:file=" + folder.resolve("classes"),
                        "-jar",
                        Path.of(System.getProperty("edge.jar")).toAbsolutePath().toString(),
                        "--rehearse",
                        "--server.port=0",
                        "--management.server.port=0",
                        "--pekopay.edge.tenants.location=" + tenants)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(Redirect.to(log.toFile()))
                .start();
        try {
            assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        assertThat(process.exitValue()).as(Files.readString(log)).isZero();
        assertThat(log)
                .content()
                .containsOnlyOnce("Starting EdgeApplication") // with a ledger in Redis
                .containsOnlyOnce("Starting AOT-processed EdgeApplication")
                .contains("Started EdgeApplication")
                .doesNotContain("\"WARN\"", "\"ERROR\"", "rehearsal", "pekopayedge.request");
        // There is no tenant, so nothing else would have loaded these.
        assertThat(folder.resolve("classes"))
                .content()
                .contains(
                        "io.pekopayedge.token.Waiter ",
                        "io.pekopayedge.upstream.Exchange ",
                        "token.SessionToken ",
                        "io.pekopayedge.door.RequestTarget ",
                        "FluxReplay$SizeBoundReplayBuffer ",
                        "AbstractCircuitBreakerMetrics$$Lambda");
    }
}
