package io.pekopayedge.upstream;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.pekopayedge.settings.EdgeClock;
import io.pekopayedge.tenant.BasicCredentials;
import io.pekopayedge.upstream.UpstreamFailure.Kind;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.netty.ByteBufFlux;
import reactor.netty.NettyOutbound;
import reactor.netty.NettyPipeline;
import reactor.netty.channel.ChannelOperations;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.HttpClientRequest;
import reactor.netty.http.client.HttpClientResponse;
import reactor.netty.resources.ConnectionProvider;

/**
 * Sends one request to PekoPay, once: no retry, no redirect, no decompression. Any thread; never blocks. Cancelling a
 * call closes its connection, and says nothing about whether PekoPay has processed it.
 */
public final class PekoPayClient implements PekoPayPort, AutoCloseable {
    /** Bytes of the largest answer that is read. */
    public static final int LARGEST_ANSWER = 1 << 20;

    private static final Duration UNUSED = Duration.ofHours(1);

    /** Of addresses that were called of late: tenants come and go. */
    private final Cache<URI, HttpClient> clients;

    private final ConnectionProvider pool;
    private final Duration connectTimeout;
    private final EdgeClock clock;
    private final UpstreamTls tls;

    /**
     * @param connectTimeout of TCP
     * @param tls where an address says {@code https}
     */
    public PekoPayClient(Duration connectTimeout, EdgeClock clock, UpstreamTls tls) {
        this.connectTimeout = connectTimeout;
        this.clock = clock;
        this.tls = tls;
        this.clients = Caffeine.newBuilder()
                .expireAfterAccess(UNUSED)
                .ticker(clock.ticker())
                .executor(Runnable::run)
                .build();
        // Calls under way are bounded per tenant, so the pool is not: a bound shared by tenants would let a hanging one
        // starve the others. Idle connections go before common keep-alive times end: a connection that PekoPay closes
        // just as a charge is written makes an unknown outcome.
        this.pool = ConnectionProvider.builder("pekopay")
                .maxConnections(Integer.MAX_VALUE)
                .pendingAcquireTimeout(connectTimeout)
                .maxIdleTime(Duration.ofSeconds(4))
                .maxLifeTime(Duration.ofMinutes(5))
                .evictInBackground(Duration.ofSeconds(2))
                .disposeInactivePoolsInBackground(Duration.ofMinutes(5), UNUSED)
                .lifo()
                .build();
    }

    @Override
    public Mono<UpstreamReply> call(UpstreamRequest request, BasicCredentials credentials, Duration limit) {
        return Mono.defer(() -> {
            Sending sending = new Sending(request, credentials);
            return client(request.tenant().baseUrl())
                    .request(request.method())
                    .uri(request.tenant().baseUrl() + request.pathAndQuery())
                    .send(sending)
                    .response(PekoPayClient::read)
                    .singleOrEmpty()
                    .timeout(limit, clock.scheduler())
                    .onErrorMap(error -> sending.failure(error))
                    .switchIfEmpty(Mono.error(() -> new UpstreamFailure(Kind.BROKEN)));
        });
    }

