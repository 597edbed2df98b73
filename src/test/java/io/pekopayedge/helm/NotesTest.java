package io.pekopayedge.helm;

import static org.assertj.core.api.Assertions.assertThat;

import com.marcnuri.helm.Helm;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.util.FileSystemUtils;

/** What is printed after an installation: the next command, not an essay. */
class NotesTest {
    @TempDir
    Path folder;

    @Test
    void threeValues_installed_tellHowToWaitToLookAndWhatIsMissing() throws Exception {
        assertThat(notes("three-values"))
                .contains("kubectl -n pay rollout status deployment/edge-pekopay-edge")
                .contains("kubectl -n pay port-forward deployment/edge-pekopay-edge 8081:8081")
                .contains("kubectl -n pay create secret generic acme-pekopay --from-file=client-id")
                .contains("Nothing leads to it from outside")
                .contains("The ledger is in memory")
                .contains("Nobody is told when a charge's outcome is unknown");
    }

    @Test
    void everythingSet_installed_warnsOfNothing() throws Exception {
        assertThat(notes("replicas-redis"))
                .contains("serves 2 tenant(s)")
                .contains("generic pekopay --from-file=bistro.id=client-id --from-file=bistro.secret=client-secret")
                .doesNotContain("Nothing leads to it")
                .doesNotContain("The ledger is in memory")
                .doesNotContain("Nobody is told");
    }

    /** Helm prints notes on an installation only, and without a cluster takes it for 1.20: so without the chart's kubeVersion. */
    private String notes(String valueSet) throws Exception {
        Path chart = folder.resolve(valueSet);
        FileSystemUtils.copyRecursively(PekoPayChart.FOLDER, chart);
        Path metadata = chart.resolve("Chart.yaml");
        Files.writeString(metadata, Files.readString(metadata).replaceAll("kubeVersion:.*", ""));
        return Helm.install(chart.toString())
                .withName("edge")
                .withNamespace("pay")
                .withValuesFile(PekoPayChart.FOLDER.resolve("ci").resolve(valueSet + ".yml"))
                .clientOnly()
                .dryRun()
                .call()
                .getOutput();
    }
}
