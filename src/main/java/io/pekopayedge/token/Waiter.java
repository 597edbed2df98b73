package io.pekopayedge.token;

import java.util.concurrent.atomic.AtomicBoolean;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.MonoSink;

/**
 * A request that waits for a token. Exactly one of three things ends it: a token, a problem, or the client's leaving; the
 * one that comes first wins, so a client that has left uses up no token. Any thread.
 */
final class Waiter {
    private final MonoSink<SessionToken> sink;
    private final AtomicBoolean ended = new AtomicBoolean();
    final Disposable.Swap timeout = Disposables.swap();
    final long deadline;
    private final TokenReserve queue;

    /**
     * @param deadline ticker nanoseconds
     * @param queue where it stands until it ends
     */
    Waiter(MonoSink<SessionToken> sink, long deadline, TokenReserve queue) {
        this.sink = sink;
        this.deadline = deadline;
        this.queue = queue;
    }

    /** Whether the token was taken. */
    boolean serve(SessionToken token) {
        if (!end()) {
            return false;
        }
        sink.success(token);
        return true;
    }

    void fail(Throwable problem) {
        if (end()) {
            sink.error(problem);
        }
    }

    /** Whether nothing had ended it before. */
    boolean end() {
        if (!ended.compareAndSet(false, true)) {
            return false;
        }
        timeout.dispose();
        queue.left(this);
        return true;
    }

    boolean ended() {
        return ended.get();
    }
}
