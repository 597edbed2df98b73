package io.pekopayedge.upstream;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.util.AsciiString;
import io.netty.util.ReferenceCountUtil;
import io.pekopayedge.settings.EdgeClock;
import io.pekopayedge.upstream.UpstreamFailure.Kind;
import java.time.Duration;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One connection to PekoPay: carries one exchange at a time, and between two of them rests. Stands behind {@link
 * StrictCodec}; used by its event loop alone.
 */
// What becomes of a close concerns nobody here.
@SuppressWarnings("FutureReturnValueIgnored")
final class Line extends ChannelDuplexHandler {
    private static final byte[] NOTHING = {};
    private static final AsciiString LINK = AsciiString.cached("link");

    private final Lines home;
    private final Channel channel;
    private final EdgeClock clock;
    private final long oldAt;
    private long restsSince;
    private @Nullable Exchange exchange;
    private @Nullable HttpResponse head;
    private byte[] body = NOTHING;
    private int length;
    private boolean written;
    /** Since it last rested, or since it is there: until then a new one is its asker's, whatever a handshake reads. */
    private boolean used;
    /** Over TLS the channel stays active until the last bytes of a close are out. */
    private boolean closing;

    /** @param life from now; after that it carries nothing more */
    Line(Lines home, Channel channel, EdgeClock clock, Duration life) {
        this.home = home;
        this.channel = channel;
        this.clock = clock;
        this.oldAt = clock.nanosIn(life);
    }

    /** Whether it can carry an exchange, and has not rested for so long: its timer may not have been heard yet. */
    boolean isFree(Duration idle) {
        return isFree() && clock.nanos() - restsSince < idle.toNanos();
    }

    private boolean isFree() {
        return exchange == null && !closing && channel.isActive();
    }

    void send(FullHttpRequest message, Exchange asking) {
        exchange = asking;
        used = true;
        written = false;
        channel.writeAndFlush(message).addListener(sent -> {
            if (sent.isSuccess()) {
                written = true;
            } else {
                fail(Kind.BROKEN);
            }
        });
    }

    /** Waits for the next exchange; an old one goes. */
    void rest() {
        used = false;
        restsSince = clock.nanos();
        if (restsSince - oldAt > 0) {
            channel.close();
        } else if (isFree()) {
            home.rest(this);
        }
    }

    /** Whatever comes is for nobody. */
    void drop() {
        exchange = null;
        channel.close();
    }

    private void fail(Kind kind) {
        Exchange failing = exchange;
        drop();
        if (failing != null) {
            failing.failed(kind);
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        try {
            if (exchange == null) {
                channel.close();
            } else {
                read((HttpObject) message);
            }
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    private void read(HttpObject part) {
        if (part.decoderResult().isFailure()) {
            fail(Kind.BROKEN);
            return;
        }
        if (part instanceof HttpResponse response) {
            String coding = response.headers().get(HttpHeaderNames.CONTENT_ENCODING);
            if (coding != null && !"identity".equalsIgnoreCase(coding)) {
                fail(Kind.UNUSABLE);
                return;
            }
            head = response;
        }
        if (part instanceof HttpContent content) {
            ByteBuf bytes = content.content();
            if (length + bytes.readableBytes() > PekoPayClient.LARGEST_ANSWER) {
                fail(Kind.UNUSABLE);
                return;
            }
            append(bytes);
            if (part instanceof LastHttpContent) {
                answered();
            }
        }
    }

    /** Most answers come in one piece: then the array is of its size, and no other is made. */
    private void append(ByteBuf bytes) {
        int more = bytes.readableBytes();
        if (length + more > body.length) {
            byte[] larger = new byte[length == 0 ? more : Math.max(length + more, length * 2)];
            System.arraycopy(body, 0, larger, 0, length);
            body = larger;
        }
        bytes.readBytes(body, length, more);
        length += more;
    }

    private void answered() {
        Exchange done = exchange;
        HttpResponse answer = head;
        exchange = null;
        head = null;
        if (done == null || answer == null) {
            channel.close();
            return;
        }
        if (!written || !HttpUtil.isKeepAlive(answer)) {
            channel.close();
        }
        done.answered(reply(answer));
    }

    private UpstreamReply reply(HttpResponse answer) {
        byte[] whole = length == body.length ? body : Arrays.copyOf(body, length);
        body = NOTHING;
        length = 0;
        HttpHeaders headers = answer.headers();
        return new UpstreamReply(
                answer.status().code(),
                headers.get(HttpHeaderNames.CONTENT_TYPE),
                headers.get(HttpHeaderNames.RETRY_AFTER),
                headers.get(HttpHeaderNames.LOCATION),
                headers.get(HttpHeaderNames.ETAG),
                headers.contains(LINK) ? String.join(", ", headers.getAll(LINK)) : null,
                whole);
    }

    /** Not before all is read that had come: what follows an answer must close the connection, not wait for the next shopper. */
    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (exchange == null && used) {
            rest();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof SslCloseCompletionEvent end && !end.isSuccess()) {
            // Nobody vouches that what was read until now is all of it (RFC 9112 §9.8).
            fail(Kind.BROKEN);
        } else if (exchange == null && (event instanceof IdleStateEvent || event instanceof SslCloseCompletionEvent)) {
            channel.close();
        }
    }

    @Override
    public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
        closing = true;
        ctx.close(promise);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        fail(Kind.BROKEN);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        home.forget(this);
        fail(Kind.BROKEN);
    }
}
