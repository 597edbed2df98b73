package io.pekopayedge.edge;

import static io.pekopayedge.edge.ChargeFaultsTest.flow;
import static io.pekopayedge.edge.EdgeUnderTest.apiKey;
import static io.pekopayedge.edge.Problems.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.FileInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** TLS on both sides: by a bundle on the public port, and towards each kind of PekoPay that is not to be trusted. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TlsTest {
    private final Map<String, TlsPekoPay> servers = new HashMap<>();
    private EdgeUnderTest edge;
    private Path folder;
    private SSLContext trusting;
    private HttpClient client;

    @BeforeAll
    void start() throws IOException, GeneralSecurityException {
        for (String certificate : List.of("good", "wrong-name", "expired", "unknown")) {
            servers.put(certificate, TlsPekoPay.with(certificate));
        }
        servers.put("tls12", TlsPekoPay.withTls12("good"));
        servers.put("plain", TlsPekoPay.inClear());
        folder = Files.createTempDirectory("edge-tls");
        install("good");
        Files.copy(TlsPekoPay.pem("server.key").toPath(), folder.resolve("tls.key"));
        edge = EdgeUnderTest.start(
                tenants ->
                        servers.forEach((id, server) -> tenants.add(id, server.url(), "storefront: " + server.url())),
                "pekopay.edge.charge.unknown-token=forward",
                "pekopay.edge.mint.wait=500ms",
                "spring.ssl.bundle.pem.pekopay.truststore.certificate=file:" + TlsPekoPay.pem("authority.crt"),
                "spring.ssl.bundle.pem.public.keystore.certificate=file:" + folder.resolve("tls.crt"),
                "spring.ssl.bundle.pem.public.keystore.private-key=file:" + folder.resolve("tls.key"),
                "spring.ssl.bundle.pem.public.reload-on-update=true",
                "spring.ssl.bundle.watch.file.quiet-period=100ms",
                "server.ssl.bundle=public",
                "server.http2.enabled=true");
        trusting = trusting();
        client = client(HttpClient.Version.HTTP_1_1);
    }

    @AfterAll
    void stop() {
        edge.close();
        servers.values().forEach(TlsPekoPay::close);
    }

    private void install(String certificate) throws IOException {
        Path next = Files.copy(
                TlsPekoPay.pem(certificate + ".crt").toPath(),
                folder.resolve("next.crt"),
                StandardCopyOption.REPLACE_EXISTING);
        Files.move(next, folder.resolve("tls.crt"), StandardCopyOption.ATOMIC_MOVE);
    }

    private static SSLContext trusting() throws IOException, GeneralSecurityException {
        KeyStore authorities = KeyStore.getInstance(KeyStore.getDefaultType());
        authorities.load(null, null);
        authorities.setCertificateEntry("authority", certificate("authority"));
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(authorities);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }

    private static X509Certificate certificate(String name) throws IOException, GeneralSecurityException {
        try (FileInputStream in = new FileInputStream(TlsPekoPay.pem(name + ".crt"))) {
            return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
        }
    }

    private HttpClient client(HttpClient.Version version) {
        return HttpClient.newBuilder().sslContext(trusting).version(version).build();
    }

    private HttpResponse<String> send(HttpClient by, String method, String path, String body, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("https://localhost:" + edge.port() + path))
                .timeout(Duration.ofSeconds(30))
                .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        return by.sendAsync(request.build(), BodyHandlers.ofString()).join();
    }

    private HttpResponse<String> charge(String tenant, String token) {
        return send(
                client,
                "POST",
                "/t/" + tenant + "/api/checkout/charge",
                EdgeUnderTest.body(token),
                "Content-Type",
                "application/json");
    }

    @ParameterizedTest
    @ValueSource(strings = {"good", "tls12"})
    void upstream_ofThePrivateAuthority_isTrustedOnEveryWay(String tenant) {
        String bearer = "Bearer " + apiKey(tenant);
        assertThat(charge(tenant, "sess_" + flow()).statusCode()).isEqualTo(201);
        assertThat(send(client, "GET", "/payment-token/" + tenant + "/generate", null, "Authorization", bearer)
                        .body())
                .contains("\"token\":\"sess_");
        assertThat(send(client, "GET", "/tenants/" + tenant + "/plans", null, "Authorization", bearer)
                        .statusCode())
                .isEqualTo(201);
        assertThat(storefront(tenant)).startsWith("HTTP/1.1 201 ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"wrong-name", "expired", "unknown", "plain"})
    void upstream_thatCannotProveItself_getsNothing_andTheTokenStaysFree(String tenant) {
        String bearer = "Bearer " + apiKey(tenant);
        String token = "sess_" + flow();
        assertProblem(charge(tenant, token), 502, "upstream-error");
        assertProblem(charge(tenant, token), 502, "upstream-error");
        String body = EdgeUnderTest.body(token);
        assertProblem(
                send(
                        client,
                        "POST",
                        "/tenants/" + tenant + "/transactions",
                        body,
                        "Authorization",
                        bearer,
                        "Content-Type",
                        "application/json"),
                502,
                "upstream-error");
        assertProblem(
                send(client, "GET", "/tenants/" + tenant + "/plans", null, "Authorization", bearer),
                502,
                "upstream-error");
        assertProblem(
                send(
                        client,
                        "POST",
                        "/tenants/" + tenant + "/plans",
                        "{}",
                        "Authorization",
                        bearer,
                        "Content-Type",
                        "application/json"),
                502,
                "upstream-error");
        assertProblem(
                send(client, "GET", "/payment-token/" + tenant + "/generate", null, "Authorization", bearer),
                503,
                "token-unavailable");
        assertThat(storefront(tenant)).startsWith("HTTP/1.1 502 ").contains("storefront-unreachable");
        if (tenant.equals("plain")) {
            // Each try was a TLS hello that offers 1.3 and 1.2 alone; none fell back to HTTP.
            assertThat(servers.get(tenant).requests())
                    .isNotEmpty()
                    .allSatisfy(hello -> assertThat(hello).startsWith("1603").contains("002b00050403040303"));
        } else {
            assertThat(servers.get(tenant).requests()).isEmpty();
        }
    }

    private String storefront(String tenant) {
        return overTls("GET / HTTP/1.1\r\nHost: " + tenant + ".localhost\r\nConnection: close\r\n\r\n");
    }

    private String overTls(String request) {
        try (SSLSocket socket = (SSLSocket) trusting.getSocketFactory().createSocket("localhost", edge.port())) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @ParameterizedTest
    @EnumSource
    void publicPort_speaksBothVersions(HttpClient.Version version) {
        HttpClient both = client(version);
        HttpResponse<String> answer = send(both, "GET", "/t/good/api/payment-token/refresh", null);
        assertThat(answer.version()).isEqualTo(version);
        assertThat(answer.body()).contains("\"token\":\"sess_");
        assertThat(send(
                                both,
                                "POST",
                                "/t/good/api/checkout/charge",
                                EdgeUnderTest.body("sess_" + flow()),
                                "Content-Type",
                                "application/json")
                        .statusCode())
                .isEqualTo(201);
        assertThat(send(both, "GET", "/search?q=%7C", null, "X-A", "b").statusCode())
                .isEqualTo(404);
    }

    @Test
    void http2_whatIsDoubtful_endsItsStreamAlone() {
        HttpClient two = client(HttpClient.Version.HTTP_2);
        assertThat(send(two, "GET", "/t/good/api/payment-token/refresh", null).version())
                .isEqualTo(HttpClient.Version.HTTP_2);
        for (String path :
                List.of("/tenants//good/plans", "/a/../b", "/a%5cb", "/t/good;x/api/payment-token/refresh")) {
            assertThatThrownBy(() -> send(two, "GET", path, null)).hasMessageContaining("RST_STREAM");
        }
        assertThat(send(two, "GET", "/t/good/api/payment-token/refresh", null).statusCode())
                .isEqualTo(200);
    }

    @Test
    void theDoor_standsBehindTlsToo() {
        assertThat(overTls("TRACE / HTTP/1.1\r\nHost: good.localhost\r\n\r\n")).startsWith("HTTP/1.1 405 ");
        assertThat(overTls("GET / HTTP/1.1\r\nHost: good.localhost\r\nHost: x\r\n\r\n"))
                .startsWith("HTTP/1.1 400 ");
        assertThat(overTls("GET / HTTP/9.9\r\nHost: good.localhost\r\n\r\n")).startsWith("HTTP/1.1 505 ");
    }

    @Test
    void publicPort_inClear_saysNothing_andLogsNothingOfIt() throws IOException {
        try (Wire wire = new Wire(edge.port());
                LogLines log = new LogLines()) {
            Wire.Said said = wire.send("GET / HTTP/1.1\r\nHost: good.localhost\r\nX-A: Zebra77\r\n\r\n")
                    .rest(20_000);
            assertThat(said.statuses()).isEmpty();
            assertThat(said.closed()).isTrue();
            String hex = HexFormat.of().formatHex("Zebra77".getBytes(StandardCharsets.US_ASCII));
            assertThat(log.events())
                    .allSatisfy(event -> assertThat(LogLines.text(event)).doesNotContain("Zebra77", hex));
        }
    }

    @Test
    void publicPort_takesARenewedCertificate_withoutARestart() throws Exception {
        assertThat(served()).isEqualTo(certificate("good"));
        install("renewed");
        Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> served().equals(certificate("renewed")));
        install("good");
        Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> served().equals(certificate("good")));
    }

    private X509Certificate served() throws IOException {
        try (SSLSocket socket = (SSLSocket) trusting.getSocketFactory().createSocket("localhost", edge.port())) {
            socket.startHandshake();
            assertThat(socket.getSession().getProtocol()).isIn("TLSv1.2", "TLSv1.3");
            return (X509Certificate) socket.getSession().getPeerCertificates()[0];
        }
    }
}
