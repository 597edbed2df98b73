package io.pekopayedge.door;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Ends one connection after the {@link LastCall}: with the answer to the request that is under way, or else when its
 * client has asked for nothing for a while. One per connection; used by its event loop alone.
 */
// What becomes of a write or a close, its promise tells whoever gave it.
@SuppressWarnings("FutureReturnValueIgnored")
final class Farewell extends ChannelDuplexHandler {
    /** A client that pools its connections asks within this time, or so seldom that it expects to find one closed. */
    private static final Duration QUIET = Duration.ofMillis(500);

    private final LastCall call;
    private final Turn turn;
    private boolean interim;
    private boolean said;

    Farewell(LastCall call, Turn turn) {
        this.call = call;
        this.turn = turn;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        call.enter(ctx.channel());
        // Either it is seen here or the event comes: entering is first.
        if (call.isMade()) {
            leaveWhenQuiet(ctx);
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event == call) {
            leaveWhenQuiet(ctx);
        } else {
            ctx.fireUserEventTriggered(event);
        }
    }

    private void leaveWhenQuiet(ChannelHandlerContext ctx) {
        ctx.executor()
                .schedule(
                        () -> {
                            if (turn.isIdle()) {
                                ctx.close();
                            }
                        },
                        QUIET.toNanos(),
                        TimeUnit.NANOSECONDS);
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
        if (!call.isMade()) {
            ctx.write(msg, promise);
            return;
        }
        if (msg instanceof HttpResponse answer) {
            interim = answer.status().codeClass() == HttpStatusClass.INFORMATIONAL;
            said = !interim;
            if (said) {
                answer.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
            }
        }
        if (!(msg instanceof LastHttpContent) || interim) {
            ctx.write(msg, promise);
        } else if (said) {
            ctx.write(msg, promise.unvoid()).addListener(written -> ctx.close());
        } else {
            // Its head went out before the call.
            ctx.write(msg, promise);
            leaveWhenQuiet(ctx);
        }
    }
}
