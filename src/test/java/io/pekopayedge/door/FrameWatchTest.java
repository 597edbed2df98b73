package io.pekopayedge.door;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2FrameTypes;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How long a head may take on HTTP/2, by a clock that stands still. */
class FrameWatchTest {
    private static final int END_HEADERS = 4;

    private final EmbeddedChannel channel = new EmbeddedChannel(new FrameWatch(Duration.ofSeconds(10)));

    FrameWatchTest() {
        channel.freezeTime();
        arrives(Http2CodecUtil.connectionPrefaceBuf());
        arrives(frame(Http2FrameTypes.SETTINGS, 0, 12));
    }

    @AfterEach
    void release() {
        channel.finishAndReleaseAll();
    }

    private static ByteBuf frame(byte type, int flags, int length) {
        return Unpooled.buffer()
                .writeMedium(length)
                .writeByte(type)
                .writeByte(flags)
                .writeInt(1)
                .writeZero(length);
    }

    private void arrives(ByteBuf bytes) {
        channel.writeInbound(bytes);
    }

    private void pass(long seconds) {
        channel.advanceTimeBy(seconds, TimeUnit.SECONDS);
        channel.runScheduledPendingTasks();
    }

    @Test
    void head_drippingByteByByte_isCutTenSecondsAfterItsFirst() {
        ByteBuf head = frame(Http2FrameTypes.HEADERS, END_HEADERS, 100);
        for (int second = 0; second < 10; second++) {
            assertThat(channel.isOpen()).isTrue();
            arrives(head.readRetainedSlice(1));
            pass(1);
        }
        head.release();
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void head_withoutItsLastFrame_isCut() {
        arrives(frame(Http2FrameTypes.HEADERS, 0, 20));
        pass(6);
        arrives(frame(Http2FrameTypes.CONTINUATION, 0, 20));
        pass(4);
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void head_inThreeFramesInTime_isNotCut_norIsABodyThatTakesLonger() {
        arrives(frame(Http2FrameTypes.HEADERS, 0, 20));
        arrives(frame(Http2FrameTypes.CONTINUATION, 0, 0));
        pass(9);
        arrives(frame(Http2FrameTypes.CONTINUATION, END_HEADERS, 20));
        pass(60);
        ByteBuf body = frame(Http2FrameTypes.DATA, 0, 5000);
        arrives(body.readRetainedSlice(1000));
        pass(60);
        arrives(body);
        arrives(frame(Http2FrameTypes.HEADERS, END_HEADERS, 0));
        pass(60);
        assertThat(channel.isOpen()).isTrue();
    }

    @Test
    void heads_oneEndsWhereTheNextBegins_haveTheirTimeEach() {
        ByteBuf heads = Unpooled.buffer();
        for (int i = 0; i < 5; i++) {
            ByteBuf head = frame(Http2FrameTypes.HEADERS, END_HEADERS, 20);
            heads.writeBytes(head);
            head.release();
        }
        arrives(heads.readRetainedSlice(5));
        for (int i = 0; i < 4; i++) {
            pass(8);
            arrives(heads.readRetainedSlice(29));
        }
        heads.release();
        assertThat(channel.isOpen()).isTrue();
        pass(10);
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void anyFrame_whoseNineFirstBytesDoNotCome_isCut() {
        arrives(frame(Http2FrameTypes.DATA, 0, 0).writerIndex(8));
        pass(10);
        assertThat(channel.isOpen()).isFalse();
    }
}
