package io.pekopayedge.door;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.time.Duration;
import reactor.netty.Connection;
import reactor.netty.ConnectionObserver;
import reactor.netty.NettyPipeline;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.server.HttpServer;

/** Puts the guards of each connection in their places. */
public final class Door {
    private static final String GATE = "edge.gate";
    private static final Duration HEAD_TIME = Duration.ofSeconds(10);
    private static final Duration WRITE_TIME = Duration.ofSeconds(60);

    private final int lineSize;
    private final int headerSize;

    /**
     * @param lineSize bytes of a request line, at most; beyond it 414
     * @param headerSize bytes of all header fields, at most; beyond it 431
     */
    public Door(int lineSize, int headerSize) {
        this.lineSize = lineSize;
        this.headerSize = headerSize;
    }

    /** The same server behind this door: HTTP/1.1, and HTTP/2 where it is set and TLS carries it. */
    public HttpServer before(HttpServer server) {
        HttpServer plain = server.configuration().isSecure() ? server : server.protocol(HttpProtocol.HTTP11);
        return plain.doOnChannelInit((observer, channel, address) -> onConnection(channel))
                .childObserve(this::onStream);
    }

    private void onConnection(Channel channel) {
        if (channel.pipeline().get(NettyPipeline.HttpCodec) != null) {
            guard(channel.pipeline());
        } else {
            channel.pipeline().addBefore(NettyPipeline.ReactiveBridge, GATE, new AfterHandshake());
        }
    }

    private void guard(ChannelPipeline pipeline) {
        if (pipeline.get(NettyPipeline.HttpCodec) instanceof HttpServerCodec) {
            Turn turn = new Turn();
            pipeline.replace(
                    NettyPipeline.HttpCodec, NettyPipeline.HttpCodec, new ServerCodec(config(), turn, HEAD_TIME));
            pipeline.addAfter(NettyPipeline.HttpCodec, GATE, new RequestGate(turn, WRITE_TIME));
        }
    }

    private HttpDecoderConfig config() {
        return new HttpDecoderConfig()
                .setMaxInitialLineLength(lineSize)
                .setMaxHeaderSize(headerSize)
                .setAllowDuplicateContentLengths(false)
                .setStrictLineParsing(true)
                .setUseRfc9112TransferEncoding(true);
    }

    /** A request on HTTP/2 is a channel of its own, which is there just before its request goes on. */
    private void onStream(Connection connection, ConnectionObserver.State state) {
        if (state == ConnectionObserver.State.CONFIGURED
                && connection.channel() instanceof Http2StreamChannel stream
                && stream.pipeline().get(GATE) == null) {
            stream.pipeline().addAfter(NettyPipeline.HttpTrafficHandler, GATE, new StreamGate());
        }
    }

    /** Which protocol it will be, TLS decides. */
    private final class AfterHandshake extends ChannelInboundHandlerAdapter {
        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            ctx.fireUserEventTriggered(event);
            if (event instanceof SslHandshakeCompletionEvent) {
                ctx.pipeline().remove(this);
                guard(ctx.pipeline());
            }
        }
    }
}
