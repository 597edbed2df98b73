package io.pekopayedge.edge;

import io.pekopayedge.EdgeApplication;
import io.pekopayedge.charge.Charges;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.util.FileSystemUtils;

/** A gateway in this process, on ports of its own, with tenant files of its own. Any thread may call it. */
public final class EdgeUnderTest implements AutoCloseable {
    private static final Pattern TOKEN = Pattern.compile("\"token\":\"([^\"]+)\"");

    private final ConfigurableApplicationContext context;
    private final Path folder;
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();

    private EdgeUnderTest(ConfigurableApplicationContext context, Path folder) {
        this.context = context;
        this.folder = folder;
    }

    /** Tenant files, written before the start. */
    public static final class Tenants {
        private final Path folder;

        private Tenants(Path folder) {
            this.folder = folder;
        }

        /** The usual tenant: host {@code <id>.localhost}, API key {@link #apiKey}, client {@code <id>-client}. */
        public Tenants add(String id, URI pekoPay, String... moreLines) {
            return addClient(id, pekoPay, id + "-client", secret(id), moreLines);
        }

        public Tenants addClient(String id, URI pekoPay, String clientId, String secret, String... moreLines) {
            return file(
                    id,
                    """
                    tenant-id: %s
                    base-url: %s
                    hosts: [%s.localhost]
                    credentials:
                      client-id: '%s'
                      client-secret: '%s'
                    api-keys:
                      - {id: %s-backend, sha256: %s}
                    """.formatted(id, pekoPay, id, clientId, secret, id, sha256(apiKey(id)))
                            + String.join("\n", moreLines)
                            + "\n");
        }

