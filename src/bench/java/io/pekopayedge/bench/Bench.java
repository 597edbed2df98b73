package io.pekopayedge.bench;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Runs the comparisons in turns and prints the table. Needs {@code nginx} and {@code haproxy} on the path and the packaged
 * jar, and says so; takes some 25 minutes.
 *
 * <p>System properties: {@code bench.turns} (3), {@code bench.seconds} of one measurement (8), {@code bench.warm} seconds
 * before the first (40), {@code bench.parts} (all but soak; any of charge, refresh, stream, tenants, entries, memory,
 * start, soak), {@code bench.soak} minutes (30), {@code bench.java} (home of the JDK of every process under test), {@code
 * bench.edge} (more flags for the gateway's JVM, such as {@code -XX:StartFlightRecording=filename=edge.jfr}), {@code
 * bench.readme} (whose section of figures is to be written anew).
 */
final class Bench {
    static final int TURNS = Integer.getInteger("bench.turns", 3);
    static final Duration TIME = Duration.ofSeconds(Integer.getInteger("bench.seconds", 8));
    static final Duration WARM = Duration.ofSeconds(Integer.getInteger("bench.warm", 40));
    /** Of every JVM here. */
    static final String COLLECTOR = System.getProperty("bench.collector", "-XX:+UseG1GC");

    /**
     * The chart's. What outlives a second collection is kept for hours; and the ledger, which lives as long as the process, is
     * not marked again and again.
     */
    static final List<String> CHART =
            List.of("-XX:MaxTenuringThreshold=1", "-XX:-G1UseAdaptiveIHOP", "-XX:InitiatingHeapOccupancyPercent=70");

    static final List<String> PEER = with(CHART, "-Xmx512m", COLLECTOR);

    static final List<String> HEAP = edge(PEER);

    private Bench() {}

    /** The flags of a JVM that runs the gateway. */
    static List<String> edge(List<String> flags) {
        return with(
                flags,
                Stream.of(System.getProperty("bench.edge", "").split(" "))
                        .filter(flag -> !flag.isEmpty())
                        .toArray(String[]::new));
    }

    static List<String> with(List<String> flags, String... more) {
        return Stream.concat(flags.stream(), Stream.of(more)).toList();
    }

    public static void main(String[] arguments) throws IOException {
        String home = System.getProperty("bench.java", System.getProperty("java.home"));
        Path jar = Path.of("target", "pekopay-edge.jar").toAbsolutePath();
        requireAll(Path.of(home), jar);
        Set<String> parts =
                Set.of(System.getProperty("bench.parts", "charge,refresh,stream,tenants,entries,memory,start")
                        .split(","));
        Servers servers = new Servers(Files.createTempDirectory("edge-bench"), Path.of(home), jar);
        Figures figures = new Figures();
        try (Peer nginx = servers.nginx()) {
            if (parts.contains("charge") || parts.contains("refresh") || parts.contains("stream")) {
                new Ways(servers, nginx, figures).measure(parts);
            }
            new Ground(servers, nginx, figures).measure(parts);
        }
        System.out.println(figures.table());
        String readme = System.getProperty("bench.readme");
        if (readme != null) {
            String version = servers.javaVersion();
            Readme.write(Path.of(readme), version, figures.table(), Chart.of(figures.rows(), "JDK " + version));
        }
    }

    private static void requireAll(Path home, Path jar) {
        List<String> missing = new ArrayList<>();
        for (String tool : List.of("nginx", "haproxy")) {
            if (Stream.of(System.getenv("PATH").split(File.pathSeparator))
                    .noneMatch(folder -> Files.isExecutable(Path.of(folder, tool)))) {
                missing.add(tool + " on the path (Debian: " + tool + (tool.equals("nginx") ? "-light" : "") + ")");
            }
        }
        if (!Files.isExecutable(home.resolve("bin/java"))) {
            missing.add("a JDK at bench.java=" + home);
        }
        if (!Files.exists(jar)) {
            missing.add(jar + " (./mvnw package)");
        }
        if (!missing.isEmpty()) {
            System.err.println("The bench needs " + String.join(", ", missing));
            System.exit(1);
        }
    }
}
