package io.pekopayedge.edge;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A PekoPay made of bare sockets: gives tokens as it should, and meets a charge in whatever way a test wants, down to
 * half a header or a reset. Counts the charges of each token before it does so. Threads are its own.
 */
final class RawPekoPay implements AutoCloseable {
    /** What is done with a connection on which a charge has arrived. */
    interface Fault {
        void meet(Socket socket, OutputStream out) throws Exception;
    }

    static final String CREATED =
            "HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: 11\r\n\r\n{\"ok\":true}";

    private static final Pattern TOKEN = Pattern.compile("\"paymentToken\":\"([^\"]+)\"");
    private static final Pattern LENGTH = Pattern.compile("(?i)content-length: *(\\d+)");

    private final ServerSocket server;
    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "raw-pekopay");
        thread.setDaemon(true);
        return thread;
    });
    private final Map<String, AtomicInteger> charges = new ConcurrentHashMap<>();
    private final AtomicInteger tokens = new AtomicInteger();
    volatile Fault fault = (socket, out) -> out.write(CREATED.getBytes(StandardCharsets.US_ASCII));
    /** In place of a token, by tenant. */
    final Map<String, Fault> mintFaults = new ConcurrentHashMap<>();
    /** Calls to paths that only a followed redirect knows. */
    final AtomicInteger elsewhere = new AtomicInteger();

    volatile String lastCharge = "";
    /** The client's port of the connection that brought it. */
    volatile int lastChargePort;

    RawPekoPay() throws IOException {
        server = new ServerSocket(0, 200, InetAddress.getByName("127.0.0.1"));
        threads.execute(this::accept);
    }

    URI url() {
        return URI.create("http://127.0.0.1:" + server.getLocalPort());
    }

    int chargesOf(String token) {
        return charges.getOrDefault(token, new AtomicInteger()).get();
    }

    int charges() {
        return charges.values().stream().mapToInt(AtomicInteger::get).sum();
    }

    int minted() {
        return tokens.get();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                threads.execute(() -> serve(socket));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            InputStream in = socket.getInputStream();
            OutputStream out = socket.getOutputStream();
            for (String head; (head = head(in)) != null; ) {
                Matcher length = LENGTH.matcher(head);
                byte[] body = in.readNBytes(length.find() ? Integer.parseInt(length.group(1)) : 0);
                if (head.startsWith("POST /tenants/")) {
                    String text = new String(body, StandardCharsets.UTF_8);
                    Matcher token = TOKEN.matcher(text);
                    charges.computeIfAbsent(token.find() ? token.group(1) : "", t -> new AtomicInteger())
                            .incrementAndGet();
                    lastCharge = head + text;
                    lastChargePort = socket.getPort();
                    fault.meet(socket, out);
                } else if (mintFault(head) != null) {
                    mintFault(head).meet(socket, out);
                } else {
                    String json = "{\"token\":\"sess_raw" + tokens.incrementAndGet() + "\"}";
                    out.write(("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " + json.length()
                                    + "\r\n\r\n" + json)
                            .getBytes(StandardCharsets.US_ASCII));
                }
                out.flush();
            }
        } catch (IOException gone) {
            // the other side has gone, or a fault has closed the socket
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private Fault mintFault(String head) {
        if (head.contains("/elsewhere")) {
            elsewhere.incrementAndGet();
        }
        String[] path = head.split("[ /]+", 5); // GET, payment-token, tenant, …
        return path.length < 4 ? null : mintFaults.get(path[2]);
    }

    private static String head(InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        int end = 0;
        for (int c; end < 4; ) {
            if ((c = in.read()) < 0) {
                return null;
            }
            head.write(c);
            end = c == (end % 2 == 0 ? '\r' : '\n') ? end + 1 : c == '\r' ? 1 : 0;
        }
        return head.toString(StandardCharsets.ISO_8859_1);
    }

    static Fault text(String bytes) {
        return (socket, out) -> out.write(bytes.getBytes(StandardCharsets.ISO_8859_1));
    }

    static Fault textThenClose(String bytes) {
        return (socket, out) -> {
            out.write(bytes.getBytes(StandardCharsets.ISO_8859_1));
            out.flush();
            socket.close();
        };
    }

    static Fault reset() {
        return (socket, out) -> {
            socket.setSoLinger(true, 0);
            socket.close();
        };
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
