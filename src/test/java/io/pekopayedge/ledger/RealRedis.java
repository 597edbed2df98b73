package io.pekopayedge.ledger;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.resource.ClientResources;
import io.pekopayedge.ledger.redis.RedisOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import redis.embedded.RedisServer;
import redis.embedded.core.RedisServerBuilder;

/** A Redis of its own, on a free port, that stops with the test. */
public final class RealRedis implements AutoCloseable {
    private final int port;
    private final RedisServerBuilder builder;
    private RedisServer server;

    private RealRedis(RedisServerBuilder builder, int port) {
        this.builder = builder;
        this.port = port;
        up();
    }

    /** Keeps nothing. */
    public static RealRedis start() {
        return new RealRedis(settings().setting("appendonly no"), freePort());
    }

    /** Writes every change to {@code appendonly.aof} in this folder, before it answers. */
    public static RealRedis start(Path folder) {
        return new RealRedis(
                settings()
                        .setting("appendonly yes")
                        .setting("appendfsync always")
                        .setting("dir " + folder),
                freePort());
    }

    private static RedisServerBuilder settings() {
        return RedisServer.newRedisServer().bind("127.0.0.1").setting("save \"\"");
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public int port() {
        return port;
    }

    public void up() {
        try {
            server = builder.port(port).build();
            server.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public void down() {
        try {
            server.stop();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A client with the ledger's options, for this port or that of a proxy before it. */
    static RedisClient client(int port) {
        ClientResources.Builder resources = ClientResources.builder();
        RedisOptions.set(resources);
        RedisClient client = RedisClient.create(
                resources.build(),
                RedisURI.builder()
                        .withHost("127.0.0.1")
                        .withPort(port)
                        .withTimeout(Duration.ofSeconds(5))
                        .build());
        ClientOptions.Builder options = ClientOptions.builder();
        RedisOptions.set(options);
        client.setOptions(options.build());
        return client;
    }

    @Override
    public void close() {
        down();
    }
}
