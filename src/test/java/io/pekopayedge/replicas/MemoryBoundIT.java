package io.pekopayedge.replicas;

import static org.assertj.core.api.Assertions.assertThat;

import io.pekopayedge.edge.EdgeUnderTest;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A memory ledger of 64 MB in a heap of 384 MB, through the jar: a shop's server takes tokens and charges each. */
class MemoryBoundIT {
    private static final int CLIENTS = 8;
    private static final int SLICES = 10;
    private static final Pattern LENGTH = Pattern.compile("(?i)content-length: *(\\d+)");
    private static final Pattern TOKEN = Pattern.compile("\"(?:token|paymentToken)\":\"([^\"]+)\"");

    @TempDir
    private Path folder;

    /** An answer, or a request. */
    private record Message(String head, String body) {
        int status() {
            return Integer.parseInt(head.substring(9, 12));
        }
    }

    @Test
    void manyTokens_boundHeldAndThroughputStays() throws Exception {
        int tokens = Integer.getInteger("chaos.memory-tokens", 2_000);
        try (Upstream pekoPay = new Upstream()) {
            Path tenants = Files.createDirectory(folder.resolve("tenants"));
            Files.writeString(tenants.resolve("acme.yml"), """
                    tenant-id: acme
                    base-url: http://127.0.0.1:%d
                    credentials: {client-id: acme-client, client-secret: a-secret-of-acme}
                    api-keys: [{id: shop, sha256: %s}]
                    reserve: {min: 200, max: 2000}
                    """.formatted(pekoPay.port(), EdgeUnderTest.sha256("key")));
            try (EdgeProcess edge = new EdgeProcess(
                            folder,
                            "bounded",
                            List.of("-Xmx384m", "-XX:+ExitOnOutOfMemoryError"),
                            List.of(
                                    "pekopay.edge.tenants.location=" + tenants,
                                    "pekopay.edge.charge.memory=64MB",
                                    "pekopay.edge.mint.rate=100000",
                                    "pekopay.edge.mint.max-concurrent=64",
                                    "pekopay.edge.mint.wait=30s",
                                    "pekopay.edge.mint.timeout=30s",
                                    "pekopay.edge.breaker.slow-call=1m",
                                    "pekopay.edge.charge.timeout=60s",
                                    "logging.level.io.pekopayedge.request=WARN",
                                    "logging.level.io.pekopayedge.charge=WARN"))
                    .launch()
                    .ready()) {
                run(edge, pekoPay, tokens);
            }
        }
    }

    private void run(EdgeProcess edge, Upstream pekoPay, int tokens) throws Exception {
        String first = "";
        List<Long> rates = new ArrayList<>();
        for (int slice = 0; slice < SLICES; slice++) {
            long begun = System.nanoTime();
            String charged = slice(edge, tokens / SLICES);
            rates.add(tokens / SLICES * 1_000_000_000L / (System.nanoTime() - begun));
            first = first.isEmpty() ? charged : first;
            if (tokens >= 100_000) {
                System.out.println("memory: " + pekoPay.charges + " charged, " + rates.get(slice) + " per second, "
                        + resident(edge.pid()));
            }
        }
        assertThat(pekoPay.charges.get()).isEqualTo(tokens);
        String evicted;
        try (Line line = new Line(edge.port())) {
            Message again = line.charge(first);
            evicted = again.status() + " " + again.body();
            boolean kept = again.status() == 201 && again.head().contains("Idempotency-Replayed");
            assertThat(kept || again.status() == 409).as(evicted).isTrue();
        }
        assertThat(pekoPay.charges.get()).isEqualTo(tokens);
        try (Stream<String> log = Files.lines(edge.log())) {
            assertThat(log.filter(line -> line.contains("OutOfMemoryError"))).isEmpty();
        }
        if (tokens >= 100_000) { // fewer measure how busy the machine is
            assertThat(rates.get(SLICES - 1) + rates.get(SLICES - 2) + rates.get(SLICES - 3))
                    .isGreaterThan((rates.get(1) + rates.get(2) + rates.get(3)) / 2);
        }
        System.out.println("memory: " + tokens + " tokens charged with -Xmx384m and charge.memory 64MB, resident "
                + resident(edge.pid()) + ", tokens per second slice by slice " + rates + "; the first token again: "
                + evicted.replaceAll("\"instance.*", ""));
    }

