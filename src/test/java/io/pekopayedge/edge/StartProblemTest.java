package io.pekopayedge.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pekopayedge.EdgeApplication;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** What stops a start says so in one line that names the key, the place, and what to write instead; never a value. */
@ExtendWith(OutputCaptureExtension.class)
class StartProblemTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            token.fresh-fro: Xs3cret    | pekopay.edge.token.fresh-fro: unknown key (did you mean fresh-for?; | application.yml] - 1:
            tokens.ttl: Xs3cret         | pekopay.edge.tokens.ttl: unknown key (did you mean token?;          | application.yml] - 1:
            mint.wait-for: Xs3cret      | pekopay.edge.mint.wait-for: unknown key (known here: max-concurrent, rate, t| application.yml] - 1:
            token.fresh-for: 70m        | pekopay.edge.token.fresh-for: PT1H10M (expected: < serve-until      | PT55M
            mint.timeout: Xs3cret       | pekopay.edge.mint.timeout: its value cannot be read                 | pekopay
            flow.binding: Xs3cret       | pekopay.edge.flow.binding: its value cannot be read (expected: strict or off) | pekopay
            limits.refresh-per-flow: 0/1m | pekopay.edge.limits.refresh-per-flow: 0 (expected: 1–1000000)   | pekopay
            limits.trusted-proxies: x/8 | pekopay.edge.limits.trusted-proxies: x/8 (expected: CIDR such as    | fd00
            charge.keep-for: 1h         | pekopay.edge.charge.keep-for: PT1H (expected: >= token.ttl          | PT1H30S
            """)
    void badSettings_stopTheStart_withOneLine(String line, String said, String and, CapturedOutput output)
            throws IOException {
        Files.writeString(folder.resolve("application.yml"), "pekopay.edge." + line + "\n");

        assertThatThrownBy(() -> SpringApplication.run(
                        EdgeApplication.class,
                        "--server.port=0",
                        "--management.server.port=0",
                        "--pekopay.edge.tenants.location=" + folder,
                        "--spring.config.additional-location=file:" + folder + "/"))
                .isInstanceOf(RuntimeException.class);

        assertThat(output.getErr().lines().filter(text -> text.startsWith("pekopay-edge cannot start: ")))
                .singleElement()
                .satisfies(text -> assertThat(text).contains(said, and, "Correct it in config/application.yml"));
        assertThat(output.getAll()).doesNotContain("Xs3cret");
    }
}
