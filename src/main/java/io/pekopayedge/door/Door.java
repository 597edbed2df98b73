package io.pekopayedge.door;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
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
    private static final String FRAMES = "edge.frames";
    private static final String FAREWELL = "edge.farewell";
    private static final Duration HEAD_TIME = Duration.ofSeconds(10);
    private static final Duration WRITE_TIME = Duration.ofSeconds(60);

    private final int lineSize;
    private final int headerSize;
    private final LastCall lastCall;

    /**
     * @param lineSize bytes of a request line, at most; beyond it 414
     * @param headerSize bytes of all header fields, at most; beyond it 431
     * @param lastCall empties the server
     */
    public Door(int lineSize, int headerSize, LastCall lastCall) {
        this.lineSize = lineSize;
        this.headerSize = headerSize;
        this.lastCall = lastCall;
    }

    /** The same server behind this door: HTTP/1.1, and HTTP/2 where it is set and TLS carries it. */
    public HttpServer before(HttpServer server) {
        HttpServer plain = server.configuration().isSecure() ? server : server.protocol(HttpProtocol.HTTP11);
        return plain.doOnChannelInit((observer, channel, address) -> onConnection(channel))
                .childObserve(this::onStream)
                .doOnBound(bound -> lastCall.listensOn(bound.channel()));
    }

    private void onConnection(Channel channel) {
        if (channel.pipeline().get(NettyPipeline.HttpCodec) != null) {
            guard(channel.pipeline());
        } else {
            channel.pipeline().addBefore(NettyPipeline.ReactiveBridge, GATE, new AfterHandshake());
        }
    }

    void guard(ChannelPipeline pipeline) {
        ChannelHandler codec = pipeline.get(NettyPipeline.HttpCodec);
        if (codec == null) {
            return; // the handshake failed
        }
        Turn turn = new Turn();
        if (codec instanceof HttpServerCodec) {
            pipeline.replace(
                    NettyPipeline.HttpCodec, NettyPipeline.HttpCodec, new ServerCodec(config(), turn, HEAD_TIME));
            pipeline.addAfter(NettyPipeline.HttpCodec, GATE, new RequestGate(turn, WRITE_TIME));
        } else {
            pipeline.addBefore(NettyPipeline.HttpCodec, FRAMES, new FrameWatch(HEAD_TIME));
        }
        if (codec instanceof Http2ConnectionHandler streams) {
            // On HTTP/2 nothing is between requests, and the codec's own close waits for the streams (RFC 9113 §6.8):
            // not
            // for 30 s, as is its default, but for as long as a charge may take. The drain ends it.
            streams.gracefulShutdownTimeoutMillis(-1);
        }
        String before = pipeline.get(GATE) == null ? NettyPipeline.HttpCodec : GATE;
        pipeline.addAfter(before, FAREWELL, new Farewell(lastCall, turn));
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
