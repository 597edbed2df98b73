package io.pekopayedge.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.channel.EventLoop;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.resolver.AddressResolver;
import io.netty.resolver.AddressResolverGroup;
import io.netty.resolver.InetNameResolver;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Promise;
import io.pekopayedge.settings.EdgeClock;
import io.pekopayedge.settings.EdgeSettings;
import io.pekopayedge.tenant.BasicCredentials;
import io.pekopayedge.tenant.Tenant;
import io.pekopayedge.upstream.UpstreamFailure.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.pem.PemSslStoreBundle;
import org.springframework.boot.ssl.pem.PemSslStoreDetails;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** Connections to PekoPay: which are used again, which are not, and what a call says when there is none. Real sockets. */
class PekoPayClientTest {
    private static final Duration LONG = Duration.ofSeconds(10);
    private static final Duration SHORT = Duration.ofMillis(300);
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";

    private final NioEventLoopGroup loops = new NioEventLoopGroup(1);
    private final EventLoop loop = loops.next();
    private final AtomicLong ahead = new AtomicLong();
    private final EdgeClock clock = new EdgeClock(
            Clock.systemUTC(), () -> System.nanoTime() + ahead.get(), Schedulers.parallel(), new Random(7));
    /** The certificate that is good for {@code localhost}, and its authority. */
    private final SslBundle bundle = SslBundle.of(new PemSslStoreBundle(
            PemSslStoreDetails.forCertificate("classpath:tls/good.crt").withPrivateKey("classpath:tls/server.key"),
            PemSslStoreDetails.forCertificate("classpath:tls/authority.crt")));

    private final UpstreamTls tls = new UpstreamTls(bundle.getManagers().getTrustManagerFactory(), LONG);
    private Server server;

    @BeforeEach
    void start() throws IOException {
        server = new Server(null, "");
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }

    private Site site() {
        return site("127.0.0.1");
    }

    private Site site(String... addresses) {
        return site(URI.create("http://pekopay.example:" + server.port() + "/base"), addresses);
    }

    private Site site(URI baseUrl, String... addresses) {
        return new Site(baseUrl, tls, clock, Duration.ofSeconds(1), () -> new Known(addresses));
    }

    /** From here on PekoPay speaks TLS, of that version alone. */
    private Site siteOverTls(String version) throws IOException {
        server.close();
        server = new Server(bundle.createSslContext().getSocketFactory(), version);
        return site(URI.create("https://localhost:" + server.port()), "127.0.0.1");
    }

    private Mono<UpstreamReply> call(Site site, Duration limit) {
        return call(site, limit, new byte[] {'{', '}'});
    }

    /** One call on the test's own loop. */
    private Mono<UpstreamReply> call(Site site, Duration limit, byte[] body) {
        Tenant tenant = tenant(URI.create("http://pekopay.example"));
        UpstreamRequest request = new UpstreamRequest(
                tenant, HttpMethod.POST, "/tenants/acme/transactions?a=b", PassedFields.OURS, "req-1", "key-1", body);
        return Mono.create(answer -> {
            Exchange exchange = new Exchange(site.message(request, tenant.credentials()), clock, limit, answer);
            answer.onCancel(() -> loop.execute(exchange::cancelled));
            loop.execute(() -> exchange.begin(site.on(loop)));
        });
    }

    private static Tenant tenant(URI baseUrl) {
        EdgeSettings settings = new Binder(new MapConfigurationPropertySource(Map.of()))
                .bindOrCreate("pekopay.edge", Bindable.of(EdgeSettings.class));
        return Tenant.bare(
                "acme", baseUrl, new BasicCredentials("acme-client", "secret-of-acme-0123456789"), settings.reserve());
    }

    private static Kind kind(Throwable error) {
        assertThat(error).isInstanceOf(UpstreamFailure.class);
        return ((UpstreamFailure) error).kind();
    }

    private void fails(Site site, Duration limit, Kind kind) {
        assertThatThrownBy(() -> call(site, limit).block(LONG))
                .satisfies(error -> assertThat(kind(error)).isEqualTo(kind));
    }

