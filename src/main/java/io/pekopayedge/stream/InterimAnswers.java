package io.pekopayedge.stream;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.util.ReferenceCountUtil;
import reactor.netty.NettyPipeline;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.client.HttpClient;

/**
 * Where interim answers to a stream end (1xx, RFC 9110 §15.2): the client above takes any but 100 for the final one, and
 * drops what follows. One per connection; used by its event loop alone.
 */
public final class InterimAnswers extends ChannelInboundHandlerAdapter {
    private boolean interim;

    private InterimAnswers() {}

    /** The same client; it speaks HTTP/1.1 and sees final answers alone. */
    public static HttpClient endIn(HttpClient client) {
        return client.protocol(HttpProtocol.HTTP11)
                .doOnChannelInit((observer, channel, remote) -> channel.pipeline()
                        .addAfter(NettyPipeline.HttpCodec, InterimAnswers.class.getSimpleName(), new InterimAnswers()));
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (message instanceof HttpResponse answer) {
            interim = answer.status().codeClass() == HttpStatusClass.INFORMATIONAL;
        }
        if (interim) {
            ReferenceCountUtil.release(message);
        } else {
            ctx.fireChannelRead(message);
        }
    }

    /** The client asked for one read, and what it brought it does not see. */
    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (interim) {
            ctx.read();
        }
        ctx.fireChannelReadComplete();
    }
}
