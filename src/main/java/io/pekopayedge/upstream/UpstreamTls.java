package io.pekopayedge.upstream;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import java.time.Duration;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import reactor.netty.http.client.HttpClient;

/**
 * TLS 1.2 or newer towards PekoPay and storefronts, by a certificate for the host's own name from an authority that is
 * trusted. There is no setting for less, and no way back to plain text. Any thread.
 */
public final class UpstreamTls {
    private final SslContext context;
    private final Duration handshakeTime;

    /**
     * @param trust whom to believe; null: the JDK's authorities. Read now, not again
     * @param handshakeTime for the whole handshake
     */
    public UpstreamTls(@Nullable TrustManagerFactory trust, Duration handshakeTime) {
        this.handshakeTime = handshakeTime;
        try {
            SslContextBuilder tls = SslContextBuilder.forClient()
                    .protocols("TLSv1.3", "TLSv1.2")
                    .endpointIdentificationAlgorithm("HTTPS");
            this.context = (trust == null ? tls : tls.trustManager(trust)).build();
        } catch (SSLException e) {
            throw new IllegalStateException("TLS towards PekoPay cannot be set up", e);
        }
    }

    /** For one connection to that host. */
    SslHandler handler(ByteBufAllocator buffers, String host, int port) {
        SslHandler handler = context.newHandler(buffers, host, port);
        handler.setHandshakeTimeoutMillis(handshakeTime.toMillis());
        return handler;
    }

    /** The same client; where a URL says {@code https}, it speaks TLS as above. */
    public HttpClient on(HttpClient client) {
        return client.secure(spec -> spec.sslContext(context).handshakeTimeout(handshakeTime));
    }
}
