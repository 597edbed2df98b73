package io.pekopayedge.ledger;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.resource.ClientResources;
import io.pekopayedge.ledger.redis.RedisOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;
import redis.embedded.RedisServer;
import redis.embedded.core.RedisServerBuilder;

/** A Redis of its own, on a free port, that stops with the test. */
public final class RealRedis implements AutoCloseable {
    private static final ClientResources RESOURCES = resources();

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

    public static RealRedis replicaOf(RealRedis primary) {
        return new RealRedis(settings().setting("appendonly no").slaveOf("127.0.0.1", primary.port()), freePort());
    }

    /** From now on it is nobody's replica. */
    public void promote() {
        told(RedisCommands::replicaofNoOne);
    }

    /** From now on it takes no writes. */
    public void demote(RealRedis primary) {
        told(commands -> commands.replicaof("127.0.0.1", primary.port()));
    }

    private void told(Consumer<RedisCommands<String, String>> command) {
        RedisClient client = client(port);
        try (StatefulRedisConnection<String, String> connection = client.connect()) {
            command.accept(connection.sync());
        } finally {
            client.shutdown();
        }
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

    private static ClientResources resources() {
        ClientResources.Builder resources = ClientResources.builder();
        RedisOptions.set(resources);
        return resources.build();
    }

    /** A client with the ledger's options, for this port or that of a proxy before it. */
    static RedisClient client(int port) {
        RedisClient client = RedisClient.create(
                RESOURCES,
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

    /** Every key, what it holds, and its dump, byte by byte as ISO 8859-1. */
    public String everything() {
        RedisClient client = client(port);
        StringBuilder all = new StringBuilder();
        try (StatefulRedisConnection<byte[], byte[]> connection = client.connect(ByteArrayCodec.INSTANCE)) {
            for (byte[] key : connection.sync().keys("*".getBytes(StandardCharsets.US_ASCII))) {
                all.append(text(key)).append(text(connection.sync().dump(key)));
                if ("hash".equals(connection.sync().type(key))) {
                    connection
                            .sync()
                            .hgetall(key)
                            .forEach((field, value) -> all.append(text(field)).append(text(value)));
                }
            }
        } finally {
            client.shutdown();
        }
        return all.toString();
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    @Override
    public void close() {
        down();
    }
}
