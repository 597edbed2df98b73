package io.pekopayedge.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A server in a process of its own, and what the kernel says of it. */
record Peer(String name, Process process, int port, int managementPort, Duration start) implements AutoCloseable {
    private static final long TICK = 10_000_000; // nanoseconds; Linux' USER_HZ is 100

    /** Starts it and waits until the port takes connections. */
    static Peer start(String name, int port, int managementPort, Path folder, List<String> command) {
        try {
            long begun = System.nanoTime();
            ProcessBuilder builder = new ProcessBuilder(command)
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve(name + ".log").toFile());
            builder.environment().put("MALLOC_ARENA_MAX", "2"); // the chart's
            Process process = builder.start();
            while (!open(port)) {
                if (!process.isAlive() || System.nanoTime() - begun > TimeUnit.MINUTES.toNanos(3)) {
                    throw new IllegalStateException(name + " did not start, see " + folder.resolve(name + ".log"));
                }
                Thread.sleep(5);
            }
            return new Peer(name, process, port, managementPort, Duration.ofNanos(System.nanoTime() - begun));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static boolean open(int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress("127.0.0.1", port), 200);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** User and system time of the process, in nanoseconds. */
    long cpu() {
        String[] fields = read("stat").replaceFirst(".*\\) ", "").split(" ");
        return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) * TICK;
    }

    /** Resident memory, in megabytes. */
    long memory() {
        return read("status")
                        .lines()
                        .filter(line -> line.startsWith("VmRSS:"))
                        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                        .findFirst()
                        .orElseThrow()
                / 1024;
    }

    /** Megabytes that are still alive on a JVM's heap after a full collection. */
    double live() {
        try {
            Process histogram = new ProcessBuilder(
                            process.info().command().orElseThrow().replaceFirst("java$", "jcmd"),
                            Long.toString(process.pid()),
                            "GC.class_histogram")
                    .start();
            String total = histogram
                    .inputReader()
                    .lines()
                    .filter(line -> line.startsWith("Total"))
                    .findFirst()
                    .orElseThrow();
            return Long.parseLong(total.trim().split("\\s+")[2]) / 1e6;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** @param name such as STOP and CONT */
    void signal(String name) {
        try {
            new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                    .start()
                    .waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private String read(String file) {
        try {
            return Files.readString(Path.of("/proc", Long.toString(process.pid()), file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        signal("CONT");
        process.destroy();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
