package io.pekopayedge.operate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pekopayedge.edge.EdgeUnderTest;
import io.pekopayedge.replicas.EdgeProcess;
import io.pekopayedge.sandbox.Behaviour;
import io.pekopayedge.sandbox.Call;
import io.pekopayedge.sandbox.PekoPaySandbox;
import java.io.IOException;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Sinks;

/** F18: SIGTERM while shoppers pay, in the packaged gateway. */
class ShutdownIT {
    /** Two hundred requests a second, and fifty more by clients that connect for each. */
    private static final int POOLED = 80;

    private static final int FRESH = 20;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration EACH = Duration.ofMillis(400);
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    @TempDir
    Path folder;

    private PekoPaySandbox pekoPay;
    private EdgeProcess edge;

    @BeforeEach
    void start() throws IOException {
        pekoPay = PekoPaySandbox.start().addClient("acme", "acme-client", EdgeUnderTest.secret("acme"));
        Path tenants = Files.createDirectory(folder.resolve("tenants"));
        Files.writeString(tenants.resolve("acme.yml"), """
                tenant-id: acme
                base-url: %s
                credentials: {client-id: acme-client, client-secret: %s}
                reserve: {min: 200}
                """.formatted(pekoPay.baseUrl(), EdgeUnderTest.secret("acme")));
        edge = new EdgeProcess(
                        folder,
                        "edge",
                        List.of("-Xmx256m", "-XX:TieredStopAtLevel=1"),
                        List.of(
                                "pekopay.edge.tenants.location=" + tenants,
                                "pekopay.edge.charge.timeout=" + TIMEOUT.toSeconds() + "s",
                                "pekopay.edge.charge.max-concurrent=1000",
                                "pekopay.edge.mint.rate=1000",
                                "pekopay.edge.mint.timeout=30s",
                                "pekopay.edge.breaker.slow-call=1m",
                                "pekopay.edge.limits.refresh-per-client=1000000/1m",
                                "pekopay.edge.limits.charge-per-client=1000000/1m"))
                .launch()
                .ready();
    }

    @AfterEach
    void stop() {
        edge.close();
        pekoPay.close();
    }

    @Test
    void podDeleted_underTwoHundredRequestsASecond_losesNone() throws Exception {
        pekoPay.on(Call::isCharge, Behaviour.late(Duration.ofMillis(200)));
        try (Traffic traffic =
                new Traffic(edge.port()).start(POOLED, EACH, true).start(FRESH, EACH, false)) {
            await().atMost(PATIENCE).until(() -> traffic.count("charge 201") > 200);

            // While preStop sleeps every proxy hears that the pod is leaving: no connections come, those that are stay.
            traffic.elsewhere();
            await().atMost(PATIENCE).until(() -> traffic.count("charge 201") > 300);
            long begun = System.nanoTime();
            edge.process().destroy();
            int inTime = traffic.count("charge 201") + traffic.count("refresh 200");
            int exit = ended();
            long millis = Duration.ofNanos(System.nanoTime() - begun).toMillis();
            traffic.ended();

            System.out.println("SIGTERM under load: exit " + exit + " after " + millis + " ms, " + inTime
                    + " answers before, all: " + traffic.counts());
            assertThat(traffic.counts().keySet()).containsOnly("refresh 200", "charge 201", "last");
            assertThat(traffic.count("last")).isEqualTo(POOLED);
            assertThat(pekoPay.charges()).hasSize(traffic.count("charge 201"));
            assertThat(endedCharges()).isEqualTo(traffic.count("charge 201"));
            assertThat(exit).isIn(0, 143);
            assertThat(millis).isLessThan(TIMEOUT.plusSeconds(5).toMillis());
        }
    }