    /**
     * One request's way out; afterwards knows whether anything of it may have left. Either it begins or it is given up,
     * never both: a time-out on one thread, while another has just got the connection, must not call free what is sent
     * the next moment.
     */
    private static final class Sending
            implements java.util.function.BiFunction<HttpClientRequest, NettyOutbound, Publisher<Void>> {
        private enum Stage {
            WAITING,
            BEGUN,
            GIVEN_UP
        }

        private final UpstreamRequest request;
        private final BasicCredentials credentials;
        private final AtomicReference<Stage> stage = new AtomicReference<>(Stage.WAITING);

        Sending(UpstreamRequest request, BasicCredentials credentials) {
            this.request = request;
            this.credentials = credentials;
        }

        @Override
        public Publisher<Void> apply(HttpClientRequest upstream, NettyOutbound out) {
            if (upstream instanceof ChannelOperations<?, ?> ops
                    && !ops.channel().isActive()) {
                return Mono.error(new UpstreamFailure(Kind.UNREACHABLE)); // closed while it lay in the pool
            }
            if (!stage.compareAndSet(Stage.WAITING, Stage.BEGUN)) {
                // Too late, or a second time: nothing is sent, and what was said of the first stands.
                return Mono.error(new UpstreamFailure(stage.get() == Stage.BEGUN ? Kind.BROKEN : Kind.UNREACHABLE));
            }
            HttpHeaders headers = upstream.requestHeaders();
            request.fields().forEach(headers::set);
            headers.set(HttpHeaderNames.AUTHORIZATION, credentials.authorization());
            headers.set("X-Request-Id", request.requestId());
            if (request.idempotencyKey() != null) {
                headers.set("Idempotency-Key", request.idempotencyKey());
            }
            byte[] body = request.body();
            if (body == null) {
                return out;
            }
            headers.set(HttpHeaderNames.CONTENT_LENGTH, body.length);
            return out.send(Mono.just(Unpooled.wrappedBuffer(body)));
        }

        UpstreamFailure failure(Throwable error) {
            if (error instanceof UpstreamFailure known) {
                return known;
            }
            if (stage.compareAndSet(Stage.WAITING, Stage.GIVEN_UP)) {
                return new UpstreamFailure(isTls(error) ? Kind.TLS : Kind.UNREACHABLE);
            }
            return new UpstreamFailure(
                    error instanceof java.util.concurrent.TimeoutException ? Kind.TIMEOUT : Kind.BROKEN);
        }

        private static boolean isTls(@Nullable Throwable error) {
            for (Throwable cause = error; cause != null; cause = cause.getCause()) {
                if (cause instanceof SSLException) {
                    return true;
                }
            }
            return false;
        }
    }

    private static Publisher<UpstreamReply> read(HttpClientResponse response, ByteBufFlux body) {
        HttpHeaders headers = response.responseHeaders();
        String coding = headers.get(HttpHeaderNames.CONTENT_ENCODING);
        if (coding != null && !"identity".equalsIgnoreCase(coding)) {
            return Mono.error(new UpstreamFailure(Kind.UNUSABLE));
        }
        return body.asByteArray()
                .collect(ByteArrayOutputStream::new, PekoPayClient::append)
                .map(bytes -> new UpstreamReply(
                        response.status().code(),
                        headers.get(HttpHeaderNames.CONTENT_TYPE),
                        headers.get(HttpHeaderNames.RETRY_AFTER),
                        headers.get(HttpHeaderNames.LOCATION),
                        headers.get(HttpHeaderNames.ETAG),
                        headers.get("link"),
                        bytes.toByteArray()));
    }

    private static void append(ByteArrayOutputStream bytes, byte[] chunk) {
        if (bytes.size() + chunk.length > LARGEST_ANSWER) {
            throw new UpstreamFailure(Kind.UNUSABLE);
        }
        bytes.write(chunk, 0, chunk.length);
    }

    private HttpClient client(URI baseUrl) {
        HttpClient client = clients.getIfPresent(baseUrl);
        return client != null ? client : clients.get(baseUrl, this::newClient);
    }

    private HttpClient newClient(URI baseUrl) {
        HttpClient client = HttpClient.create(pool)
                .protocol(HttpProtocol.HTTP11)
                .disableRetry(true)
                .followRedirect(false)
                .compress(false)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, Math.toIntExact(connectTimeout.toMillis()))
                .doOnChannelInit((observer, channel, address) -> channel.pipeline()
                        .replace(NettyPipeline.HttpCodec, NettyPipeline.HttpCodec, new StrictCodec()));
        return "https".equals(baseUrl.getScheme()) ? tls.on(client) : client;
    }

    @Override
    public void close() {
        pool.dispose();
    }
}
