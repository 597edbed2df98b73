package io.pekopayedge.door;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.DecoderResultProvider;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Stands behind the codec and lets pass what is a request beyond doubt. All else is answered here, bare and in one packet,
 * and the connection is closed; nobody behind learns of it. Also cuts off a client that does not read its answer. One per
 * connection; used by its event loop alone.
 */
// What becomes of a write or a close, its promise tells whoever gave it.
@SuppressWarnings("FutureReturnValueIgnored")
final class RequestGate extends ChannelDuplexHandler {
    /** A close with unread bytes would reset the connection, and with it the answer: so long we read and drop. */
    private static final Duration LINGER = Duration.ofSeconds(1);

    private static final String ALLOWED = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";

    private final Turn turn;
    private final Duration writeTime;
    private boolean answerBegun;
    private boolean refused;
    private boolean lingering;
    /** The last of an answer has been written, not all of it taken. */
    private boolean ending;

    private @Nullable Future<?> stalled;

    /** @param writeTime for the client to take the end of an answer, or half a buffer of it */
    RequestGate(Turn turn, Duration writeTime) {
        this.turn = turn;
        this.writeTime = writeTime;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        if (refused || lingering) {
            ReferenceCountUtil.release(msg);
            return;
        }
        HttpResponseStatus refusal = msg instanceof HttpRequest request
                ? RequestHead.refusal(request)
                : msg instanceof DecoderResultProvider part
                                && part.decoderResult().isFailure()
                        ? HttpResponseStatus.BAD_REQUEST
                        : null;
        if (refusal == null) {
            ctx.fireChannelRead(msg);
        } else {
            ReferenceCountUtil.release(msg);
            refuse(ctx, refusal);
        }
    }

    private void refuse(ChannelHandlerContext ctx, HttpResponseStatus status) {
        refused = true;
        if (answerBegun) {
            ctx.close();
            return;
        }
        FullHttpResponse answer = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, Unpooled.EMPTY_BUFFER);
        answer.headers().set(HttpHeaderNames.CONTENT_LENGTH, 0).set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        if (status.equals(HttpResponseStatus.METHOD_NOT_ALLOWED)) {
            answer.headers().set(HttpHeaderNames.ALLOW, ALLOWED);
        }
        ctx.writeAndFlush(answer).addListener(written -> linger(ctx, ctx.newPromise()));
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
        if (refused) {
            ReferenceCountUtil.release(msg);
            promise.tryFailure(new java.nio.channels.ClosedChannelException());
            return;
        }
        answerBegun |= msg instanceof HttpResponse;
        if (!(msg instanceof LastHttpContent)) {
            ctx.write(msg, promise);
            return;
        }
        answerBegun = false;
        ending = true;
        ctx.write(msg, promise.unvoid()).addListener(written -> {
            ending = false;
            watch(ctx);
        });
    }

    /** Most answers are taken at once: only what is left after that is waited for. */
    @Override
    public void flush(ChannelHandlerContext ctx) {
        ctx.flush();
        if (ending) {
            watch(ctx);
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        watch(ctx);
        ctx.fireChannelWritabilityChanged();
    }

    /** Starts to wait for the client anew, if there is anything that it has yet to take. */
    private void watch(ChannelHandlerContext ctx) {
        Future<?> timer = stalled;
        if (timer != null) {
            timer.cancel(false);
            stalled = null;
        }
        if (ctx.channel().isActive() && (ending || !ctx.channel().isWritable())) {
            stalled = ctx.executor().schedule(() -> ctx.close(), writeTime.toNanos(), TimeUnit.NANOSECONDS);
        }
    }

    @Override
    public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
        if (turn.isArriving() && ctx.channel().isActive()) {
            linger(ctx, promise);
        } else {
            ctx.close(promise);
        }
    }

    /** Says that there will be no more, then drops what the client is still sending. */
    private void linger(ChannelHandlerContext ctx, ChannelPromise promise) {
        if (lingering) {
            ctx.close(promise);
            return;
        }
        lingering = true;
        SslHandler tls = ctx.pipeline().get(SslHandler.class);
        if (tls != null) {
            tls.closeOutbound();
        } else if (ctx.channel() instanceof DuplexChannel channel) {
            channel.shutdownOutput();
        }
        ctx.channel().config().setAutoRead(true);
        ctx.executor().schedule(() -> ctx.close(promise), LINGER.toNanos(), TimeUnit.NANOSECONDS);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        watch(ctx);
        ctx.fireChannelInactive();
    }
}