    /** Answers one of the tokens it charged. */
    private static String slice(EdgeProcess edge, int tokens) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(CLIENTS);
        try {
            AtomicInteger left = new AtomicInteger(tokens);
            Callable<String> client = () -> {
                String token = "";
                try (Line line = new Line(edge.port())) {
                    while (left.getAndDecrement() > 0) {
                        token = line.token();
                        assertThat(line.charge(token).status()).isEqualTo(201);
                    }
                }
                return token;
            };
            String charged = "";
            for (Future<String> each : threads.invokeAll(java.util.Collections.nCopies(CLIENTS, client))) {
                charged = each.get();
            }
            return charged;
        } finally {
            threads.shutdownNow();
        }
    }

    private static String resident(long pid) throws IOException {
        Path status = Path.of("/proc/" + pid + "/status");
        return !Files.exists(status)
                ? "not told"
                : Files.readAllLines(status).stream()
                        .filter(line -> line.startsWith("VmHWM"))
                        .findFirst()
                        .orElse("not told");
    }

    /** A kept-alive connection of a shop's server. */
    private static final class Line implements AutoCloseable {
        private final Socket socket;
        private final InputStream in;
        private final OutputStream out;

        Line(int port) throws IOException {
            socket = new Socket("127.0.0.1", port);
            socket.setTcpNoDelay(true);
            socket.setSoTimeout((int) Duration.ofSeconds(60).toMillis());
            in = new BufferedInputStream(socket.getInputStream());
            out = new BufferedOutputStream(socket.getOutputStream());
        }

        String token() throws IOException {
            Message answer = ask("GET /payment-token/acme/generate", "");
            Matcher token = TOKEN.matcher(answer.body());
            assertThat(token.find()).as(answer.head() + answer.body()).isTrue();
            return token.group(1);
        }

        Message charge(String token) throws IOException {
            return ask("POST /tenants/acme/transactions", "{\"paymentToken\":\"" + token + "\"}");
        }

        private Message ask(String line, String body) throws IOException {
            out.write((line + " HTTP/1.1\r\nHost: edge\r\nAuthorization: Bearer key\r\n"
                            + (body.isEmpty()
                                    ? ""
                                    : "Content-Type: application/json\r\nContent-Length: " + body.length() + "\r\n")
                            + "\r\n" + body)
                    .getBytes(StandardCharsets.US_ASCII));
            out.flush();
            Message answer = read(in);
            if (answer == null) {
                throw new IOException("the gateway closed the connection");
            }
            return answer;
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    /** A PekoPay that counts charges and keeps nothing. */
    private static final class Upstream implements AutoCloseable {
        private final ServerSocket server = new ServerSocket(0, 500, InetAddress.getByName("127.0.0.1"));
        private final ExecutorService threads = Executors.newCachedThreadPool();
        private final AtomicInteger tokens = new AtomicInteger();
        private final AtomicInteger charges = new AtomicInteger();

        Upstream() throws IOException {
            threads.execute(() -> {
                while (!server.isClosed()) {
                    try {
                        Socket socket = server.accept();
                        threads.execute(() -> serve(socket));
                    } catch (IOException closed) {
                        return;
                    }
                }
            });
        }

        int port() {
            return server.getLocalPort();
        }

        private void serve(Socket socket) {
            try (socket) {
                socket.setTcpNoDelay(true);
                InputStream in = new BufferedInputStream(socket.getInputStream());
                OutputStream out = new BufferedOutputStream(socket.getOutputStream());
                for (Message request; (request = read(in)) != null; ) {
                    boolean charge = request.head().startsWith("POST");
                    String json = charge
                            ? "{\"id\":\"txn_" + charges.incrementAndGet() + "\"}"
                            : "{\"token\":\"sess_" + tokens.incrementAndGet() + "-0123456789abcdef\"}";
                    out.write(("HTTP/1.1 " + (charge ? "201 Created" : "200 OK")
                                    + "\r\nContent-Type: application/json\r\nContent-Length: " + json.length()
                                    + "\r\n\r\n" + json)
                            .getBytes(StandardCharsets.US_ASCII));
                    out.flush();
                }
            } catch (IOException gone) {
                // the gateway closed it
            }
        }

        @Override
        public void close() {
            try {
                server.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } finally {
                threads.shutdownNow();
            }
        }
    }

    /** Null where the other side has closed. */
    private static Message read(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder(256);
        for (int c; head.length() < 4 || !head.substring(head.length() - 4).equals("\r\n\r\n"); ) {
            if ((c = in.read()) < 0) {
                return null;
            }
            head.append((char) c);
        }
        Matcher length = LENGTH.matcher(head);
        byte[] body = in.readNBytes(length.find() ? Integer.parseInt(length.group(1)) : 0);
        return new Message(head.toString(), new String(body, StandardCharsets.UTF_8));
    }
}
