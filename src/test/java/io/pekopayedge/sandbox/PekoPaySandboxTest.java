package io.pekopayedge.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PekoPaySandboxTest {
    private static final String BASIC = basic("client", "secret");
    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-11-22T20:00:00Z"));
    private final PekoPaySandbox pekoPay =
            PekoPaySandbox.start(0, new SetClock(now)).addClient("acme", "client", "secret");
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @AfterEach
    void stop() {
        pekoPay.close();
    }

    @Test
    void generate_everyCall_givesAnotherToken() throws Exception {
        String first = mint();
        String second = mint();
        assertThat(first).startsWith("sess_").isNotEqualTo(second);
        assertThat(pekoPay.mintedTo("acme")).containsExactly(first, second);
        assertThat(send("POST", "/payment-token/acme/generate", BASIC, "").statusCode())
                .isEqualTo(200);
    }

    @Test
    void anyCall_wrongOrRemovedSecret_is401WithoutEffect() throws Exception {
        assertThat(charge(mint(), basic("client", "wrong")).statusCode()).isEqualTo(401);
        pekoPay.addClient("acme", "new", "secret2").removeClient("acme", "client", "secret");
        assertThat(charge("sess_x", BASIC).statusCode()).isEqualTo(401);
        assertThat(send("GET", "/payment-token/acme/generate", basic("new", "secret2"), "")
                        .statusCode())
                .isEqualTo(200);
        assertThat(pekoPay.charges()).isEmpty();
    }

    @Test
    void charge_liveToken_isAcceptedOnceAndEveryFurtherOneIsSeen() throws Exception {
        String token = mint();
        HttpResponse<String> paid = charge(token, BASIC);
        assertThat(paid.statusCode()).isEqualTo(201);
        assertThat(new ObjectMapper().readTree(paid.body()).path("id").asText()).startsWith("txn_");
        assertThat(charge(token, BASIC).statusCode()).isEqualTo(409);
        assertThat(pekoPay.chargesOf(token))
                .extracting(Charge::result)
                .containsExactly(Charge.Result.ACCEPTED, Charge.Result.TOKEN_SPENT);
    }

    @Test
    void charge_pathInDisguise_isStillCounted() throws Exception {
        String token = mint();
        send("POST", "/tenants/acme/%74ransactions/", BASIC, "{\"paymentToken\":\"" + token + "\"}");
        assertThat(pekoPay.chargesOf(token)).hasSize(1);
    }

    @Test
    void charge_declinedAmount_is402AndUsesTheTokenUp() throws Exception {
        String token = mint();
        String body = "{\"paymentToken\":\"" + token + "\",\"amount\":4.02}";
        assertThat(send("POST", "/tenants/acme/subscriptions", BASIC, body).statusCode())
                .isEqualTo(402);
        assertThat(charge(token, BASIC).statusCode()).isEqualTo(409);
    }

    @Test
    void charge_expiredForeignOrUntokenizedToken_isRefused() throws Exception {
        String token = mint();
        pekoPay.cardNeeded(true);
        assertThat(charge(token, BASIC).statusCode()).isEqualTo(422);
        now.updateAndGet(time -> time.plus(Duration.ofMinutes(60)));
        assertThat(charge(token, BASIC).statusCode()).isEqualTo(410);
        pekoPay.addClient("bistro", "client", "secret");
        String foreign = new ObjectMapper()
                .readTree(
                        send("GET", "/payment-token/bistro/generate", BASIC, "").body())
                .path("token")
                .asText();
        assertThat(charge(foreign, BASIC).statusCode()).isEqualTo(404);
    }

    @Test
    void tokenize_testCards_decideTheCharge() throws Exception {
        String declined = mint();
        assertThat(tokenize(declined, TestCards.DECLINED)).isEqualTo(200);
        assertThat(charge(declined, BASIC).statusCode()).isEqualTo(402);
        assertThat(tokenize(declined, TestCards.PAYS)).isEqualTo(409);

        String lost = mint();
        tokenize(lost, TestCards.ANSWER_LOST);
        assertThatThrownBy(() -> charge(lost, BASIC)).isInstanceOf(IOException.class);
        assertThat(pekoPay.chargesOf(lost)).extracting(Charge::accepted).containsExactly(true);
        assertThat(pekoPay.calls()).noneMatch(call -> call.text().contains(TestCards.PAYS));
    }

    @Test
    void script_onceAndLate_behavesAsTold() throws Exception {
        pekoPay.once(Call::isCharge, Behaviour.answering(Reply.empty(503).with("Retry-After", "7")));
        String token = mint();
        assertThat(charge(token, BASIC).headers().firstValue("Retry-After")).contains("7");
        assertThat(pekoPay.charges()).isEmpty();
        pekoPay.on(Call::isCharge, Behaviour.late(Duration.ofSeconds(30)));
        assertThatThrownBy(() -> charge(token, BASIC)).isInstanceOf(HttpTimeoutException.class);
        assertThat(pekoPay.chargesOf(token)).hasSize(1);
    }

    @Test
    void down_andUpAgain_refusesThenAnswersOnTheSamePort() throws Exception {
        pekoPay.down();
        assertThatThrownBy(this::mint).isInstanceOf(ConnectException.class);
        pekoPay.up();
        assertThat(mint()).startsWith("sess_");
    }

    @Test
    void resources_posted_canBeReadAgain() throws Exception {
        HttpResponse<String> posted = send("POST", "/tenants/acme/customers", BASIC, "{\"name\":\"Ada\"}");
        assertThat(posted.statusCode()).isEqualTo(201);
        String location = posted.headers().firstValue("Location").orElseThrow();
        assertThat(send("GET", location, BASIC, "").body()).contains("Ada");
        assertThat(send("GET", "/tenants/acme/customers", BASIC, "").body()).contains("Ada");
    }

    @Test
    void form_fetchedByABrowser_isAModuleForAnyOrigin() throws Exception {
        pekoPay.down();
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + pekoPay.browserUrl().getPort() + "/web/dist/index.js"))
                .build();
        HttpResponse<String> script = client.send(request, HttpResponse.BodyHandlers.ofString());
        assertThat(script.headers().firstValue("Content-Type").orElse("")).startsWith("text/javascript");
        assertThat(script.headers().firstValue("Access-Control-Allow-Origin")).contains("*");
        assertThat(script.body()).contains("export const PekoCheckoutForm");
        assertThat(pekoPay.calls()).isEmpty();
        assertThat(pekoPay.browserCalls()).hasSize(1);
    }

    private String mint() throws Exception {
        return new ObjectMapper()
                .readTree(send("GET", "/payment-token/acme/generate", BASIC, "").body())
                .path("token")
                .asText();
    }

    private HttpResponse<String> charge(String token, String authorization) throws Exception {
        return send("POST", "/tenants/acme/transactions", authorization, "{\"paymentToken\":\"" + token + "\"}");
    }

    private int tokenize(String token, String card) throws Exception {
        String body = "{\"sessionToken\":\"%s\",\"number\":\"%s\"}".formatted(token, card);
        return send("POST", "/fields/tokenize", "", body).statusCode();
    }

    private HttpResponse<String> send(String method, String path, String authorization, String body) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create(pekoPay.baseUrl().toString().replace("localhost", "127.0.0.1") + path))
                .timeout(Duration.ofSeconds(2))
                .method(method, HttpRequest.BodyPublishers.ofString(body));
        if (!authorization.isEmpty()) {
            request.header("Authorization", authorization);
        }
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static String basic(String id, String secret) {
        return "Basic " + Base64.getEncoder().encodeToString((id + ":" + secret).getBytes());
    }

    private static final class SetClock extends Clock {
        private final AtomicReference<Instant> now;

        private SetClock(AtomicReference<Instant> now) {
            this.now = now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return now.get();
        }
    }
}
