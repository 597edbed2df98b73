package io.pekopayedge.upstream;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpHeadersFactory;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.ssl.SslHandler;
import io.netty.resolver.AddressResolver;
import io.netty.resolver.AddressResolverGroup;
import io.pekopayedge.settings.EdgeClock;
import io.pekopayedge.tenant.BasicCredentials;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One PekoPay address: what is the same for every request to it, and its connections. Any thread. */
final class Site {
    private static final Map<String, Integer> USUAL = Map.of("http", 80, "https", 443);

    /** Names are ours; values may be a client's. */
    private static final HttpHeadersFactory HEADERS =
            DefaultHttpHeadersFactory.headersFactory().withNameValidation(false);

    private final Map<EventLoop, Lines> lines = new ConcurrentHashMap<>();
    private final InetSocketAddress unresolved;
    private final String authority;
    private final String path;
    private final @Nullable UpstreamTls tls;
    private final EdgeClock clock;
    private final Duration connectTimeout;
    private final Supplier<AddressResolverGroup<?>> names;

    /**
     * @param tls used where the address says {@code https}
     * @param connectTimeout of TCP
     * @param names who resolves them
     */
    Site(
            URI baseUrl,
            UpstreamTls tls,
            EdgeClock clock,
            Duration connectTimeout,
            Supplier<AddressResolverGroup<?>> names) {
        String host = baseUrl.getHost();
        int port = baseUrl.getPort() == -1 ? USUAL.get(baseUrl.getScheme()) : baseUrl.getPort();
        this.unresolved = InetSocketAddress.createUnresolved(
                host.startsWith("[") ? host.substring(1, host.length() - 1) : host, port);
        this.authority = baseUrl.getRawAuthority();
        this.path = baseUrl.getRawPath();
        this.tls = "https".equals(baseUrl.getScheme()) ? tls : null;
        this.clock = clock;
        this.connectTimeout = connectTimeout;
        this.names = names;
    }

    AddressResolver<?> names(EventLoop loop) {
        return names.get().getResolver(loop);
    }

    InetSocketAddress unresolved() {
        return unresolved;
    }

    /** The connections of that loop. */
    Lines on(EventLoop loop) {
        Lines known = lines.get(loop);
        return known != null ? known : lines.computeIfAbsent(loop, one -> new Lines(one, this, clock, connectTimeout));
    }

    /** A new handler for a connection there; null where it is plain. */
    @Nullable
    SslHandler tls(ByteBufAllocator buffers) {
        return tls == null ? null : tls.handler(buffers, unresolved.getHostString(), unresolved.getPort());
    }

    /** What leaves: built, field by field. */
    FullHttpRequest message(UpstreamRequest request, BasicCredentials credentials) {
        HttpHeaders headers = HEADERS.newHeaders();
        headers.add(HttpHeaderNames.HOST, authority);
        request.fields().forEach(headers::add);
        headers.add(HttpHeaderNames.AUTHORIZATION, credentials.authorization());
        headers.add("X-Request-Id", request.requestId());
        if (request.idempotencyKey() != null) {
            headers.add("Idempotency-Key", request.idempotencyKey());
        }
        byte[] body = request.body();
        if (body != null) {
            headers.add(HttpHeaderNames.CONTENT_LENGTH, body.length);
        }
        ByteBuf content = body == null ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(body);
        return new DefaultFullHttpRequest(
                HttpVersion.HTTP_1_1,
                request.method(),
                path + request.pathAndQuery(),
                content,
                headers,
                DefaultHttpHeadersFactory.trailersFactory().newEmptyHeaders());
    }

    void close() {
        lines.forEach((loop, ofLoop) -> {
            if (!loop.isShuttingDown()) {
                loop.execute(ofLoop::close);
            }
        });
    }
}