        public Tenants file(String name, String yaml) {
            try {
                Files.writeString(folder.resolve(name + ".yml"), yaml);
                return this;
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    /** What fills the tenants' folder. */
    public interface Setup {
        void accept(Tenants tenants);
    }

    /** @param settings as {@code pekopay.edge.charge.timeout=1s}, without dashes */
    public static EdgeUnderTest start(Setup tenants, String... settings) {
        try {
            Path folder = Files.createTempDirectory("edge-tenants");
            tenants.accept(new Tenants(folder));
            List<String> arguments = new ArrayList<>(List.of(
                    "--server.port=0",
                    "--management.server.port=0",
                    "--pekopay.edge.limits.refresh-per-flow=1000000/1m",
                    "--pekopay.edge.limits.refresh-per-client=1000000/1m",
                    "--pekopay.edge.limits.charge-per-client=1000000/1m",
                    "--pekopay.edge.limits.declines-per-client=1000000/1h",
                    "--pekopay.edge.limits.declines-per-flow=1000000/1h",
                    "--pekopay.edge.mint.rate=2000",
                    "--pekopay.edge.tenants.location=" + folder));
            for (String setting : settings) {
                String key = "--" + setting.substring(0, setting.indexOf('=') + 1);
                // Twice given, the two would be one list.
                arguments.removeIf(argument -> argument.startsWith(key));
                arguments.add("--" + setting);
            }
            return new EdgeUnderTest(
                    SpringApplication.run(EdgeApplication.class, arguments.toArray(String[]::new)), folder);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    public static String apiKey(String tenant) {
        return "key-of-" + tenant + "-0123456789abcdef";
    }

    public static String secret(String tenant) {
        return "secret-of-" + tenant + "-0123456789";
    }

    public static String sha256(String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    public int port() {
        return context.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
    }

    public int managementPort() {
        return context.getEnvironment().getRequiredProperty("local.management.port", Integer.class);
    }

    public Path tenantsFolder() {
        return folder;
    }

    /** A bean of the gateway's, for what cannot be seen from outside. */
    public <T> T bean(Class<T> type) {
        return context.getBean(type);
    }

    /** All beans of a type, by name. */
    public <T> Map<String, T> beans(Class<T> type) {
        return context.getBeansOfType(type);
    }

    /** @param headers name, value, name, value, … */
    public HttpResponse<String> get(String path, String... headers) {
        return send("GET", path, null, headers);
    }

    public HttpResponse<String> post(String path, String json, String... headers) {
        return send("POST", path, json, with(headers, "Content-Type", "application/json"));
    }

    public HttpResponse<String> send(String method, String path, String body, String... headers) {
        return sendAsync(method, path, body, headers).join();
    }

    public CompletableFuture<HttpResponse<String>> sendAsync(
            String method, String path, String body, String... headers) {
        return client.sendAsync(
                        request("http://localhost:" + port() + path, method, body, headers),
                        BodyHandlers.ofString(StandardCharsets.UTF_8))
                .whenComplete((answer, error) -> {
                    if (error != null && error.getCause() instanceof HttpTimeoutException) {
                        tellWhatHangs(method + " " + path);
                    }
                });
    }

    /** Nothing here may take a minute: whoever reads the log wants to know where it stood. */
    private void tellWhatHangs(String call) {
        StringBuilder told = new StringBuilder("No answer: " + call + "; charges under way: "
                + bean(Charges.class).underWay() + "\n");
        Thread.getAllStackTraces().forEach((thread, frames) -> {
            told.append(thread.getName()).append('\n');
            for (StackTraceElement frame : frames) {
                told.append("    ").append(frame).append('\n');
            }
        });
        System.err.println(told);
    }

    public HttpResponse<String> manage(String path) {
        return client.sendAsync(
                        request("http://localhost:" + managementPort() + path, "GET", null), BodyHandlers.ofString())
                .join();
    }

    /** On the management port. */
    public HttpResponse<String> manage(String method, String path, String type, String body, String... headers) {
        return client.sendAsync(
                        request(
                                "http://localhost:" + managementPort() + path,
                                method,
                                body,
                                with(headers, "Content-Type", type)),
                        BodyHandlers.ofString())
                .join();
    }

    private static HttpRequest request(String uri, String method, String body, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(uri))
                .timeout(Duration.ofSeconds(60))
                .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        return request.build();
    }

    private static String[] with(String[] headers, String name, String value) {
        List<String> all = new ArrayList<>(List.of(headers));
        if (!all.contains(name)) {
            all.add(name);
            all.add(value);
        }
        return all.toArray(String[]::new);
    }

    /** A token of a flow that {@code X-Checkout-Flow} names. */
    public String refresh(String tenant, String flow) {
        return token(get("/t/" + tenant + "/api/payment-token/refresh", "X-Checkout-Flow", flow));
    }

    public String generate(String tenant) {
        return token(get("/payment-token/" + tenant + "/generate", "Authorization", "Bearer " + apiKey(tenant)));
    }

    public static String token(HttpResponse<String> response) {
        Matcher token = TOKEN.matcher(response.body());
        if (response.statusCode() != 200 || !token.find()) {
            throw new AssertionError("no token: " + response.statusCode() + " " + response.body());
        }
        return token.group(1);
    }

    /** A browser's charge. */
    public HttpResponse<String> charge(String tenant, String flow, String token) {
        return chargeAsync(tenant, flow, token).join();
    }

    public CompletableFuture<HttpResponse<String>> chargeAsync(String tenant, String flow, String token) {
        return sendAsync(
                "POST",
                "/t/" + tenant + "/api/checkout/charge",
                body(token),
                "X-Checkout-Flow",
                flow,
                "Content-Type",
                "application/json");
    }

    /** A shop's server charges. */
    public HttpResponse<String> backendCharge(String tenant, String token) {
        return post("/tenants/" + tenant + "/transactions", body(token), "Authorization", "Bearer " + apiKey(tenant));
    }

    public static String body(String token) {
        return "{\"paymentToken\":\"" + token + "\"}";
    }

    @Override
    public void close() {
        context.close();
        try {
            FileSystemUtils.deleteRecursively(folder);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
