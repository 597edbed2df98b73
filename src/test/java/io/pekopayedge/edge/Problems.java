package io.pekopayedge.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;

/** What an answer that is a problem must look like, whichever it is. */
final class Problems {
    private Problems() {}

    static void assertProblem(HttpResponse<String> response, int status, String name) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        assertThat(response.body()).contains("\"type\":\"urn:pekopay-edge:problem:" + name + "\"");
        assertThat(response.body()).contains("\"status\":" + status);
        assertThat(response.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        assertThat(response.headers().firstValue("Cache-Control")).hasValue("no-store");
        String requestId = response.headers().firstValue("X-Request-Id").orElseThrow();
        assertThat(response.body()).contains("\"instance\":\"urn:request:" + requestId + "\"");
        if (status == 503 || status == 429) {
            assertThat(response.headers().firstValue("Retry-After")).isPresent();
        }
    }
}
