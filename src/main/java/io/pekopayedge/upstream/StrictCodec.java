package io.pekopayedge.upstream;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.CombinedChannelDuplexHandler;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestEncoder;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseDecoder;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.util.List;

/**
 * HTTP/1.1 towards PekoPay. Differs from Netty's own client codec in three ways. An answer with both {@code
 * Content-Length} and {@code Transfer-Encoding} is an error (RFC 9112 §6.3 allows it to be). Interim answers (1xx, RFC
 * 9110 §15.2) end here, since the client above takes any 1xx but 100 for the final one and then waits for ever. What
 * comes while nothing was asked closes the connection: kept, it would be the next shopper's answer. One per connection;
 * used by its event loop alone. Not for HEAD or CONNECT, and for one request at a time.
 */
final class StrictCodec extends CombinedChannelDuplexHandler<HttpResponseDecoder, HttpRequestEncoder> {
    private boolean asked;

    StrictCodec() {
        init(new Decoder(), new Encoder());
    }

    private final class Encoder extends HttpRequestEncoder {
        @Override
        public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) throws Exception {
            asked |= message instanceof HttpRequest;
            super.write(ctx, message, promise);
        }
    }

    private final class Decoder extends HttpResponseDecoder {
        private boolean interim;

        Decoder() {
            super(new HttpDecoderConfig().setMaxHeaderSize(16 * 1024));
        }

        @Override
        protected void handleTransferEncodingChunkedWithContentLength(HttpMessage message) {
            throw new IllegalArgumentException("Content-Length with Transfer-Encoding");
        }

        @Override
        protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) throws Exception {
            if (!asked) {
                hangUp(ctx, in);
                return;
            }
            int before = out.size();
            super.decode(ctx, in, out);
            for (int i = before; i < out.size(); i++) {
                Object message = out.get(i);
                if (message instanceof HttpResponse response
                        && response.status().codeClass() == HttpStatusClass.INFORMATIONAL) {
                    interim = true;
                }
                boolean last = message instanceof LastHttpContent;
                if (interim) {
                    out.remove(i--);
                    interim = !last;
                    ReferenceCountUtil.release(message);
                } else if (last) {
                    asked = false;
                }
            }
            if (!asked && in.isReadable()) {
                hangUp(ctx, in); // before the pool has it again
            }
        }

        private static void hangUp(ChannelHandlerContext ctx, ByteBuf in) {
            in.skipBytes(in.readableBytes());
            var unused = ctx.channel().close();
        }
    }
}
