package io.pekopayedge.operate;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The console as the management port serves it, and only that port. */
class ConsolePageTest {
    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static ConsoleStub stub;

    @BeforeAll
    static void start() {
        stub = new ConsoleStub();
    }

    @AfterAll
    static void stop() {
        stub.close();
    }

    @Test
    void page_onTheManagementPort_isServedWithAStrictPolicy() throws Exception {
        var page = send("GET", stub.url() + "/console");

        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(header(page, "Content-Type")).isEqualTo("text/html;charset=UTF-8");
        assertThat(header(page, "Content-Security-Policy"))
                .startsWith("default-src 'none'; script-src 'self'; style-src 'self';")
                .contains("frame-ancestors 'none'")
                .doesNotContain("unsafe");
        assertThat(header(page, "Cache-Control")).isEqualTo("no-store");
        assertThat(header(page, "X-Content-Type-Options")).isEqualTo("nosniff");
        assertThat(page.body()).contains("<title>pekopay-edge</title>");
    }

    @Test
    void page_onThePublicPort_isNotThere() throws Exception {
        assertThat(send("GET", stub.publicUrl() + "/console").statusCode()).isEqualTo(404);
        assertThat(send("GET", stub.publicUrl() + "/console/console.js").statusCode())
                .isEqualTo(404);
    }

    @Test
    void files_every_areServedAndHaveNothingInlineOrFromElsewhere() throws Exception {
        try (Stream<Path> files = Files.list(Path.of("src/main/resources/console"))) {
            for (Path file : files.toList()) {
                var answer = send("GET", stub.url() + "/console/" + file.getFileName());
                assertThat(answer.statusCode()).as("%s", file).isEqualTo(200);
                assertThat(answer.body()).isEqualTo(Files.readString(file));
                assertThat(answer.body().replace("http://www.w3.org/2000/svg", ""))
                        .as("%s", file)
                        .doesNotContainPattern(
                                "https?://|//[a-z]+\\.|@import|innerHTML|eval\\(|[lL]ocalStorage|document.cookie")
                        .doesNotContainPattern("<script>|<style|\\sstyle=|\\son[a-z]+=\"|javascript:");
            }
        }
    }

    @Test
    void head_ofThePage_hasNoBody() throws Exception {
        var page = send("HEAD", stub.url() + "/console");

        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.body()).isEmpty();
    }

    @Test
    void slash_atTheEnd_leadsToThePage() throws Exception {
        var answer = send("GET", stub.url() + "/console/");

        assertThat(answer.statusCode()).isEqualTo(308);
        assertThat(header(answer, "Location")).isEqualTo("../console");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/console/x",
                "/console/../application.yml",
                "/console/%2e%2e/application.yml",
                "/console/a/b",
                "/consoles"
            })
    void path_ofNoFile_isNotFound(String path) throws Exception {
        assertThat(send("GET", stub.url() + path).statusCode()).isEqualTo(404);
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "DELETE", "OPTIONS"})
    void method_otherThanReading_isRefused(String method) throws Exception {
        var answer = send(method, stub.url() + "/console");

        assertThat(answer.statusCode()).isEqualTo(405);
        assertThat(header(answer, "Allow")).contains("GET", "HEAD");
    }

    private static HttpResponse<String> send(String method, String url) throws Exception {
        return CLIENT.send(
                HttpRequest.newBuilder(URI.create(url))
                        .method(method, HttpRequest.BodyPublishers.noBody())
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private static String header(HttpResponse<?> answer, String name) {
        return answer.headers().firstValue(name).orElse("");
    }
}
