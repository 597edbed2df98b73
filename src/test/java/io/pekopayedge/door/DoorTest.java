package io.pekopayedge.door;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.netty.NettyPipeline;

/** How long a client may take, and how far it may run ahead; by a clock that stands still. */
class DoorTest {
    private static final String HEAD = "GET /x HTTP/1.1\r\nHost: a\r\n\r\n";

    private final Turn turn = new Turn();
    private final Unread unread = new Unread();
    private final EmbeddedChannel channel = new EmbeddedChannel(
            unread,
            new ServerCodec(new HttpDecoderConfig(), turn, Duration.ofSeconds(10)),
            new RequestGate(turn, Duration.ofSeconds(60)));

    DoorTest() {
        channel.freezeTime();
    }

    @AfterEach
    void release() {
        unread.pending.forEach(Unread.Pending::release);
        channel.finishAndReleaseAll();
    }

    private void arrives(String bytes) {
        channel.writeInbound(Unpooled.copiedBuffer(bytes, StandardCharsets.ISO_8859_1));
    }

    private void pass(long seconds) {
        channel.advanceTimeBy(seconds, TimeUnit.SECONDS);
        channel.runScheduledPendingTasks();
    }

    private int requests() {
        int requests = 0;
        for (Object message; (message = channel.readInbound()) != null; ReferenceCountUtil.release(message)) {
            requests += message instanceof HttpRequest ? 1 : 0;
        }
        return requests;
    }

    /** As the server does: it asks for more when it is done with the request, which may be after the answer. */
    private void answer() {
        channel.writeOutbound(new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK));
        channel.runPendingTasks();
        channel.read();
        channel.runPendingTasks();
    }

    /** A charge may take longer than the 30 s that the codec gives its streams by itself. */
    @Test
    void http2_atTheEnd_waitsForItsStreams() {
        Http2FrameCodec codec = Http2FrameCodecBuilder.forServer().build();
        EmbeddedChannel two = new EmbeddedChannel();
        two.pipeline().addLast(NettyPipeline.HttpCodec, codec);
        new Door(8192, 16384, new LastCall()).guard(two.pipeline());
        assertThat(codec.gracefulShutdownTimeoutMillis()).isNegative();
        two.finishAndReleaseAll();
    }

    @Test
    void head_drippingByteByByte_isCutTenSecondsAfterItsFirst() {
        for (int second = 0; second < 10; second++) {
            assertThat(channel.isOpen()).isTrue();
            arrives(HEAD.substring(second, second + 1));
            pass(1);
        }
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void head_completeInTime_isCutNoMore_andSilenceBeforeItIsNotCounted() {
        pass(70);
        arrives(HEAD.substring(0, 5));
        pass(9);
        arrives(HEAD.substring(5));
        pass(60);
        assertThat(requests()).isOne();
        assertThat(channel.isOpen()).isTrue();
    }

    @Test
    void head_ofASecondRequestThatCameWithTheFirst_isCutToo() {
        arrives(HEAD + "GET /");
        assertThat(requests()).isOne();
        pass(30);
        assertThat(channel.isOpen()).isTrue();
        answer();
        pass(9);
        assertThat(channel.isOpen()).isTrue();
        pass(1);
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void blankLines_areNoWayToStay() {
        arrives("\r\n");
        pass(5);
        arrives("\r\n");
        pass(5);
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void pipelined_oneAtATime_eachAfterTheAnswerBefore() {
        arrives(HEAD.repeat(3));
        assertThat(requests()).isOne();
        answer();
        assertThat(requests()).isOne();
        answer();
        assertThat(requests()).isOne();
        answer();
        assertThat(requests()).isZero();
        assertThat(channel.isOpen()).isTrue();
    }

    @Test
    void pipelined_notBeforeTheServerAsksForMore() {
        arrives(HEAD.repeat(2));
        assertThat(requests()).isOne();
        channel.writeOutbound(new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK));
        channel.runPendingTasks();
        assertThat(requests()).isZero();
        channel.read();
        channel.runPendingTasks();
        assertThat(requests()).isOne();
    }

    @Test
    void interimAnswer_isNotTheAnswer() {
        arrives(HEAD.repeat(2));
        channel.writeOutbound(new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE));
        channel.runPendingTasks();
        assertThat(requests()).isOne();
        answer();
        assertThat(requests()).isOne();
    }

    @Test
    void pipelined_beyondTheBound_isCut() {
        arrives(HEAD);
        for (int sent = 0; sent <= ServerCodec.MOST_AHEAD && channel.isOpen(); sent += HEAD.length()) {
            arrives(HEAD);
        }
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void body_ofARequestUnderWay_isNotHeldBack() {
        arrives("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 200000\r\n\r\n");
        for (int i = 0; i < 20; i++) {
            arrives("x".repeat(10_000));
        }
        assertThat(channel.isOpen()).isTrue();
        assertThat(requests()).isOne();
        assertThat(turn.isArriving()).isFalse();
    }

    @Test
    void answer_thatTheClientDoesNotTake_isCutAfterAMinute() {
        unread.stopped = true;
        arrives(HEAD);
        answer();
        pass(59);
        assertThat(channel.isOpen()).isTrue();
        pass(1);
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void longAnswer_thatTheClientTakesInTime_isNotCut() {
        arrives(HEAD);
        channel.writeOutbound(new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK));
        for (int minute = 0; minute < 10; minute++) {
            unread.stopped = true;
            channel.writeOneOutbound(new DefaultHttpContent(Unpooled.wrappedBuffer(new byte[100_000])));
            channel.flushOutbound();
            pass(50);
            unread.read();
            channel.flushOutbound();
            channel.runPendingTasks();
        }
        channel.writeOutbound(LastHttpContent.EMPTY_LAST_CONTENT);
        pass(100);
        assertThat(channel.isOpen()).isTrue();
    }

    @Test
    void refusal_isAnsweredOnce_andNothingOfItGoesOn() {
        arrives("TRACE /x HTTP/1.1\r\nHost: a\r\n\r\n" + HEAD);
        assertThat(requests()).isZero();
        ByteBuf answer = channel.readOutbound();
        assertThat(answer.toString(StandardCharsets.US_ASCII))
                .startsWith("HTTP/1.1 405 Method Not Allowed\r\n")
                .contains("connection: close", "allow: GET");
        answer.release();
        arrives(HEAD);
        pass(1);
        assertThat(requests()).isZero();
        assertThat((Object) channel.readOutbound()).isNull();
        assertThat(channel.isOpen()).isFalse();
    }

    /** A client that does not read: what is written to it stays pending, as in a full socket. */
    private static final class Unread extends ChannelOutboundHandlerAdapter {
        private boolean stopped;
        private final List<Pending> pending = new ArrayList<>();

        private record Pending(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
            void write() {
                ctx.write(msg, promise);
            }

            void release() {
                ReferenceCountUtil.release(msg);
            }
        }

        @Override
        public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
            if (stopped) {
                ctx.channel().unsafe().outboundBuffer().setUserDefinedWritability(1, false);
                pending.add(new Pending(ctx, msg, promise));
            } else {
                ctx.write(msg, promise);
            }
        }

        void read() {
            stopped = false;
            pending.forEach(Pending::write);
            pending.clear();
        }

        @Override
        public void flush(ChannelHandlerContext ctx) {
            if (!stopped) {
                ctx.channel().unsafe().outboundBuffer().setUserDefinedWritability(1, true);
                ctx.flush();
            }
        }
    }
}
