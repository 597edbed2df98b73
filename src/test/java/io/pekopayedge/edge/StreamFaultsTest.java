package io.pekopayedge.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What streams through, when the server behind is not as the client below the gateway expects it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StreamFaultsTest {
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 11\r\n\r\n";
    private static final String REFUSED = "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n";
    private static final String SHOP = "/page HTTP/1.1\r\nHost: acme.localhost\r\n";
    private static final String KEY = "key-of-acme-0123456789abcdef";
    private static final String PEKOPAY =
            "/tenants/acme/plans HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + KEY + "\r\n";

    private static final String CHUNKED =
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n{\"a\"\r\n";
    /** Ends the connection there. */
    private static final String CUT = "";

    private static final Pattern LENGTH = Pattern.compile("content-length: *(\\d+)");

    /** Stands for shop and PekoPay: gives these answers to each request, each after a pause. */
    private static final class Server implements AutoCloseable {
        private final ServerSocket socket = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
        final List<String> heads = new CopyOnWriteArrayList<>();
        volatile String[] answers = {};

        Server() throws IOException {
            thread(this::accept);
        }

        URI url() {
            return URI.create("http://127.0.0.1:" + socket.getLocalPort());
        }

        private static void thread(Runnable task) {
            Thread thread = new Thread(task, "raw-shop");
            thread.setDaemon(true);
            thread.start();
        }

        private void accept() {
            try {
                while (true) {
                    Socket accepted = socket.accept();
                    thread(() -> serve(accepted));
                }
            } catch (IOException closed) {
                // the tests have ended
            }
        }

        private void serve(Socket connection) {
            try (connection) {
                InputStream in = connection.getInputStream();
                OutputStream out = connection.getOutputStream();
                StringBuilder head = new StringBuilder();
                for (int c; (c = in.read()) >= 0; ) {
                    head.append((char) c);
                    if (c == '\n' && head.indexOf("\r\n\r\n") > 0) {
                        heads.add(head.toString());
                        skipBody(head.toString().toLowerCase(Locale.ROOT), in);
                        head.setLength(0);
                        for (String answer : answers) {
                            if (answer.equals(CUT)) {
                                return;
                            }
                            Thread.sleep(50);
                            out.write(answer.getBytes(StandardCharsets.US_ASCII));
                            out.flush();
                        }
                    }
                }
            } catch (IOException | InterruptedException gone) {
                // the other side has gone
            }
        }

        private static void skipBody(String head, InputStream in) throws IOException {
            Matcher length = LENGTH.matcher(head);
            if (length.find()) {
                in.readNBytes(Integer.parseInt(length.group(1)));
            } else if (head.contains("chunked")) {
                String last = "";
                while (!last.equals("0\r\n\r\n")) {
                    last = (last + (char) in.read()).substring(Math.max(0, last.length() - 4));
                }
            }
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    private Server server;
    private EdgeUnderTest edge;

    @BeforeAll
    void start() throws IOException {
        server = new Server();
        edge = EdgeUnderTest.start(tenants -> tenants.add(
                "acme",
                server.url(),
                "storefront: " + server.url(),
                "reserve: {min: 0}",
                "previous-credentials: {client-id: old, client-secret: secret-of-old-0123456789}"));
    }

    @AfterAll
    void stop() throws IOException {
        edge.close();
        server.close();
    }

    @BeforeEach
    void forget() {
        server.heads.clear();
    }

    private Wire.Said said(String request) throws IOException {
        try (Wire wire = new Wire(edge.port())) {
            return wire.send(request).rest(10_000);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {SHOP, PEKOPAY})
    void interimAnswers_areNotFinal(String way) throws IOException {
        server.answers = new String[] {
            "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n", "HTTP/1.1 102 Processing\r\n\r\n", OK, "{\"ok\":true}"
        };
        // Twice on a connection: the second is read, and is answered with its own.
        Wire.Said said = said("GET " + way + "\r\nGET " + way + "Connection: close\r\n\r\n");
        assertThat(said.statuses()).containsExactly(200, 200);
        assertThat(said.text()).doesNotContain("HTTP/1.1 1").endsWith("{\"ok\":true}");
    }

    @ParameterizedTest
    @CsvSource({"GET,65536,200", "GET,65537,413", "DELETE,65536,200", "DELETE,65537,413", "POST,1000000,200"})
    void bodyThatIsGatheredWhole_hasABound(String method, int length, int status) throws IOException {
        server.answers = new String[] {OK, "{\"ok\":true}"};
        for (String way : List.of(SHOP, PEKOPAY)) {
            String chunk = Integer.toHexString(length) + "\r\n" + "x".repeat(length) + "\r\n0\r\n\r\n";
            Wire.Said said =
                    said(method + " " + way + "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n" + chunk);
            assertThat(said.statuses()).as(way).containsExactly(status);
            if (status == 413) {
                assertThat(said.text()).contains("body-too-large");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {SHOP, PEKOPAY})
    void answerWithoutLength_staysChunked_andItsConnectionIsUsedAgain(String way) throws IOException {
        server.answers = new String[] {CHUNKED, "3\r\n:1}\r\n0\r\n\r\n"};
        Wire.Said said = said("POST " + way + "Content-Length: 0\r\n\r\nPOST " + way
                + "Content-Length: 0\r\nConnection: close\r\n\r\n");
        assertThat(said.statuses()).containsExactly(200, 200);
        assertThat(said.text().toLowerCase(Locale.ROOT)).containsOnlyOnce("connection: close");
        assertThat(said.text()).endsWith("\r\n0\r\n\r\n");
    }

    /** It has no chunks (RFC 9112 §7.1): there the end of the connection is the end of the answer. */
    @ParameterizedTest
    @ValueSource(strings = {SHOP, PEKOPAY})
    void answerWithoutLength_toAnOldClient_endsWithItsConnection(String way) throws IOException {
        server.answers = new String[] {CHUNKED, "3\r\n:1}\r\n0\r\n\r\n"};
        Wire.Said said = said("GET " + way.replace("HTTP/1.1", "HTTP/1.0") + "\r\n");
        assertThat(said.text()).doesNotContainIgnoringCase("chunked").endsWith("\r\n\r\n{\"a\":1}");
        assertThat(said.closed()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"GET,204", "HEAD,200"})
    void answerWithoutBody_getsNoChunks_andTheNextOneIsAnswered(String method, int status) throws IOException {
        server.answers = new String[] {"HTTP/1.1 " + status + " X\r\n\r\n"};
        for (String way : List.of(SHOP, PEKOPAY, SHOP, PEKOPAY, SHOP, PEKOPAY, SHOP, PEKOPAY)) {
            Wire.Said said = said(method + " " + way + "\r\n" + method + " " + way + "Connection: close\r\n\r\n");
            assertThat(said.statuses()).as(way).containsExactly(status, status);
            assertThat(said.text()).as(way).endsWith("\r\n\r\n").doesNotContain("\r\n0\r\n");
        }
    }

    /** Nobody may take a part for the whole; and what the request's query held is for no log. */
    @ParameterizedTest
    @ValueSource(strings = {SHOP, PEKOPAY})
    void answerThatIsCutShort_isCutShort_andLogged(String way) throws IOException {
        server.answers = new String[] {CHUNKED, CUT};
        try (LogLines log = new LogLines()) {
            Wire.Said said =
                    said("POST " + way.replace(" HTTP", "?token=sess_of-a-shopper HTTP") + "Content-Length: 0\r\n\r\n");
            assertThat(said.status()).isEqualTo(200);
            assertThat(said.closed()).isTrue();
            assertThat(said.text()).containsIgnoringCase("chunked").doesNotEndWith("0\r\n\r\n");
            await().until(() ->
                    log.events().stream().anyMatch(e -> LogLines.text(e).contains("broken-off")));
            assertThat(log.events())
                    .allSatisfy(event -> assertThat(LogLines.text(event)).doesNotContain("sess_of"))
                    .noneMatch(event -> event.getLevel().isGreaterOrEqual(Level.WARN));
        }
    }

    /** RFC 9110 §8.4.1: no coding at all, and what we ask for. */
    @ParameterizedTest
    @CsvSource({"identity,200", "gzip,502"})
    void codedAnswer_isRefused_unlessItsCodingIsNone(String coding, int status) throws IOException {
        server.answers =
                new String[] {OK.replace("\r\n\r\n", "\r\nContent-Encoding: " + coding + "\r\n\r\n"), "{\"ok\":true}"};
        assertThat(said("POST " + PEKOPAY + "Content-Length: 0\r\nConnection: close\r\n\r\n")
                        .statuses())
                .containsExactly(status);
    }

    @ParameterizedTest
    @CsvSource({"GET,2", "HEAD,2", "OPTIONS,2", "DELETE,1", "PUT,1", "POST,1"})
    void refusedCredentials_areReplacedOnce_whereNothingIsWritten(String method, int calls) throws IOException {
        server.answers = new String[] {REFUSED};
        assertThat(said(method + " " + PEKOPAY + "Connection: close\r\n\r\n").statuses())
                .containsExactly(502);
        assertThat(server.heads).hasSize(calls);
    }

    @Test
    void refusedCredentials_areNotReplaced_whereABodyHasStreamedAway() throws IOException {
        server.answers = new String[] {REFUSED};
        assertThat(said("GET " + PEKOPAY + "Content-Length: 2\r\nConnection: close\r\n\r\n{}")
                        .statuses())
                .containsExactly(502);
        assertThat(server.heads).hasSize(1);
    }
}