    /** Runs what is queued on the loop, the end of a read among it. */
    private void settle() {
        loop.submit(() -> {}).syncUninterruptibly();
        loop.submit(() -> {}).syncUninterruptibly();
    }

    @Test
    void request_isWhatWasBuilt_andNothingElse() {
        call(site(), LONG).block(LONG);
        assertThat(server.requests.peek().lines().toList())
                .containsExactly(
                        "POST /base/tenants/acme/transactions?a=b HTTP/1.1",
                        "host: pekopay.example:" + server.port(),
                        "Accept: application/json",
                        "User-Agent: pekopay-edge",
                        "Accept-Encoding: identity",
                        "authorization: Basic YWNtZS1jbGllbnQ6c2VjcmV0LW9mLWFjbWUtMDEyMzQ1Njc4OQ==",
                        "X-Request-Id: req-1",
                        "Idempotency-Key: key-1",
                        "content-length: 2");
    }

    @Test
    void goodAnswer_leavesTheConnectionForTheNext() {
        Site site = site();
        for (int i = 0; i < 5; i++) {
            assertThat(call(site, LONG).block(LONG).status()).isEqualTo(200);
            settle();
        }
        assertThat(server.connections.get()).isEqualTo(1);
    }

    @Test
    void twoAtOnce_haveAConnectionEach() {
        Site site = site();
        server.before = new CountDownLatch(2);
        Mono.zip(call(site, LONG), call(site, LONG)).block(LONG);
        assertThat(server.connections.get()).isEqualTo(2);
    }

    /** The handshake is read before anything is sent; in TLS 1.2 by two reads always. */
    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void newConnection_isNobodyElses_whatItsHandshakeReads(String version) throws IOException {
        Site site = siteOverTls(version);
        server.before = new CountDownLatch(2);
        CompletableFuture<UpstreamReply> first = call(site, LONG).toFuture();
        Awaitility.await().until(() -> server.requests.size() == 1);
        CompletableFuture<UpstreamReply> second = call(site, LONG).toFuture();
        assertThat(first.join().status()).isEqualTo(200);
        assertThat(second.join().status()).isEqualTo(200);
        assertThat(server.connections.get()).isEqualTo(2);
    }

    @Test
    void answerThatEndsWithItsConnection_isWhole_onlyIfPekoPayTookLeave() throws IOException {
        Site site = siteOverTls("TLSv1.3");
        server.after = new CountDownLatch(1);
        server.answers.add("HTTP/1.1 200 OK\r\n\r\n{\"a\":\"bc\"}");
        server.answers.add("HTTP/1.1 200 OK\r\n\r\n{\"a\":\"b");
        CompletableFuture<UpstreamReply> whole = call(site, LONG).toFuture();
        Awaitility.await().until(() -> server.answered.get() == 1);
        server.takeLeave();
        server.closeConnections();
        assertThat(whole.join().body()).asString().isEqualTo("{\"a\":\"bc\"}");
        CompletableFuture<UpstreamReply> cut = call(site, LONG).toFuture();
        Awaitility.await().until(() -> server.answered.get() == 2);
        server.closeConnections();
        assertThatThrownBy(cut::join)
                .satisfies(error -> assertThat(kind(error.getCause())).isEqualTo(Kind.BROKEN));
    }

    @Test
    void answerThatSaysClose_orIsOfAnOldVersion_isItsConnectionsLast() {
        Site site = site();
        server.answers.add("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}");
        server.answers.add("HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\n{}");
        for (int i = 0; i < 3; i++) {
            call(site, LONG).block(LONG);
            settle();
        }
        assertThat(server.connections.get()).isEqualTo(3);
    }

    @Test
    void whatFollowsAnAnswer_isNobodys() {
        Site site = site();
        server.answers.add(OK + "HTTP/1.1 201 Created\r\nContent-Length: 9\r\n\r\n{\"x\":\"y\"}");
        assertThat(call(site, LONG).block(LONG).status()).isEqualTo(200);
        settle();
        assertThat(call(site, LONG).block(LONG).status()).isEqualTo(200);
        assertThat(server.connections.get()).isEqualTo(2);
    }

