package io.pekopayedge.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pekopayedge.sandbox.Behaviour;
import io.pekopayedge.sandbox.Call;
import io.pekopayedge.sandbox.PekoPaySandbox;
import java.io.FileInputStream;
import java.net.ConnectException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Sinks;

/** The end of a gateway that speaks HTTP/2: its connections live on while a stream does. */
class Http2EndTest {
    private static final String FLOW = "a-flow-of-23-characters";

    @Test
    void charge_underWayOnHttp2_isAnsweredBeforeTheGatewayEnds() throws Exception {
        Sinks.Empty<Void> gate = Sinks.empty();
        try (PekoPaySandbox pekoPay =
                PekoPaySandbox.start().addClient("acme", "acme-client", EdgeUnderTest.secret("acme"))) {
            pekoPay.on(Call::isCharge, Behaviour.after(gate.asMono()));
            EdgeUnderTest edge = EdgeUnderTest.start(
                    tenants -> tenants.add("acme", pekoPay.baseUrl()),
                    "spring.ssl.bundle.pem.public.keystore.certificate=file:" + TlsPekoPay.pem("good.crt"),
                    "spring.ssl.bundle.pem.public.keystore.private-key=file:" + TlsPekoPay.pem("server.key"),
                    "server.ssl.bundle=public",
                    "server.http2.enabled=true");
            int port = edge.port();
            HttpClient two = HttpClient.newBuilder().sslContext(trusting()).build();
            HttpResponse<String> token =
                    two.send(request(port, "/t/acme/api/payment-token/refresh").build(), BodyHandlers.ofString());
            assertThat(token.version()).isEqualTo(HttpClient.Version.HTTP_2);
            CompletableFuture<HttpResponse<String>> charge = two.sendAsync(
                    request(port, "/t/acme/api/checkout/charge")
                            .header("Content-Type", "application/json")
                            .POST(HttpRequest.BodyPublishers.ofString(EdgeUnderTest.body(EdgeUnderTest.token(token))))
                            .build(),
                    BodyHandlers.ofString());
            await().until(() -> pekoPay.charges().size() == 1);

            CompletableFuture<Void> end = CompletableFuture.runAsync(edge::close);
            await().until(() -> isClosed(port));
            assertThat(end).isNotDone();
            gate.tryEmitEmpty();

            assertThat(charge.join().statusCode()).isEqualTo(201);
            assertThat(end).succeedsWithin(Duration.ofSeconds(20));
        }
    }

    private static HttpRequest.Builder request(int port, String path) {
        return HttpRequest.newBuilder(URI.create("https://localhost:" + port + path))
                .timeout(Duration.ofSeconds(30))
                .header("X-Checkout-Flow", FLOW);
    }

    private static boolean isClosed(int port) throws Exception {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            return false;
        } catch (ConnectException closed) {
            return true;
        }
    }

    private static SSLContext trusting() throws Exception {
        KeyStore authorities = KeyStore.getInstance(KeyStore.getDefaultType());
        authorities.load(null, null);
        try (FileInputStream in = new FileInputStream(TlsPekoPay.pem("authority.crt"))) {
            authorities.setCertificateEntry(
                    "authority", CertificateFactory.getInstance("X.509").generateCertificate(in));
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(authorities);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }
}
