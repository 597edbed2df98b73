package io.pekopayedge.door;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.CombinedChannelDuplexHandler;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * HTTP/1.1 towards clients. Differs from Netty's own server codec in three ways: a head must be complete some time after
 * its first byte; a pipelined request is not even read before the server is done with the one in front of it, so that what
 * waits is bytes, and few; and doubtful framing is an error. One per connection; used by its event loop alone.
 */
// What becomes of a close concerns nobody here.
@SuppressWarnings("FutureReturnValueIgnored")
final class ServerCodec extends CombinedChannelDuplexHandler<ServerCodec.Decoder, ServerCodec.Encoder> {
    /** Bytes that a client may send ahead; one that sends more is cut off. */
    static final int MOST_AHEAD = 64 * 1024;

    ServerCodec(HttpDecoderConfig config, Turn turn, Duration headTime) {
        this(new Decoder(config, turn, headTime), turn);
    }

    private ServerCodec(Decoder decoder, Turn turn) {
        super(decoder, new Encoder(turn, decoder));
    }

    static final class Decoder extends HttpRequestDecoder {
        private final Turn turn;
        private final Duration headTime;
        private @Nullable ChannelHandlerContext context;
        private @Nullable Future<?> headTimer;
        private int wordEnd;

        Decoder(HttpDecoderConfig config, Turn turn, Duration headTime) {
            super(config);
            this.turn = turn;
            this.headTime = headTime;
        }

        @Override
        public void handlerAdded(ChannelHandlerContext ctx) throws Exception {
            super.handlerAdded(ctx);
            context = ctx;
        }

        @Override
        protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) throws Exception {
            if (turn.isHeld()) {
                return;
            }
            int before = out.size();
            super.decode(ctx, in, out);
            for (int i = before; i < out.size(); i++) {
                note(out.get(i));
            }
            if (turn.isFree() && headTimer == null) {
                turn.hears();
                headTimer = ctx.executor().schedule(() -> ctx.close(), headTime.toNanos(), TimeUnit.NANOSECONDS);
            }
        }

        private void note(Object message) {
            if (message instanceof HttpRequest request) {
                turn.begins(HttpMethod.HEAD.equals(request.method()));
                stopTimer();
            }
            if (message instanceof LastHttpContent) {
                turn.arrived();
            }
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object msg) throws Exception {
            super.channelRead(ctx, msg);
            if (turn.isHeld() && actualReadableBytes() > MOST_AHEAD) {
                ctx.close();
            }
        }

        /** Takes up what has come while the last request was under way. */
        void resume() {
            ChannelHandlerContext ctx = context;
            if (ctx != null && turn.isFree() && actualReadableBytes() > 0) {
                ctx.executor().execute(() -> again(ctx));
            }
        }

        private void again(ChannelHandlerContext ctx) {
            try {
                if (!ctx.isRemoved()) {
                    super.channelRead(ctx, Unpooled.EMPTY_BUFFER);
                }
            } catch (Exception e) {
                ctx.fireExceptionCaught(e);
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) throws Exception {
            stopTimer();
            super.channelInactive(ctx);
        }

        private void stopTimer() {
            Future<?> timer = headTimer;
            if (timer != null) {
                timer.cancel(false);
                headTimer = null;
            }
        }

        @Override
        protected String splitFirstWordInitialLine(byte[] line, int start, int length) {
            wordEnd = start + length;
            return super.splitFirstWordInitialLine(line, start, length);
        }

        @Override
        protected String splitSecondWordInitialLine(byte[] line, int start, int length) {
            requireOneBlank(line, start);
            wordEnd = start + length;
            return super.splitSecondWordInitialLine(line, start, length);
        }

        @Override
        protected String splitThirdWordInitialLine(byte[] line, int start, int length) {
            requireOneBlank(line, start);
            return super.splitThirdWordInitialLine(line, start, length);
        }

        /** Between the words of a request line (RFC 9112 §3): what others read there otherwise, nobody need know. */
        private void requireOneBlank(byte[] line, int start) {
            if (start != wordEnd + 1 || line[wordEnd] != ' ') {
                throw new IllegalArgumentException("not a request line");
            }
        }

        @Override
        protected HttpMessage createMessage(String[] initialLine) throws Exception {
            String version = initialLine[2];
            if (!"HTTP/1.1".equals(version) && !"HTTP/1.0".equals(version)) {
                throw version.startsWith("HTTP/")
                        ? new RequestHead.UnknownVersion()
                        : new IllegalArgumentException("not a request line");
            }
            return super.createMessage(initialLine);
        }

        @Override
        protected void handleTransferEncodingChunkedWithContentLength(HttpMessage message) {
            throw new IllegalArgumentException("Content-Length with Transfer-Encoding");
        }
    }

    static final class Encoder extends HttpResponseEncoder {
        private final Turn turn;
        private final Decoder decoder;
        private boolean interim;

        Encoder(Turn turn, Decoder decoder) {
            this.turn = turn;
            this.decoder = decoder;
        }

        @Override
        public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) throws Exception {
            if (msg instanceof HttpResponse response) {
                interim = response.status().codeClass() == HttpStatusClass.INFORMATIONAL;
            }
            boolean last = msg instanceof LastHttpContent && !interim;
            super.write(ctx, msg, promise);
            if (last) {
                turn.answered();
            }
        }

        /** The server asks for more when it has let go of the request that was answered, and not before. */
        @Override
        public void read(ChannelHandlerContext ctx) throws Exception {
            super.read(ctx);
            decoder.resume();
        }

        @Override
        protected boolean isContentAlwaysEmpty(HttpResponse msg) {
            return turn.isHead() || super.isContentAlwaysEmpty(msg);
        }
    }
}
