package io.pekopayedge.upstream;

import io.netty.handler.codec.http.FullHttpRequest;
import io.pekopayedge.settings.EdgeClock;
import io.pekopayedge.upstream.UpstreamFailure.Kind;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.MonoSink;

/**
 * One request's way out and its answer's way back; knows whether anything of it may have left. It is sent once or given
 * up, never both: all of it happens on one event loop, so a time-out cannot call free what is sent the next moment. Used by
 * that loop alone.
 */
final class Exchange {
    private enum Stage {
        WAITING,
        SENT,
        OVER
    }

    private final FullHttpRequest message;
    private final EdgeClock clock;
    private final long until;
    private final MonoSink<UpstreamReply> answer;
    private Stage stage = Stage.WAITING;
    private @Nullable Line line;
    private @Nullable Future<?> timer;

    /** @param limit from now to the last byte of the answer */
    Exchange(FullHttpRequest message, EdgeClock clock, Duration limit, MonoSink<UpstreamReply> answer) {
        this.message = message;
        this.clock = clock;
        this.until = clock.nanosIn(limit);
        this.answer = answer;
    }

    void begin(Lines lines) {
        if (stage == Stage.WAITING) {
            timer = lines.loop().schedule(this::late, until - clock.nanos(), TimeUnit.NANOSECONDS);
            lines.carry(this);
        }
    }

    /** Whether it still needs a connection. */
    boolean waits() {
        return stage == Stage.WAITING;
    }

    /**
     * A connection is there; nobody else has it. After a standstill of the process that may be seen before the timer is: a
     * charge whose time is over may have been settled, and paid by another token, in the meantime.
     */
    void sendOn(Line free) {
        if (clock.nanos() - until >= 0) {
            failed(Kind.UNREACHABLE);
        }
        if (stage != Stage.WAITING) {
            free.rest();
            return;
        }
        stage = Stage.SENT;
        line = free;
        free.send(message, this);
    }

    void answered(UpstreamReply reply) {
        if (end()) {
            answer.success(reply);
        }
    }

    void failed(Kind kind) {
        if (end()) {
            answer.error(new UpstreamFailure(kind));
        }
    }

    private void late() {
        Line used = line;
        failed(stage == Stage.WAITING ? Kind.UNREACHABLE : Kind.TIMEOUT);
        drop(used);
    }

    /** Nobody waits for the answer any more. */
    void cancelled() {
        Line used = line;
        if (end()) {
            drop(used);
        }
    }

    private static void drop(@Nullable Line used) {
        if (used != null) {
            used.drop();
        }
    }

    private boolean end() {
        if (stage == Stage.OVER) {
            return false;
        }
        stage = Stage.OVER;
        line = null;
        Future<?> running = timer;
        if (running != null) {
            running.cancel(false);
        }
        return true;
    }
}
