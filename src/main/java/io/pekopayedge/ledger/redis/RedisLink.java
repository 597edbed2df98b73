package io.pekopayedge.ledger.redis;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * The one connection to Redis. What is asked while there is none fails at once; nothing is ever sent twice over it (the
 * client's options say so, see {@link RedisOptions}). Any thread; never blocks, but for the worker on which a connection
 * is made.
 *
 * <p>Lettuce's own connection rather than Spring's template, because {@code WAIT} must follow a write on its connection,
 * and because the template's first use connects on the thread that asks.
 */
final class RedisLink {
    private static final Logger LOG = LoggerFactory.getLogger(RedisLink.class);
    private static final byte[][] NO_KEYS = {};

    /** There is no connection: certainly nothing was sent. */
    static final class NotConnected extends RuntimeException {
        private static final long serialVersionUID = 1L;

        NotConnected() {
            super("not connected", null, false, false);
        }
    }

    private final Supplier<RedisClient> client;
    private final RedisAdvice advice;
    private final AtomicBoolean connecting = new AtomicBoolean();
    private final AtomicReference<@Nullable StatefulRedisConnection<byte[], byte[]>> connection =
            new AtomicReference<>();
    private volatile boolean closed;
    private volatile boolean told;

    /** @param client asked for when a connection is made, on a worker that may block */
    RedisLink(Supplier<RedisClient> client, RedisAdvice advice) {
        this.client = client;
        this.advice = advice;
    }

    boolean connected() {
        StatefulRedisConnection<byte[], byte[]> now = connection.get();
        return now != null && now.isOpen();
    }

    /** Makes the first connection, in the background; later ones Lettuce makes by itself. */
    void connect() {
        if (closed || connection.get() != null || !connecting.compareAndSet(false, true)) {
            return;
        }
        Mono.fromCallable(() -> client.get().connect(ByteArrayCodec.INSTANCE))
                .subscribeOn(Schedulers.boundedElastic())
                .doFinally(signal -> connecting.set(false))
                .subscribe(this::connected, this::failed);
    }

    private void connected(StatefulRedisConnection<byte[], byte[]> made) {
        connection.set(made);
        told = false;
        if (closed) {
            drop();
            return;
        }
        LOG.info("Redis is there");
        advice.give(made);
    }

    private void failed(Throwable error) {
        if (!told) {
            told = true;
            LOG.warn(
                    "Redis cannot be reached: charges are refused until it can ({})",
                    error.getClass().getSimpleName());
        }
    }

    /** Lets go of a connection that answers nothing any more; {@link #connect} makes another. */
    void drop() {
        drop(connection.get());
    }

    private boolean drop(@Nullable StatefulRedisConnection<byte[], byte[]> gone) {
        if (gone == null || !connection.compareAndSet(gone, null)) {
            return false;
        }
        Mono.fromFuture(gone::closeAsync).onErrorComplete().subscribe();
        return true;
    }

    /** A connection that the client has closed before, or lost, is the client's. */
    void close() {
        closed = true;
        if (connected()) {
            drop();
        }
    }

    /** @return what the script says; or {@link NotConnected}, or an error that leaves open whether it ran */
    <T> Mono<T> run(Script script, ScriptOutputType type, byte[]... arguments) {
        return Mono.defer(() -> {
            StatefulRedisConnection<byte[], byte[]> open = open();
            return Mono.<T>fromFuture(() -> open.async()
                            .<T>evalsha(script.sha(), type, NO_KEYS, arguments)
                            .toCompletableFuture())
                    .onErrorResume(
                            RedisNoScriptException.class,
                            first -> Mono.fromFuture(() -> open.async()
                                    .<T>eval(script.text(), type, NO_KEYS, arguments)
                                    .toCompletableFuture()))
                    .doOnError(RedisCommandExecutionException.class, error -> leaveReplica(open, error));
        });
    }

    /** A primary that became a replica keeps its connections: the new primary is found by making another. */
    private void leaveReplica(StatefulRedisConnection<byte[], byte[]> open, RedisCommandExecutionException error) {
        String message = error.getMessage();
        if (message != null && message.contains("READONLY") && drop(open)) {
            LOG.warn("This Redis is a replica now: its connection is given up, and another is made");
        }
    }

    /** How many replicas have confirmed all that was written here before. */
    Mono<Long> confirmed(int replicas, long millis) {
        return Mono.defer(() -> {
            StatefulRedisConnection<byte[], byte[]> open = open();
            return Mono.fromFuture(
                    () -> open.async().waitForReplication(replicas, millis).toCompletableFuture());
        });
    }

    private StatefulRedisConnection<byte[], byte[]> open() {
        StatefulRedisConnection<byte[], byte[]> now = connection.get();
        if (now == null || !now.isOpen()) {
            throw new NotConnected();
        }
        return now;
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static byte[] bytes(long number) {
        return bytes(Long.toString(number));
    }

    static byte[] bytes(boolean yes) {
        return bytes(yes ? "1" : "0");
    }

    static String text(Object reply) {
        return reply instanceof byte[] bytes ? new String(bytes, StandardCharsets.UTF_8) : String.valueOf(reply);
    }

    @SuppressWarnings("unchecked")
    static List<Object> list(Object reply) {
        return (List<Object>) reply;
    }
}
