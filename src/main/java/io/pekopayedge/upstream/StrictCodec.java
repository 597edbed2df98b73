package io.pekopayedge.upstream;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.CombinedChannelDuplexHandler;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpRequestEncoder;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseDecoder;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.List;

/**
 * HTTP/1.1 towards PekoPay. Differs from Netty's own client codec in two ways: an answer with both {@code Content-Length}
 * and {@code Transfer-Encoding} is an error (RFC 9112 §6.3 allows it to be), and interim answers (1xx, RFC 9110 §15.2)
 * end here, since the client above takes any 1xx but 100 for the final one and then waits for ever. One per connection;
 * used by its event loop alone. Not for HEAD or CONNECT.
 */
final class StrictCodec extends CombinedChannelDuplexHandler<HttpResponseDecoder, HttpRequestEncoder> {
    StrictCodec() {
        super(new Decoder(), new HttpRequestEncoder());
    }

    private static final class Decoder extends HttpResponseDecoder {
        private boolean interim;

        Decoder() {
            super(new HttpDecoderConfig().setMaxHeaderSize(16 * 1024));
        }

        @Override
        protected void handleTransferEncodingChunkedWithContentLength(HttpMessage message) {
            throw new IllegalArgumentException("Content-Length with Transfer-Encoding");
        }

        @Override
        protected void decode(ChannelHandlerContext ctx, io.netty.buffer.ByteBuf in, List<Object> out)
                throws Exception {
            int before = out.size();
            super.decode(ctx, in, out);
            for (int i = before; i < out.size(); i++) {
                Object message = out.get(i);
                if (message instanceof HttpResponse response
                        && response.status().codeClass() == io.netty.handler.codec.http.HttpStatusClass.INFORMATIONAL) {
                    interim = true;
                }
                if (interim) {
                    out.remove(i--);
                    interim = !(message instanceof LastHttpContent);
                    io.netty.util.ReferenceCountUtil.release(message);
                }
            }
        }
    }
}