    @Test
    void bodyInManyPieces_isWhole_whateverItsFraming() {
        Site site = site();
        String text = "0123456789".repeat(9_000);
        server.answers.add("HTTP/1.1 200 OK\r\nContent-Length: 90000\r\n\r\n" + text);
        server.answers.add("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                + ("2710\r\n" + "0123456789".repeat(1_000) + "\r\n").repeat(9) + "0\r\n\r\n");
        for (int i = 0; i < 2; i++) {
            assertThat(new String(call(site, LONG).block(LONG).body(), StandardCharsets.US_ASCII))
                    .isEqualTo(text);
        }
    }

    @Test
    void earlierAnswer_isNotInTheNext() {
        Site site = site();
        server.answers.add("HTTP/1.1 200 OK\r\nContent-Length: 20\r\nLocation: /a\r\n\r\n{\"of\":\"the first\"}  ");
        call(site, LONG).block(LONG);
        settle();
        UpstreamReply second = call(site, LONG).block(LONG);
        assertThat(second.body()).asString().isEqualTo("{}");
        assertThat(second.location()).isNull();
        assertThat(server.connections.get()).isEqualTo(1);
    }

    @Test
    void unsentRequest_isToldFromALostAnswer() throws IOException {
        server.answers.add("");
        fails(site(), SHORT, Kind.TIMEOUT);
        server.answers.add("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{");
        fails(site(), SHORT, Kind.TIMEOUT);
        server.answers.add("close");
        fails(site(), LONG, Kind.BROKEN);
        server.answers.add("HTTP/1.1 200 OK\r\nContent-Length: 3000000\r\n\r\n" + "x".repeat(1_100_000));
        fails(site(), LONG, Kind.UNUSABLE);
        server.close();
        fails(site(), LONG, Kind.UNREACHABLE);
    }

    @Test
    void handshakeThatPekoPayBreaksOff_isAFailureOfTls() {
        Site site = site(URI.create("https://localhost:" + server.port()), "127.0.0.1");
        CompletableFuture<UpstreamReply> call = call(site, LONG).toFuture();
        Awaitility.await().until(() -> server.connections.get() == 1);
        server.closeConnections();
        assertThatThrownBy(call::join)
                .satisfies(error -> assertThat(kind(error.getCause())).isEqualTo(Kind.TLS));
    }

    /** Netty sees to its sockets before its timers: when the loop runs again, the connection is there first. */
    @Test
    void loopThatStoodStill_sendsNothingAfterItsTime() {
        Site site = site();
        CompletableFuture<UpstreamReply> call = new CompletableFuture<>();
        loop.submit(() -> {
                    call(site, LONG).subscribe(call::complete, call::completeExceptionally);
                    loop.execute(() -> loop.execute(() -> {
                        Awaitility.await().until(() -> server.connections.get() == 1);
                        ahead.addAndGet(LONG.toNanos());
                    }));
                })
                .syncUninterruptibly();
        assertThatThrownBy(call::join)
                .satisfies(error -> assertThat(kind(error.getCause())).isEqualTo(Kind.UNREACHABLE));
        settle();
        assertThat(server.requests).isEmpty();
    }

    @Test
    void connectionThatRestedThroughAStandstill_isNotUsed() {
        Site site = site();
        call(site, LONG).block(LONG);
        settle();
        ahead.addAndGet(Duration.ofSeconds(5).toNanos());
        assertThat(call(site, LONG).block(LONG).status()).isEqualTo(200);
        assertThat(server.connections.get()).isEqualTo(2);
    }

    @Test
    void timedOutConnection_isNotUsedAgain() {
        Site site = site();
        server.answers.add("");
        fails(site, SHORT, Kind.TIMEOUT);
        assertThat(call(site, LONG).block(LONG).status()).isEqualTo(200);
        assertThat(server.connections.get()).isEqualTo(2);
    }

    @Test
    void cancelledCall_closesItsConnection() {
        server.answers.add("");
        Disposable call = call(site(), LONG).subscribe();
        Awaitility.await().until(() -> server.requests.size() == 1);
        call.dispose();
        Awaitility.await().until(() -> server.ended.get() == 1);
    }

    @Test
    void callGivenUpBeforeItsConnectionWasThere_sendsNothing() {
        Site site = site();
        Disposable[] call = new Disposable[1];
        // On the loop itself: the connection cannot come about before the call is given up.
        loop.submit(() -> {
                    call[0] = call(site, LONG).subscribe();
                    loop.execute(() -> call[0].dispose());
                })
                .syncUninterruptibly();
        Awaitility.await().until(() -> server.connections.get() == 1);
        call(site, LONG).block(LONG);
        assertThat(server.requests).hasSize(1);
        assertThat(server.connections.get()).isEqualTo(1);
    }

    @Test
    void connectionThatPekoPayClosed_isNotUsed() {
        Site site = site();
        call(site, LONG).block(LONG);
        settle();
        server.closeConnections();
        Awaitility.await().until(() -> server.ended.get() == 1);
        settle();
        assertThat(call(site, LONG).block(LONG).status()).isEqualTo(200);
        assertThat(server.connections.get()).isEqualTo(2);
    }

    @Test
    void connectionThatPekoPayTookLeaveOf_isNotUsed_thoughItsSocketIsOpen() throws IOException {
        Site site = siteOverTls("TLSv1.3");
        for (int i = 0; i < 2; i++) {
            assertThat(call(site, LONG).block(LONG).status()).isEqualTo(200);
            settle();
        }
        assertThat(server.connections.get()).isEqualTo(1);
        server.takeLeave();
        Awaitility.await().atMost(Duration.ofSeconds(3)).until(() -> server.ended.get() == 1);
        settle();
        assertThat(call(site, LONG).block(LONG).status()).isEqualTo(200);
        assertThat(server.connections.get()).isEqualTo(2);
    }

    @Test
    void answerBeforeItsRequestWasRead_isItsConnectionsLast_thoughTlsCannotCloseItYet() throws IOException {
        Site site = siteOverTls("TLSv1.3");
        server.after = new CountDownLatch(1);
        byte[] moreThanASocketHolds = new byte[32 << 20];
        assertThat(call(site, LONG, moreThanASocketHolds).block(LONG).status()).isEqualTo(200);
        settle();
        assertThat(call(site, LONG).block(LONG).status()).isEqualTo(200);
        assertThat(server.connections.get()).isEqualTo(2);
    }

    @Test
    void oldConnection_isNotUsed() {
        Site site = site();
        call(site, LONG).block(LONG);
        settle();
        ahead.addAndGet(Duration.ofMinutes(6).toNanos());
        call(site, LONG).block(LONG); // takes it for the last time
        settle();
        call(site, LONG).block(LONG);
        assertThat(server.connections.get()).isEqualTo(2);
    }

    @Test
    void idleConnection_goesBeforePekoPayWouldCloseIt() {
        call(site(), LONG).block(LONG);
        long begun = System.nanoTime();
        Awaitility.await().atMost(LONG).until(() -> server.ended.get() == 1);
        assertThat(Duration.ofNanos(System.nanoTime() - begun))
                .isBetween(Duration.ofMillis(3500), Duration.ofMillis(6500));
    }

    @Test
    void nextAddressOfAName_isTriedWhereTheFirstRefuses() {
        assertThat(call(site("127.0.0.9", "127.0.0.1"), LONG).block(LONG).status())
                .isEqualTo(200);
        fails(site("127.0.0.8", "127.0.0.9"), LONG, Kind.UNREACHABLE);
        fails(site("nothing"), LONG, Kind.UNREACHABLE);
    }

    /** Answers in the order given, then well; each on whatever connection the request came. Threads are its own. */
    private static final class Server {
        private final ServerSocket socket = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
        private final @Nullable SSLSocketFactory tls;
        private final String version;
        private final Queue<Socket> open = new ConcurrentLinkedQueue<>();
        /** The same connections, or TLS over them. */
        private final Queue<Socket> over = new ConcurrentLinkedQueue<>();

        final Queue<String> answers = new ConcurrentLinkedQueue<>();
        final Queue<String> requests = new ConcurrentLinkedQueue<>();
        final AtomicInteger answered = new AtomicInteger();
        final AtomicInteger connections = new AtomicInteger();
        final AtomicInteger ended = new AtomicInteger();
        /** Where set, so many requests must have come before any is answered. */
        volatile CountDownLatch before = new CountDownLatch(0);
        /** Where set, it must be down before anything is read that follows an answer. */
        volatile CountDownLatch after = new CountDownLatch(0);

        Server(@Nullable SSLSocketFactory tls, String version) throws IOException {
            this.tls = tls;
            this.version = version;
            thread(this::accept);
        }

        int port() {
            return socket.getLocalPort();
        }

        private static void thread(Runnable task) {
            Thread thread = new Thread(task, "pekopay");
            thread.setDaemon(true);
            thread.start();
        }

        private void accept() {
            try {
                while (true) {
                    Socket accepted = socket.accept();
                    connections.incrementAndGet();
                    open.add(accepted);
                    thread(() -> serve(accepted));
                }
            } catch (IOException closed) {
                // the test has ended
            }
        }

        private void serve(Socket connection) {
            try (connection) {
                Socket spoken = tls == null ? connection : secured(connection, tls);
                over.add(spoken);
                InputStream in = spoken.getInputStream();
                StringBuilder head = new StringBuilder();
                for (int c; (c = in.read()) >= 0; ) {
                    head.append((char) c);
                    if (head.indexOf("\r\n\r\n") > 0) {
                        in.readNBytes(2);
                        requests.add(head.toString().strip());
                        head.setLength(0);
                        before.countDown();
                        before.await();
                        String answer = answers.isEmpty() ? OK : answers.remove();
                        if (answer.equals("close")) {
                            break;
                        }
                        spoken.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
                        answered.incrementAndGet();
                        after.await();
                    }
                }
            } catch (IOException | InterruptedException gone) {
                // the other side has gone
            } finally {
                ended.incrementAndGet();
            }
        }

        private Socket secured(Socket connection, SSLSocketFactory tls) throws IOException {
            SSLSocket secured = (SSLSocket) tls.createSocket(connection, null, false);
            secured.setEnabledProtocols(new String[] {version});
            return secured;
        }

        /** Says over TLS that nothing more comes; the sockets below stay open. */
        void takeLeave() throws IOException {
            for (Socket spoken : over) {
                spoken.shutdownOutput();
            }
        }

        void closeConnections() {
            open.forEach(connection -> {
                try {
                    connection.close();
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            });
        }

        void close() throws IOException {
            socket.close();
            closeConnections();
            after.countDown();
        }
    }

    /** Knows every name by these addresses. */
    private static final class Known extends AddressResolverGroup<InetSocketAddress> {
        private final String[] addresses;

        Known(String... addresses) {
            this.addresses = addresses;
        }

        @Override
        protected AddressResolver<InetSocketAddress> newResolver(EventExecutor executor) {
            return new InetNameResolver(executor) {
                @Override
                protected void doResolve(String name, Promise<InetAddress> promise) {
                    throw new UnsupportedOperationException();
                }

                @Override
                protected void doResolveAll(String name, Promise<List<InetAddress>> promise) {
                    try {
                        List<InetAddress> all = new ArrayList<>();
                        for (String address : addresses) {
                            if (address.equals("nothing")) {
                                throw new UnknownHostException(name);
                            }
                            all.add(InetAddress.getByName(address));
                        }
                        promise.setSuccess(all);
                    } catch (UnknownHostException e) {
                        promise.setFailure(e);
                    }
                }
            }.asAddressResolver();
        }
    }
}
