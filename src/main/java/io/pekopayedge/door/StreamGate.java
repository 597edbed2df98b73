package io.pekopayedge.door;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.util.ReferenceCountUtil;

/** The same judgement for a request on HTTP/2, whose framing is the protocol's: a refused one ends its stream. */
// What becomes of a close concerns nobody here.
@SuppressWarnings("FutureReturnValueIgnored")
final class StreamGate extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        if (msg instanceof HttpRequest request && RequestHead.refusal(request) != null) {
            ReferenceCountUtil.release(msg);
            ctx.close();
        } else {
            ctx.fireChannelRead(msg);
        }
    }
}
