package io.pekopayedge.edge;

import io.netty.handler.ssl.SslContextBuilder;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;

/**
 * A PekoPay behind TLS with one of the certificates of {@code src/test/resources/tls}, or behind none although it is called
 * as if. Those are of one key, from 2020 to 2120 but {@code expired}; {@code unknown} alone is not of {@code authority}.
 */
final class TlsPekoPay implements AutoCloseable {
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final int port;
    private final AutoCloseable server;

    private TlsPekoPay(String certificate, String... protocols) {
        try {
            var tls = SslContextBuilder.forServer(pem(certificate + ".crt"), pem("server.key"))
                    .protocols(protocols)
                    .build();
            DisposableServer https = HttpServer.create()
                    .host("127.0.0.1")
                    .secure(spec -> spec.sslContext(tls))
                    .handle((request, response) -> {
                        requests.add(request.method() + " " + request.uri());
                        boolean mint = request.uri().endsWith("/generate");
                        return response.status(mint ? 200 : 201)
                                .header("Content-Type", "application/json")
                                .sendString(Mono.just(mint ? "{\"token\":\"sess_" + UUID.randomUUID() + "\"}" : "{}"));
                    })
                    .bindNow();
            this.port = https.port();
            this.server = https::disposeNow;
        } catch (javax.net.ssl.SSLException e) {
            throw new IllegalStateException(e);
        }
    }

    private TlsPekoPay() throws IOException {
        ServerSocket plain = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
        port = plain.getLocalPort();
        server = plain;
        Thread thread = new Thread(() -> answerInClear(plain), "plain-pekopay");
        thread.setDaemon(true);
        thread.start();
    }

    static TlsPekoPay with(String certificate) {
        return new TlsPekoPay(certificate, "TLSv1.3", "TLSv1.2");
    }

    static TlsPekoPay withTls12(String certificate) {
        return new TlsPekoPay(certificate, "TLSv1.2");
    }

    /** Keeps what it is sent as hex. */
    static TlsPekoPay inClear() throws IOException {
        return new TlsPekoPay();
    }

    private void answerInClear(ServerSocket plain) {
        while (!plain.isClosed()) {
            try (Socket socket = plain.accept()) {
                InputStream in = socket.getInputStream();
                byte[] chunk = new byte[4096];
                int n = in.read(chunk);
                requests.add(HexFormat.of().formatHex(chunk, 0, Math.max(0, n)));
                socket.getOutputStream()
                        .write("HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\n{}"
                                .getBytes(StandardCharsets.US_ASCII));
            } catch (IOException gone) {
                // the next one, or closed
            }
        }
    }

    static File pem(String name) {
        try {
            return new File(TlsPekoPay.class.getResource("/tls/" + name).toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    URI url() {
        return URI.create("https://localhost:" + port);
    }

    /** What came, decrypted. */
    List<String> requests() {
        return requests;
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
