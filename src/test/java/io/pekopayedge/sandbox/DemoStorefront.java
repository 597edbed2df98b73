package io.pekopayedge.sandbox;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.handler.codec.http.cookie.Cookie;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import reactor.netty.http.server.HttpServerRoutes;
import reactor.netty.resources.LoopResources;

/**
 * One shop's own web server, as it stands behind the gateway.
 *
 * <ul>
 *   <li>{@code /}: the checkout page, good practice for every answer of the gateway
 *   <li>{@code /guide}: the example of PekoPay's guide as it stands, its token fetched by this server
 *   <li>{@code /elsewhere?gateway=…}: the example on a site that is not the gateway's
 *   <li>{@code /checkout.css}, {@code /checkout.js}, {@code /icon.svg}, {@code /item.svg}: static files
 *   <li>{@code /events}: server-sent events, {@code ?count=} of them, {@code ?every=} milliseconds apart
 *   <li>{@code /upload}: takes a body of any size as it comes, answers the number of bytes
 *   <li>{@code /echo}: the request as it arrived here, as JSON
 *   <li>{@code /api/checkout/charge}: reached only where the tenant's file says {@code browser-charge: off}
 * </ul>
 */
public final class DemoStorefront implements AutoCloseable {
    private final LoopResources loops = LoopResources.create("storefront", 1, true);
    private final Queue<Call> calls = new ConcurrentLinkedQueue<>();
    private final Shop shop;
    private final URI formScript;
    private final URI pekoPayUrl;
    private final DisposableServer server;
    private volatile @Nullable Backend backend;

    private record Backend(URI url, String authorization) {}

    private interface Page extends BiFunction<HttpServerRequest, HttpServerResponse, Publisher<Void>> {}

    private DemoStorefront(Shop shop, PekoPaySandbox pekoPay, int port) {
        this.shop = shop;
        this.pekoPayUrl = pekoPay.addClient(shop.id(), shop.id() + "-client", shop.id() + "-sandbox-secret")
                .baseUrl();
        this.formScript = pekoPay.browserUrl().resolve("/web/dist/index.js");
        this.server = HttpServer.create()
                .host("127.0.0.1")
                .port(port)
                .runOn(loops)
                .route(this::routes)
                .bindNow();
    }

    /** The shop {@code acme}: one-time charges. */
    public static DemoStorefront acme(PekoPaySandbox pekoPay) {
        return new DemoStorefront(Shop.ACME, pekoPay, 0);
    }

    /** The shop {@code bistro}: subscriptions. */
    public static DemoStorefront bistro(PekoPaySandbox pekoPay) {
        return new DemoStorefront(Shop.BISTRO, pekoPay, 0);
    }

    /**
     * Where this shop's server gets payment tokens.
     *
     * @param url the gateway's base URL, or PekoPay's own
     * @param authorization the whole field value, {@code Bearer …} or {@code Basic …}
     */
    public DemoStorefront backend(URI url, String authorization) {
        backend = new Backend(url, authorization);
        return this;
    }

    public String tenantId() {
        return shop.id();
    }

    /** The tenant file that puts this shop behind a gateway, under the host name {@code <id>.localhost}. */
    public String tenantFile() {
        return """
                tenant-id: %1$s
                base-url: %2$s
                hosts: [%1$s.localhost]
                storefront: %3$s
                credentials:
                  client-id: %1$s-client
                  client-secret: %1$s-sandbox-secret
                api-keys:
                  - {id: %1$s-backend, sha256: %4$s}
                """.formatted(shop.id(), pekoPayUrl, url(), sha256(apiKey()));
    }

    /** The key of this shop's own servers at the gateway: printed, so good for nothing but this. */
    public String apiKey() {
        return shop.id() + "-demo-key-for-the-sandbox-only";
    }

    private static String sha256(String text) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** What a tenant file's {@code storefront} should be. */
    public URI url() {
        return URI.create("http://localhost:" + server.port());
    }

    /** Requests as they arrived, in order; bodies are left out of those to {@code /upload}. */
    public List<Call> calls() {
        return List.copyOf(calls);
    }

    @Override
    public void close() {
        server.disposeNow(Duration.ofSeconds(5));
        loops.disposeLater(Duration.ZERO, Duration.ofSeconds(2)).block();
    }

    private void routes(HttpServerRoutes routes) {
        routes.get("/", noted(this::checkout))
                .get("/checkout.js", noted(file("shop/checkout.js")))
                .get("/checkout.css", noted(file("shop/checkout.css")))
                .get("/icon.svg", noted(file("shop/icon.svg")))
                .get("/item.svg", noted(file("shop/" + shop.id() + ".svg")))
                .get("/guide", noted(this::guide))
                .get("/elsewhere", noted(this::elsewhere))
                .get("/events", noted(DemoStorefront::events))
                .route(request -> request.uri().startsWith("/upload"), noted(DemoStorefront::upload))
                .route(request -> true, this::echo);
    }

