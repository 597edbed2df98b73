package io.pekopayedge.sandbox;

import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import reactor.netty.resources.LoopResources;

/**
 * A PekoPay that runs beside the tests and counts every effect.
 *
 * <pre>{@code
 * try (var pekoPay = PekoPaySandbox.start()) {
 *     pekoPay.addClient("acme", "client", "secret");
 *     pekoPay.once(Call::isCharge, Behaviour.workingThenReset());
 *     …
 *     assertThat(pekoPay.chargesOf(token)).hasSize(1);
 * }
 * }</pre>
 *
 * <p>Thread-safe; records are complete as soon as the caller has its answer.
 */
public final class PekoPaySandbox implements AutoCloseable {
    private final LoopResources loops = LoopResources.create("pekopay-sandbox", 2, true);
    private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    private final Map<String, Set<String>> clients = new ConcurrentHashMap<>();
    private final Queue<Call> calls = new ConcurrentLinkedQueue<>();
    private final Queue<Call> browserCalls = new ConcurrentLinkedQueue<>();
    private final Queue<Charge> charges = new ConcurrentLinkedQueue<>();
    private final List<Script> scripts = new CopyOnWriteArrayList<>();
    private final TenantResources resources = new TenantResources();
    private final Clock clock;
    private final SessionTokens tokens;
    private final HostedFields fields;
    private final DisposableServer web;
    private final int port;
    private @Nullable DisposableServer server;
    private volatile boolean isDown;

    private PekoPaySandbox(int port, Clock clock) {
        this.clock = clock;
        this.tokens = new SessionTokens(clock, Duration.ofMinutes(60));
        this.fields = new HostedFields(tokens);
        this.web = bind(0);
        this.server = bind(port);
        this.port = server.port();
        on(this::losesItsAnswer, Behaviour.workingThenReset());
    }

    /** Starts on any free port of the loopback. */
    public static PekoPaySandbox start() {
        return start(0, Clock.systemUTC());
    }

    /** @param port 0 for any free one */
    public static PekoPaySandbox start(int port, Clock clock) {
        return new PekoPaySandbox(port, clock);
    }

    /** What a tenant file's {@code base-url} should be. */
    public URI baseUrl() {
        return URI.create("http://localhost:" + port);
    }

    /** Where a browser finds the hosted fields: a site of its own, as PekoPay's is, and up when the API is down. */
    public URI browserUrl() {
        return URI.create("http://pekopay.localhost:" + web.port());
    }

    /** Makes a pair of credentials valid; earlier ones of the tenant stay so. */
    public PekoPaySandbox addClient(String tenantId, String clientId, String clientSecret) {
        clients.computeIfAbsent(tenantId, key -> ConcurrentHashMap.newKeySet()).add(basic(clientId, clientSecret));
        return this;
    }

    public PekoPaySandbox removeClient(String tenantId, String clientId, String clientSecret) {
        clients.getOrDefault(tenantId, Set.of()).remove(basic(clientId, clientSecret));
        return this;
    }

    /** How long tokens live, those already given out too; 60 minutes unless set. */
    public PekoPaySandbox tokenLife(Duration life) {
        tokens.life(life);
        return this;
    }

    /** Whether a token must have been through the card fields before it can be charged; not so unless set. */
    public PekoPaySandbox cardNeeded(boolean needed) {
        tokens.cardNeeded(needed);
        return this;
    }

    /** Every server-to-server call in the order of arrival, whatever its answer was. */
    public List<Call> calls() {
        return List.copyOf(calls);
    }

    /** Whether the token could be charged at this moment. */
    public boolean live(String token) {
        return tokens.state(token) == SessionTokens.State.LIVE;
    }

    /** What browsers asked for: the form's script, the fields, the cards they sent. */
    public List<Call> browserCalls() {
        return List.copyOf(browserCalls);
    }

    /** Every charge and subscription that came with good credentials, refused ones too. */
    public List<Charge> charges() {
        return List.copyOf(charges);
    }

    /** Charges of one token: more than one means that money may have moved twice. */
    public List<Charge> chargesOf(String token) {
        return charges.stream().filter(charge -> token.equals(charge.token())).toList();
    }

    /** Every token that was given out. */
    public List<Mint> mints() {
        return tokens.mints();
    }

    /** The tokens that this tenant was given. */
    public List<String> mintedTo(String tenantId) {
        return mints().stream()
                .filter(mint -> mint.tenantId().equals(tenantId))
                .map(Mint::token)
                .toList();
    }

    /** From now on such calls meet this behaviour; the newest script that fits wins. */
    public Script on(Predicate<Call> when, Behaviour then) {
        return script(when, then, Long.MAX_VALUE);
    }

    /** As {@link #on}, for the next such call only. */
    public Script once(Predicate<Call> when, Behaviour then) {
        return script(when, then, 1);
    }

    /**
     * The API refuses connections and drops those that are open, until {@link #up}. Returns when the port is closed and
     * whoever held an idle connection has noticed: nobody sends on one that is dead.
     */
    public synchronized void down() {
        if (server != null) {
            isDown = true;
            server.disposeNow(Duration.ofSeconds(5));
            connections.forEach(connection -> ((DuplexChannel) connection).shutdownOutput());
            connections.newCloseFuture().awaitUninterruptibly(1, TimeUnit.SECONDS);
            connections.close().awaitUninterruptibly();
            server = null;
        }
    }

