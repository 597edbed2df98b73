package io.pekopayedge.tenant;

import static io.pekopayedge.tenant.TenantFolderFixture.yaml;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@ExtendWith(OutputCaptureExtension.class)
class CheckConfigTest {
    @TempDir
    Path folder;

    private String printed = "";

    private int check(String application) throws IOException {
        Path config = Files.writeString(folder.resolve("application.yml"), application);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        int code = CheckConfig.run(
                new PrintStream(bytes, true, StandardCharsets.UTF_8),
                "--check-config",
                "--spring.config.location=file:" + config,
                "--pekopay.edge.tenants.location=" + folder.resolve("tenants"),
                "--some.client.secret=from-the-command-line");
        printed = bytes.toString(StandardCharsets.UTF_8);
        return code;
    }

    private void tenant(String name, String text) throws IOException {
        Files.writeString(Files.createDirectories(folder.resolve("tenants")).resolve(name), text);
    }

    @Test
    void goodConfiguration_exits0(CapturedOutput console) throws IOException {
        tenant("a.yml", yaml("a").replace("secret-of-a", "\"${some.client.secret}\""));
        tenant("b.yml", yaml("b").replace("secret-of-b", "short"));

        assertThat(check("spring.main.web-application-type: reactive\nserver.port: 1\npekopay.edge.token.ttl: 61m\n"))
                .isZero();
        assertThat(printed)
                .contains("Tenants: 2 of 2 files")
                .contains("b.yml:3: credentials.client-secret: is shorter than 12 characters")
                .contains("Configuration is good.");
        assertThat(console.getAll()).isEmpty();
    }

    @Test
    void badConfiguration_exits1_withEveryProblem() throws IOException {
        tenant("a.yml", "tenant-id: a\nenvironment: sandbox\nhots: []\n");
        tenant("b.yml", yaml("b"));
        tenant("c.yml", yaml("b"));

        int code = check("""
                pekopay.edge:
                  token:
                    fresh-for: 70m
                    ttlx: 3
                  mint:
                    rate: 0
                    timeout: soon
                  limits:
                    refresh-per-flow: often
                    trusted-proxies: [10.0.0.0/8, 10.0.0.0/33]
                  flow.binding: loose
                  environments.test: https://user:Xs3cret@pay.example
                """);

        assertThat(code).isEqualTo(1);
        assertThat(printed.replace(folder + "/", ""))
                .contains(
                        "application.yml:3: pekopay.edge.token.fresh-for: is out of range (expected: < serve-until PT55M)")
                .contains("application.yml:4: pekopay.edge.token.ttlx: unknown key (did you mean ttl?)")
                .contains("application.yml:6: pekopay.edge.mint.rate: is out of range (expected: 1–100000)")
                .contains("application.yml:7: pekopay.edge.mint.timeout: cannot be read (expected: a number and a unit")
                .contains(
                        "application.yml:9: pekopay.edge.limits.refresh-per-flow: is out of range (expected: number/period")
                .contains("tenants/a.yml:3: hots: unknown key (did you mean hosts?)")
                .contains("tenants/a.yml:1: credentials: is missing")
                .contains("tenants/c.yml:1: tenant-id: b is taken by b.yml")
                .contains("Tenants: 1 of 3 files")
                .contains(
                        "application.yml:10: pekopay.edge.limits.trusted-proxies: is out of range (expected: CIDR such as")
                .contains("application.yml:11: pekopay.edge.flow.binding: cannot be read (expected: strict or off)")
                .contains(
                        "application.yml:12: pekopay.edge.environments.test: is out of range (expected: an http(s) URL")
                .contains("Problems: 11")
                .doesNotContain("Xs3cret");
    }

    /** Left out, a value gives way to its default, which may not fit either: it is told once, and the rest is read. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "token: {ttl: 30m, serve-until: 55m, fresh-for: 10m} | token.serve-until: is out of range (expected: < ttl",
                "token: {ttl: 20m}                                   | token.serve-until: is out of range (expected: < ttl",
                "reserve.max: 1                                      | reserve.min: is out of range (expected: 0–max 1)",
                "token.ttl: 24h                                      | charge.keep-for: is out of range (expected: >= "
            })
    void valueAtOddsWithAnother_isToldOnce_andTheRestIsRead(String given, String told) throws IOException {
        tenant("a.yml", "tenant-id: a\nenvironment: sandbox\nhots: []\n");

        assertThat(check("pekopay.edge:\n  " + given + "\n  mint.rate: 0\n")).isEqualTo(1);

        assertThat(printed)
                .containsOnlyOnce(told)
                .contains("mint.rate: is out of range", "hots: unknown key", "Problems: 4");
    }

    @Test
    void missingFolder_exits1() throws IOException {
        assertThat(check("")).isEqualTo(1);
        assertThat(printed).contains("tenants:1: no such folder");
    }

    @Test
    void unreadableApplicationYml_exits1_withoutQuotingIt(CapturedOutput console) throws IOException {
        assertThat(check("a: b\nspring.data.redis.password: Xs3cret: Xs3cret\n"))
                .isEqualTo(1);
        assertThat(printed).contains("ERROR", "application.yml", "line 2", "not well-formed YAML");
        assertThat(printed + console.getAll()).doesNotContain("Xs3cret");
    }

    @Test
    void asked_byItsArgumentAlone() {
        assertThat(CheckConfig.asked("--a", "--check-config")).isTrue();
        assertThat(CheckConfig.asked("--check-configuration")).isFalse();
    }
}
