package io.pekopayedge.door;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2FrameTypes;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The time of a head on HTTP/2: from the first byte of its frame to the last of its block (RFC 9113 §4.3). Stands before
 * the codec, counts its way through the frames, changes nothing. One per connection; used by its event loop alone.
 */
// What becomes of a close concerns nobody here.
@SuppressWarnings("FutureReturnValueIgnored")
final class FrameWatch extends ChannelInboundHandlerAdapter {
    private static final int END_HEADERS = 0x4;

    private final Duration headTime;
    private final byte[] header = new byte[Http2CodecUtil.FRAME_HEADER_LENGTH];
    private int seen;
    /** Bytes of the frame, or of the preface, that are still to come. */
    private int left = Http2CodecUtil.connectionPrefaceBuf().readableBytes();

    private boolean inHead;
    /** What was incomplete has come; what is now is something else. */
    private boolean moved;

    private @Nullable Future<?> timer;

    FrameWatch(Duration headTime) {
        this.headTime = headTime;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        if (msg instanceof ByteBuf bytes) {
            for (int at = bytes.readerIndex(); at < bytes.writerIndex(); ) {
                at += left > 0 ? payload(bytes.writerIndex() - at) : header(bytes.getByte(at));
            }
            watch(ctx);
        }
        ctx.fireChannelRead(msg);
    }

    private int payload(int there) {
        int taken = Math.min(left, there);
        left -= taken;
        if (left == 0) {
            frameEnded();
        }
        return taken;
    }

    private int header(byte next) {
        header[seen++] = next;
        if (seen == header.length) {
            seen = 0;
            left = ((header[0] & 0xFF) << 16) | ((header[1] & 0xFF) << 8) | (header[2] & 0xFF);
            inHead |= header[3] == Http2FrameTypes.HEADERS;
            moved |= !inHead;
            if (left == 0) {
                frameEnded();
            }
        }
        return 1;
    }

    private void frameEnded() {
        boolean ofHead = header[3] == Http2FrameTypes.HEADERS || header[3] == Http2FrameTypes.CONTINUATION;
        if (ofHead && (header[4] & END_HEADERS) != 0) {
            inHead = false;
            moved = true;
        }
    }

    private void watch(ChannelHandlerContext ctx) {
        boolean incomplete = inHead || seen > 0;
        Future<?> running = timer;
        if (running != null && (moved || !incomplete)) {
            running.cancel(false);
            timer = null;
        }
        moved = false;
        if (incomplete && timer == null) {
            timer = ctx.executor().schedule(() -> ctx.close(), headTime.toNanos(), TimeUnit.NANOSECONDS);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        seen = 0;
        inHead = false;
        watch(ctx);
        ctx.fireChannelInactive();
    }
}