    @Test
    void sigterm_withChargesUnderWay_isUnreadyAtOnceAndLetsThemEnd() throws Exception {
        Sinks.Empty<Void> gate = Sinks.empty();
        pekoPay.on(Call::isCharge, Behaviour.after(gate.asMono()));
        String flow = UUID.randomUUID().toString();
        String token = edge.refresh("acme", flow);
        var waiting = edge.charge("acme", flow, EdgeUnderTest.body(token));
        String other = UUID.randomUUID().toString();
        leave(other, EdgeUnderTest.body(edge.refresh("acme", other)));
        await().atMost(PATIENCE).until(() -> pekoPay.charges().size() == 2);
        assertThat(readiness()).isEqualTo(200);

        edge.process().destroy();
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(10)).until(() -> readiness() == 503);
        await().atMost(PATIENCE).until(this::isClosed);
        assertThat(edge.process().isAlive()).isTrue();
        gate.tryEmitEmpty();

        assertThat(waiting.join().statusCode()).isEqualTo(201);
        assertThat(ended()).isIn(0, 143);
        assertThat(endedCharges()).isEqualTo(2);
    }

    @Test
    void sigterm_withAChargeThatNeverEnds_endsWithinTheDrainTime() throws Exception {
        pekoPay.on(Call::isCharge, Behaviour.hanging());
        String flow = UUID.randomUUID().toString();
        var waiting = edge.charge("acme", flow, EdgeUnderTest.body(edge.refresh("acme", flow)));
        await().atMost(PATIENCE).until(() -> pekoPay.charges().size() == 1);
        long begun = System.nanoTime();
        edge.process().destroy();

        assertThat(waiting.join().body()).contains("charge-outcome-unknown");
        assertThat(ended()).isIn(0, 143);
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(TIMEOUT.plusSeconds(5));
    }

    /** A phone that was still sending: its charge has not charge.timeout, but what is left of the drain. */
    @Test
    void sigterm_whileARequestArrives_itsChargeEndsBeforeTheGatewayDoes() throws Exception {
        pekoPay.on(Call::isCharge, Behaviour.hanging());
        String flow = UUID.randomUUID().toString();
        String body = EdgeUnderTest.body(edge.refresh("acme", flow));
        try (Socket socket = new Socket(InetAddress.getByName("127.0.0.1"), edge.port())) {
            OutputStream out = socket.getOutputStream();
            out.write(head(flow, body).getBytes(StandardCharsets.US_ASCII));
            edge.process().destroy();
            await().pollDelay(TIMEOUT.plusSeconds(1)).until(() -> true);
            out.write(body.getBytes(StandardCharsets.US_ASCII));

            assertThat(socket.getInputStream().readAllBytes()).asString().contains("charge-outcome-unknown");
        }
        assertThat(ended()).isIn(0, 143);
        assertThat(endedCharges()).isOne();
    }

    /** Charges, and is gone before the answer. */
    private void leave(String flow, String body) throws IOException {
        int before = pekoPay.charges().size();
        try (Socket socket = new Socket(InetAddress.getByName("127.0.0.1"), edge.port())) {
            socket.getOutputStream().write((head(flow, body) + body).getBytes(StandardCharsets.US_ASCII));
            await().atMost(PATIENCE).until(() -> pekoPay.charges().size() > before);
        }
    }

    private static String head(String flow, String body) {
        return "POST /t/acme/api/checkout/charge HTTP/1.1\r\nHost: edge\r\nX-Checkout-Flow: " + flow
                + "\r\nContent-Type: application/json\r\nContent-Length: " + body.length() + "\r\n\r\n";
    }

    private boolean isClosed() throws IOException {
        try (Socket socket = new Socket(InetAddress.getByName("127.0.0.1"), edge.port())) {
            return false;
        } catch (ConnectException closed) {
            return true;
        }
    }

    private int readiness() throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + edge.managementPort() + "/actuator/health/readiness");
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(uri).build(), BodyHandlers.discarding())
                .statusCode();
    }

    /** Lines that tell of a charge's end. */
    private long endedCharges() throws IOException {
        try (Stream<String> lines = Files.lines(edge.log())) {
            return lines.filter(line -> line.contains("\"message\":\"charge ended\""))
                    .count();
        }
    }

    private int ended() throws InterruptedException {
        assertThat(edge.process().waitFor(60, TimeUnit.SECONDS)).isTrue();
        return edge.process().exitValue();
    }
}
