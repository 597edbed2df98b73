package io.pekopayedge.replicas;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;

/** The packaged gateway as a process of its own, which can be ended in every way. */
public final class EdgeProcess implements AutoCloseable {
    private static final Pattern TOKEN = Pattern.compile("\"token\":\"([^\"]+)\"");
    private static final HttpClient CLIENT = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();

    private final int port = freePort();
    private final int management = freePort();
    private final Path log;
    private final List<String> command;
    private Process process;

    /** @param settings as {@code pekopay.edge.charge.timeout=1s}, without dashes */
    public EdgeProcess(Path folder, String name, List<String> jvm, List<String> settings) {
        this.log = folder.resolve(name + ".log");
        this.command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:+UseSerialGC"));
        command.addAll(jvm);
        command.addAll(List.of(
                "-jar",
                Path.of(System.getProperty("edge.jar")).toAbsolutePath().toString(),
                "--server.port=" + port,
                "--management.server.port=" + management));
        settings.forEach(setting -> command.add("--" + setting));
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public Path log() {
        return log;
    }

    public int port() {
        return port;
    }

    public int managementPort() {
        return management;
    }

    public Process process() {
        return process;
    }

    long pid() {
        return process.pid();
    }

    /** @param prefix a command that executes the rest of its arguments */
    public EdgeProcess under(List<String> prefix) {
        command.addAll(0, prefix);
        return this;
    }

    public EdgeProcess launch() {
        return launch(ProcessBuilder.Redirect.appendTo(log.toFile()));
    }

    /** @param output for what it prints, instead of the log */
    public EdgeProcess launch(ProcessBuilder.Redirect output) {
        try {
            process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(output)
                    .start();
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public EdgeProcess ready() {
        Awaitility.await()
                .atMost(Duration.ofSeconds(90))
                .pollInterval(Duration.ofMillis(200))
                .failFast("the gateway ended, see " + log, () -> !process.isAlive())
                .ignoreExceptions()
                .until(() -> CLIENT.send(
                                        HttpRequest.newBuilder(URI.create("http://localhost:" + management
                                                        + "/actuator/health/readiness"))
                                                .build(),
                                        BodyHandlers.discarding())
                                .statusCode()
                        == 200);
        return this;
    }

    /** As {@code kill -9}. */
    void kill() {
        process.destroyForcibly();
        ended();
    }

    /** As {@code kill}: what runs may end. */
    void terminate() {
        process.destroy();
        ended();
    }

    private void ended() {
        try {
            if (!process.waitFor(60, TimeUnit.SECONDS)) {
                throw new IllegalStateException("the gateway does not end, see " + log);
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Of a flow that is not yet. */
    CompletableFuture<HttpResponse<String>> refreshing(String tenant) {
        return send(HttpRequest.newBuilder(uri("/t/" + tenant + "/api/payment-token/refresh")));
    }

    String manage(String path) {
        return send(HttpRequest.newBuilder(URI.create("http://localhost:" + management + path)))
                .join()
                .body();
    }

    /** As {@code kill -STOP}, {@code -CONT}. */
    void signal(String name) throws IOException, InterruptedException {
        int ended = new ProcessBuilder("kill", "-" + name, Long.toString(pid()))
                .inheritIO()
                .start()
                .waitFor();
        if (ended != 0) {
            throw new IllegalStateException("kill -" + name + " failed");
        }
    }

    public String refresh(String tenant, String flow) {
        HttpResponse<String> answer = send(HttpRequest.newBuilder(uri("/t/" + tenant + "/api/payment-token/refresh"))
                        .header("X-Checkout-Flow", flow))
                .join();
        Matcher token = TOKEN.matcher(answer.body());
        if (answer.statusCode() != 200 || !token.find()) {
            throw new AssertionError("no token: " + answer.statusCode() + " " + answer.body());
        }
        return token.group(1);
    }

    public CompletableFuture<HttpResponse<String>> charge(String tenant, String flow, String body) {
        return send(HttpRequest.newBuilder(uri("/t/" + tenant + "/api/checkout/charge"))
                .header("X-Checkout-Flow", flow)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body)));
    }

    /** Whether a host belongs to a tenant, by the answer to a preflight. */
    boolean knows(String host) {
        String head = "OPTIONS /api/payment-token/refresh HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n";
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            if (!answer.startsWith("HTTP/1.1 204 ") && !answer.startsWith("HTTP/1.1 404 ")) {
                throw new AssertionError(answer);
            }
            return answer.startsWith("HTTP/1.1 204 ");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private URI uri(String path) {
        return URI.create("http://localhost:" + port + path);
    }

    private static CompletableFuture<HttpResponse<String>> send(HttpRequest.Builder request) {
        return CLIENT.sendAsync(request.timeout(Duration.ofSeconds(60)).build(), BodyHandlers.ofString());
    }

    @Override
    public void close() {
        if (process != null) {
            process.destroyForcibly();
        }
    }
}