    /** Listens again, on the same port. */
    public synchronized void up() {
        if (server == null) {
            isDown = false;
            server = bind(port);
        }
    }

    /** Drops the connections that are open now, in the middle of whatever they do. */
    public void dropConnections() {
        connections.close().awaitUninterruptibly();
    }

    @Override
    public void close() {
        down();
        web.disposeNow(Duration.ofSeconds(5));
        loops.disposeLater(Duration.ZERO, Duration.ofSeconds(2)).block();
    }

    private DisposableServer bind(int onPort) {
        return HttpServer.create()
                .host("127.0.0.1")
                .port(onPort)
                .runOn(loops)
                .httpRequestDecoder(decoder -> decoder.maxHeaderSize(65_536).maxInitialLineLength(65_536))
                .doOnConnection(this::keep)
                .handle(this::handle)
                .bindNow();
    }

    /** A connection that was accepted while the port was being closed goes with the others. */
    private void keep(Connection connection) {
        connections.add(connection.channel());
        if (isDown && ((InetSocketAddress) connection.channel().localAddress()).getPort() == port) {
            connection.channel().close();
        }
    }

    private Publisher<Void> handle(HttpServerRequest request, HttpServerResponse response) {
        return request.receive()
                .aggregate()
                .asByteArray()
                .defaultIfEmpty(new byte[0])
                .map(body -> record(request, body))
                .flatMap(call -> Mono.from(meet(new Exchange(call, response, this::work))));
    }

    private Call record(HttpServerRequest request, byte[] body) {
        Call call = Call.of(request, clock.instant(), body);
        (HostedFields.serves(call) ? browserCalls : calls).add(call);
        return call;
    }

    private Publisher<Void> meet(Exchange exchange) {
        return scripts.stream()
                .filter(script -> script.takes(exchange.call()))
                .findFirst()
                .map(script -> script.then.meet(exchange))
                .orElseGet(() -> exchange.send(exchange.proceed()));
    }

    private Reply work(Call call) {
        if (HostedFields.serves(call)) {
            return fields.answer(call);
        }
        if (!clients.getOrDefault(call.tenantId(), Set.of()).contains(String.valueOf(call.header("Authorization")))) {
            return Reply.error(401, "unauthorized", "Unknown client or wrong secret")
                    .with("WWW-Authenticate", "Basic realm=\"PekoPay\"");
        }
        if (call.isMint()) {
            return List.of("GET", "POST").contains(call.method())
                    ? Reply.json(200, Map.of("token", tokens.mint(call.tenantId())))
                    : Reply.error(405, "method_not_allowed", "Use GET").with("Allow", "GET, POST");
        }
        if (call.isCharge()) {
            return charge(call);
        }
        return "tenants".equals(call.segments().get(0))
                ? resources.answer(call)
                : Reply.error(404, "not_found", "No such resource");
    }

    private Reply charge(Call call) {
        String kind = call.segments().get(2).toLowerCase(Locale.ROOT);
        String token = call.paymentToken();
        boolean amountDeclined =
                TestCards.DECLINED_AMOUNT.equals(call.json().path("amount").asText());
        Charge.Result result = token != null
                ? tokens.spend(call.tenantId(), token, amountDeclined)
                : amountDeclined ? Charge.Result.DECLINED : Charge.Result.ACCEPTED;
        charges.add(new Charge(clock.instant(), call.tenantId(), token, kind, result, call));
        return switch (result) {
            case ACCEPTED ->
                Reply.json(
                        201,
                        resources
                                .keep(call.tenantId(), kind, "transactions".equals(kind) ? "txn" : "sub", call.json())
                                .put("status", "transactions".equals(kind) ? "succeeded" : "active"));
            case DECLINED -> Reply.error(402, "card_declined", "The card was declined");
            case TOKEN_SPENT -> Reply.error(409, "token_spent", "The payment token has been used");
            case TOKEN_EXPIRED -> Reply.error(410, "token_expired", "The payment token has expired");
            case TOKEN_UNKNOWN -> Reply.error(404, "token_unknown", "No such payment token");
            case NOT_TOKENIZED -> Reply.error(422, "not_tokenized", "The card fields were not submitted");
        };
    }

    private boolean losesItsAnswer(Call call) {
        return call.isCharge() && TestCards.ANSWER_LOST.equals(tokens.cardOf(call.paymentToken()));
    }

    private Script script(Predicate<Call> when, Behaviour then, long times) {
        Script script = new Script(when, then, times);
        scripts.add(0, script);
        return script;
    }

    private static String basic(String clientId, String clientSecret) {
        return "Basic "
                + Base64.getEncoder().encodeToString((clientId + ":" + clientSecret).getBytes(StandardCharsets.UTF_8));
    }

    /** A rule of {@link #on}, in force until it is closed or used up. */
    public final class Script implements AutoCloseable {
        private final Predicate<Call> when;
        private final Behaviour then;
        private long left;

        private Script(Predicate<Call> when, Behaviour then, long times) {
            this.when = when;
            this.then = then;
            this.left = times;
        }

        /** Ends the rule; calls that already met it go on. */
        @Override
        public void close() {
            scripts.remove(this);
        }

        private synchronized boolean takes(Call call) {
            return left > 0 && when.test(call) && left-- > 0;
        }
    }
}