    private Publisher<Void> checkout(HttpServerRequest request, HttpServerResponse response) {
        if (request.uri().contains("order=new")) {
            return orderCookie(response, newOrder())
                    .status(303)
                    .header("Location", "/")
                    .send();
        }
        String order = request.cookies().getOrDefault("order", Set.of()).stream()
                .map(Cookie::value)
                .filter(value -> value.matches("[A-Z]{2}-[0-9]{4,6}"))
                .findFirst()
                .orElseGet(this::newOrder);
        Map<String, String> words = new HashMap<>(shop.words());
        words.put("order", order);
        String pekoPay = formScript.resolve("/").toString().replaceAll("/$", "");
        return page("shop/checkout.html", words)
                .with("Cache-Control", "no-cache")
                .with("Referrer-Policy", "same-origin")
                .with(
                        "Content-Security-Policy",
                        "default-src 'none'; script-src 'self' " + pekoPay + "; frame-src " + pekoPay
                                + "; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none';"
                                + " form-action 'none'; frame-ancestors 'none'")
                .to(orderCookie(response, order));
    }

    /** A new order has a new number, so that two tabs of one order know of each other. */
    private String newOrder() {
        return shop.id().substring(0, 2).toUpperCase(Locale.ROOT) + "-"
                + ThreadLocalRandom.current().nextInt(1000, 1_000_000);
    }

    private static HttpServerResponse orderCookie(HttpServerResponse response, String order) {
        return response.header("Set-Cookie", "order=" + order + "; Path=/; HttpOnly; SameSite=Lax");
    }

    private Publisher<Void> guide(HttpServerRequest request, HttpServerResponse response) {
        Backend from = backend;
        if (from == null) {
            return Reply.of(503, "text/plain", "This shop's server does not know its gateway")
                    .to(response);
        }
        return HttpClient.newConnection()
                .headers(headers -> headers.set("Authorization", from.authorization))
                .get()
                .uri(from.url.resolve("/payment-token/" + shop.id() + "/generate"))
                .responseContent()
                .aggregate()
                .asByteArray()
                .map(json -> new Call(Instant.EPOCH, "", "", null, request.requestHeaders(), json)
                        .json()
                        .path("token")
                        .asText())
                .flatMap(token -> Mono.from(page("shop/guide.html", Map.of("token", token))
                        .with("Cache-Control", "no-store")
                        .to(response)));
    }

    private Publisher<Void> elsewhere(HttpServerRequest request, HttpServerResponse response) {
        List<String> gateway =
                new QueryStringDecoder(request.uri()).parameters().getOrDefault("gateway", List.of(""));
        return page("shop/elsewhere.html", Map.of("gateway", gateway.get(0).replaceAll("[^a-zA-Z0-9:/._-]", "")))
                .to(response);
    }

    private static Publisher<Void> events(HttpServerRequest request, HttpServerResponse response) {
        Map<String, List<String>> query = new QueryStringDecoder(request.uri()).parameters();
        int count = Integer.parseInt(query.getOrDefault("count", List.of("3")).get(0));
        Duration every = Duration.ofMillis(
                Long.parseLong(query.getOrDefault("every", List.of("200")).get(0)));
        return response.sse()
                .header("Cache-Control", "no-cache")
                .send(
                        Flux.interval(Duration.ZERO, every)
                                .take(count)
                                .map(n -> Unpooled.copiedBuffer(
                                        "id: " + n + "\ndata: event " + n + "\n\n", StandardCharsets.UTF_8)),
                        buffer -> true);
    }

    private static Publisher<Void> upload(HttpServerRequest request, HttpServerResponse response) {
        return request.receive()
                .map(buffer -> (long) buffer.readableBytes())
                .reduce(0L, Long::sum)
                .flatMap(bytes ->
                        Mono.from(Reply.json(200, Map.of("bytes", bytes)).to(response)));
    }

    private Publisher<Void> echo(HttpServerRequest request, HttpServerResponse response) {
        return request.receive()
                .aggregate()
                .asByteArray()
                .defaultIfEmpty(new byte[0])
                .flatMap(body -> {
                    Call call = note(request, body);
                    if (!call.path().startsWith("/echo") && !call.path().startsWith("/api/")) {
                        return Mono.from(
                                Reply.of(404, "text/plain", "Not in this shop").to(response));
                    }
                    Map<String, List<String>> headers = new HashMap<>();
                    call.headers()
                            .names()
                            .forEach(name -> headers.put(
                                    name.toLowerCase(Locale.ROOT),
                                    call.headers().getAll(name)));
                    return Mono.from(Reply.json(
                                    200,
                                    Map.of(
                                            "method", call.method(),
                                            "uri", request.uri(),
                                            "headers", headers,
                                            "body", call.text()))
                            .to(response));
                });
    }

    private Page file(String file) {
        return (request, response) ->
                page(file, Map.of()).with("Cache-Control", "no-cache").to(response);
    }

    private Reply page(String file, Map<String, String> words) {
        String text = HostedFields.resource(file).replace("{{sdk}}", formScript.toString());
        for (Map.Entry<String, String> word : words.entrySet()) {
            text = text.replace("{{" + word.getKey() + "}}", word.getValue());
        }
        return Reply.of(200, HostedFields.typeOf(file), text);
    }

    private Page noted(Page handler) {
        return (request, response) -> {
            note(request, new byte[0]);
            return handler.apply(request, response);
        };
    }

    private Call note(HttpServerRequest request, byte[] body) {
        Call call = Call.of(request, Instant.now(), body);
        calls.add(call);
        return call;
    }
}
