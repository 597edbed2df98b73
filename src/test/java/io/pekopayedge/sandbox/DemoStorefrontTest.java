package io.pekopayedge.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.pekopayedge.problem.Problem;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Base64;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DemoStorefrontTest {
    private final PekoPaySandbox pekoPay = PekoPaySandbox.start().addClient("bistro", "id", "secret");
    private final DemoStorefront shop = DemoStorefront.bistro(pekoPay);
    private final HttpClient client = HttpClient.newHttpClient();

    @AfterEach
    void stop() {
        shop.close();
        pekoPay.close();
    }

    @Test
    void checkout_opened_isFilledInAndKeepsTheGuidesTwoCalls() throws Exception {
        HttpResponse<String> page = get("/");
        assertThat(page.body()).contains("Bistro Luna", "data-intent=\"subscription\"");
        assertThat(page.body() + get("/guide").body() + get("/checkout.js").body())
                .doesNotContain("{{");
        assertThat(get("/checkout.js").body())
                .contains("'/api/payment-token/refresh'", "'/api/checkout/charge'", pekoPay.browserUrl() + "/web/dist");
        assertThat(page.headers().firstValue("Set-Cookie").orElse("")).startsWith("order=BI-");
    }

    /** What moved no money must not leave a shopper waiting for word of a payment. */
    @Test
    void checkout_knowsEveryRefusalOfItsOwnCall() throws Exception {
        String script = get("/checkout.js").body();
        for (Problem problem : Problem.values()) {
            if (Set.of(400, 403, 404, 405, 408, 413, 415, 422, 429, 503).contains(problem.status())
                    && problem != Problem.TOKEN_UNAVAILABLE) {
                assertThat(script).contains("case '" + problem.label() + "':");
            }
        }
    }

    @Test
    void guide_opened_carriesATokenThatThisServerFetched() throws Exception {
        assertThat(get("/guide").statusCode()).isEqualTo(503);
        shop.backend(pekoPay.baseUrl(), "Basic " + Base64.getEncoder().encodeToString("id:secret".getBytes()));
        String page = get("/guide").body();
        assertThat(page).contains("sessionToken: '" + pekoPay.mintedTo("bistro").get(0) + "'");
    }

    @Test
    void events_counted_comeAndEnd() throws Exception {
        assertThat(get("/events?count=3&every=10").body()).contains("data: event 0", "data: event 2");
    }

    @Test
    void upload_large_isCountedAsItComes() throws Exception {
        HttpRequest upload = HttpRequest.newBuilder(shop.url().resolve("/upload"))
                .POST(HttpRequest.BodyPublishers.ofByteArray(new byte[3_000_000]))
                .build();
        assertThat(client.send(upload, HttpResponse.BodyHandlers.ofString()).body())
                .isEqualTo("{\"bytes\":3000000}");
    }

    @Test
    void echo_anyRequest_saysWhatArrived() throws Exception {
        assertThat(get("/echo?a=1|2").body()).contains("\"method\":\"GET\"", "\"host\":[");
        assertThat(get("/nowhere").statusCode()).isEqualTo(404);
        assertThat(shop.calls()).extracting(Call::path).containsExactly("/echo", "/nowhere");
    }

    private HttpResponse<String> get(String path) throws Exception {
        URI uri = URI.create(shop.url() + path.replace("|", "%7C"));
        return client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
    }
}
