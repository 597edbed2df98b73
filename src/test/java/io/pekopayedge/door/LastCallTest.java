package io.pekopayedge.door;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How each connection ends once a server empties; by a clock that stands still. */
class LastCallTest {
    private static final String REQUEST = "GET /x HTTP/1.1\r\nHost: a\r\n\r\n";

    private final LastCall lastCall = new LastCall();
    private EmbeddedChannel channel = connection();

    private EmbeddedChannel connection() {
        Turn turn = new Turn();
        EmbeddedChannel made = new EmbeddedChannel(
                new ServerCodec(new HttpDecoderConfig(), turn, Duration.ofSeconds(10)),
                new RequestGate(turn, Duration.ofSeconds(60)),
                new Farewell(lastCall, turn));
        made.freezeTime();
        return made;
    }

    @AfterEach
    void release() {
        channel.finishAndReleaseAll();
    }

    private void arrives(String bytes) {
        channel.writeInbound(Unpooled.copiedBuffer(bytes, StandardCharsets.ISO_8859_1));
        for (Object message; (message = channel.readInbound()) != null; ) {
            ReferenceCountUtil.release(message);
        }
    }

    private void pass(long millis) {
        channel.advanceTimeBy(millis, TimeUnit.MILLISECONDS);
        channel.runPendingTasks();
        channel.runScheduledPendingTasks();
    }

    private void answer() {
        var answer = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
        answer.headers().set(HttpHeaderNames.CONTENT_LENGTH, 0);
        channel.writeOutbound(answer);
        channel.runPendingTasks();
    }

    private String written() {
        StringBuilder text = new StringBuilder();
        for (ByteBuf bytes; (bytes = channel.readOutbound()) != null; bytes.release()) {
            text.append(bytes.toString(StandardCharsets.ISO_8859_1));
        }
        return text.toString();
    }

    @Test
    void connection_beforeTheCall_staysAndIsToldNothing() {
        arrives(REQUEST);
        answer();
        pass(5_000);
        assertThat(written()).startsWith("HTTP/1.1 200").doesNotContain("close");
        assertThat(channel.isOpen()).isTrue();
        assertThat(lastCall.isEmpty()).isFalse();
    }

    @Test
    void idleConnection_isClosedWhenItsClientHasHadTheTimeToAsk() {
        lastCall.make();
        pass(499);
        assertThat(channel.isOpen()).isTrue();
        pass(1);
        assertThat(channel.isOpen()).isFalse();
        assertThat(lastCall.isEmpty()).isTrue();
    }

    @Test
    void request_thatWasOnItsWay_isAnsweredAndToldThatItWasTheLast() {
        lastCall.make();
        pass(499);
        arrives(REQUEST);
        pass(5_000);
        assertThat(channel.isOpen()).isTrue();
        answer();
        assertThat(written()).startsWith("HTTP/1.1 200").contains("connection: close");
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void request_underWay_isAnsweredAndToldThatItWasTheLast() {
        arrives(REQUEST);
        lastCall.make();
        pass(5_000);
        answer();
        assertThat(written()).startsWith("HTTP/1.1 200").contains("connection: close");
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void head_halfOfWhichHasCome_isWaitedFor() {
        arrives(REQUEST.substring(0, 9));
        lastCall.make();
        pass(5_000);
        arrives(REQUEST.substring(9));
        answer();
        assertThat(written()).startsWith("HTTP/1.1 200").contains("connection: close");
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void interimAnswer_endsNothing() {
        arrives("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nExpect: 100-continue\r\n\r\n");
        lastCall.make();
        channel.writeOutbound(new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE));
        pass(5_000);
        assertThat(written()).startsWith("HTTP/1.1 100").doesNotContain("close");
        arrives("x");
        answer();
        assertThat(written()).startsWith("HTTP/1.1 200").contains("connection: close");
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void stream_whoseHeadIsOut_runsToItsEnd() {
        arrives(REQUEST);
        var head = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
        head.headers().set(HttpHeaderNames.TRANSFER_ENCODING, "chunked");
        channel.writeOutbound(head);
        lastCall.make();
        pass(5_000);
        channel.writeOutbound(LastHttpContent.EMPTY_LAST_CONTENT);
        channel.runPendingTasks();
        assertThat(written()).endsWith("0\r\n\r\n").doesNotContain("close");
        assertThat(channel.isOpen()).isTrue();
        pass(500);
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void connection_thatComesWithTheCall_isNoException() {
        lastCall.make();
        channel.finishAndReleaseAll();
        channel = connection();
        pass(500);
        assertThat(channel.isOpen()).isFalse();
    }
}
