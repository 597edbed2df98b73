package io.pekopayedge.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * Runs the comparisons in turns and prints the table. Needs {@code nginx} and {@code haproxy} on the path and the packaged
 * jar; takes some 15 minutes.
 *
 * <p>System properties: {@code bench.turns} (3), {@code bench.seconds} of one measurement (8), {@code bench.warm} seconds
 * before the first (40), {@code bench.parts} (all; any of charge, refresh, stream, memory, start, tenants, entries),
 * {@code bench.java} (the JVM of every process under test), {@code bench.flags} (more flags for the gateway's JVM, such as
 * {@code -XX:StartFlightRecording=filename=edge.jfr}), {@code bench.figures} (a file that gets the table).
 */
final class Bench {
    static final int TURNS = Integer.getInteger("bench.turns", 3);
    static final Duration TIME = Duration.ofSeconds(Integer.getInteger("bench.seconds", 8));
    static final Duration WARM = Duration.ofSeconds(Integer.getInteger("bench.warm", 40));
    static final List<String> HEAP =
            List.of(("-Xmx512m " + System.getProperty("bench.flags", "")).trim().split(" "));

    private Bench() {}

    public static void main(String[] arguments) throws IOException {
        Set<String> parts =
                Set.of(System.getProperty("bench.parts", "charge,refresh,stream,memory,start,tenants,entries")
                        .split(","));
        Path folder = Files.createTempDirectory("edge-bench");
        String java = System.getProperty("bench.java", System.getProperty("java.home")) + "/bin/java";
        Servers servers =
                new Servers(folder, java, Path.of("target", "pekopay-edge.jar").toAbsolutePath());
        Figures figures = new Figures();
        try (Peer nginx = servers.nginx()) {
            if (parts.contains("charge") || parts.contains("refresh") || parts.contains("stream")) {
                new Ways(servers, nginx, figures).measure(parts);
            }
            Ground ground = new Ground(servers, nginx, figures);
            if (parts.contains("tenants")) {
                ground.tenants();
            }
            if (parts.contains("entries")) {
                ground.entries();
            }
            if (parts.contains("memory")) {
                ground.memory();
            }
            if (parts.contains("start")) {
                ground.start();
            }
        }
        String table = figures.table(java);
        System.out.println(table);
        String file = System.getProperty("bench.figures");
        if (file != null) {
            Files.writeString(Path.of(file), table);
        }
    }
}
