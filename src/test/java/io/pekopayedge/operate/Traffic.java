package io.pekopayedge.operate;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Shoppers of tenant acme who pay, at a fixed rate, over sockets of their own: nothing here repeats a request, so that
 * one without an answer is seen. Any thread.
 */
final class Traffic implements AutoCloseable {
    private static final Pattern LENGTH = Pattern.compile("(?i)content-length: *(\\d+)");
    private static final Pattern TOKEN = Pattern.compile("\"token\":\"([^\"]+)\"");
    private static final Pattern LAST = Pattern.compile("(?i)\r\nconnection: *close");

    private static final int WAIT_MILLIS = 30_000;

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Map<String, AtomicInteger> counts = new ConcurrentHashMap<>();
    private final int port;
    private volatile boolean open = true;
    private volatile boolean done;

    Traffic(int port) {
        this.port = port;
    }

    /**
     * @param clients that each pay over and over, refresh then charge
     * @param each time from one request of a client to its next, at least
     * @param pooled whether a client keeps its connection as long as it may, as balancers do
     */
    Traffic start(int clients, Duration each, boolean pooled) {
        for (int i = 0; i < clients; i++) {
            long begin = System.nanoTime() + each.toNanos() * i / clients;
            threads.execute(() -> shop(begin, each.toNanos(), pooled));
        }
        return this;
    }

    /** From now on nobody connects: who has a connection uses it until it is closed. */
    void elsewhere() {
        open = false;
    }

    /** How many ended how: a status, {@code refused} at the door, {@code lost}, and connections told to be their {@code last}. */
    Map<String, Integer> counts() {
        Map<String, Integer> now = new TreeMap<>();
        counts.forEach((how, number) -> now.put(how, number.get()));
        return now;
    }

    int count(String how) {
        return counts().getOrDefault(how, 0);
    }

    /** Waits until all have gone elsewhere. */
    void ended() throws InterruptedException {
        open = false;
        threads.shutdown();
        if (!threads.awaitTermination(60, TimeUnit.SECONDS)) {
            throw new AssertionError("clients hang: " + counts());
        }
    }

    /** Lets everybody end what he does. */
    void finish() throws InterruptedException {
        done = true;
        ended();
    }

    private void shop(long begin, long each, boolean pooled) {
        long due = begin;
        String flow = "";
        String token = "";
        try (Line line = new Line()) {
            while (true) {
                long wait = due - System.nanoTime();
                if (wait > 0) {
                    LockSupport.parkNanos(wait);
                }
                due += each;
                if (done || (line.isGone() && !(open && line.connect()))) {
                    return;
                }
                if (token.isEmpty()) {
                    flow = UUID.randomUUID().toString();
                    Matcher found =
                            TOKEN.matcher(line.ask("GET /t/acme/api/payment-token/refresh", flow, "refresh", !pooled));
                    token = found.find() ? found.group(1) : "";
                } else {
                    line.ask("POST /t/acme/api/checkout/charge", flow, "charge", !pooled, token);
                    token = "";
                }
            }
        } catch (IOException lost) {
            tell("lost");
        }
    }

    private void tell(String how) {
        counts.computeIfAbsent(how, key -> new AtomicInteger()).incrementAndGet();
    }

    /** One client's connection. */
    private final class Line implements AutoCloseable {
        private Socket socket = new Socket();
        private InputStream in = InputStream.nullInputStream();

        /** Also where the gateway has closed it meanwhile, which every pool looks for before it uses a connection again. */
        boolean isGone() throws IOException {
            if (!socket.isConnected() || socket.isClosed()) {
                return true;
            }
            socket.setSoTimeout(1);
            try {
                if (in.read() >= 0) {
                    throw new IOException("an answer that nobody asked for");
                }
                socket.close();
                return true;
            } catch (SocketTimeoutException alive) {
                socket.setSoTimeout(WAIT_MILLIS);
                return false;
            }
        }

        boolean connect() throws IOException {
            try {
                socket = new Socket();
                socket.connect(new InetSocketAddress("127.0.0.1", port));
            } catch (IOException refused) {
                tell("refused");
                return false;
            }
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(WAIT_MILLIS);
            in = new BufferedInputStream(socket.getInputStream());
            return true;
        }

        String ask(String line, String flow, String what, boolean last, String... token) throws IOException {
            String body = token.length == 0 ? "" : "{\"paymentToken\":\"" + token[0] + "\"}";
            socket.getOutputStream()
                    .write((line + " HTTP/1.1\r\nHost: edge\r\nX-Checkout-Flow: " + flow + "\r\n"
                                    + (last ? "Connection: close\r\n" : "")
                                    + (body.isEmpty()
                                            ? ""
                                            : "Content-Type: application/json\r\nContent-Length: " + body.length()
                                                    + "\r\n")
                                    + "\r\n" + body)
                            .getBytes(StandardCharsets.US_ASCII));
            String head = head();
            Matcher length = LENGTH.matcher(head);
            String answer = new String(
                    in.readNBytes(length.find() ? Integer.parseInt(length.group(1)) : 0), StandardCharsets.UTF_8);
            tell(what + " " + head.substring(9, 12));
            if (LAST.matcher(head).find()) {
                if (!last) {
                    tell("last");
                }
                socket.close();
            }
            return answer;
        }

        private String head() throws IOException {
            ByteArrayOutputStream head = new ByteArrayOutputStream();
            for (int b = in.read(); b >= 0; b = in.read()) {
                head.write(b);
                if (b == '\n' && head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
                    return head.toString(StandardCharsets.ISO_8859_1);
                }
            }
            throw new IOException("closed without an answer");
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    @Override
    public void close() {
        done = true;
        threads.shutdownNow();
    }
}
