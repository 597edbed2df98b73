package io.pekopayedge.replicas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Many tenant files before the jar: what its start costs beside one with two, how soon a changed file is live, and memory. */
class ManyTenantsIT {
    private static final int MANY = Integer.getInteger("chaos.tenants", 1_000);
    private static final int STARTS = Integer.getInteger("chaos.starts", 1);
    private static final int CHANGES = 7;
    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration LIVE_WITHIN = POLL.plusMillis(500);

    /**
     * @param cpu processor time until ready, which does not count what else the machine does
     * @param live bytes of objects that are reachable
     */
    private record Cost(Duration wall, Duration cpu, long live) {}

    @TempDir
    private Path folder;

    @Test
    void manyTenants_startAndChangeInTime() throws Exception {
        Path two = tenants("two", 2);
        Path many = tenants("many", MANY);
        List<Cost> small = new ArrayList<>();
        List<Cost> large = new ArrayList<>();
        List<Duration> changes = new ArrayList<>();
        for (int i = 0; i < STARTS; i++) {
            small.add(run(two, 0, changes));
            large.add(run(many, CHANGES, changes));
        }
        Cost one = cheapest(small);
        Cost other = cheapest(large);
        Collections.sort(changes);
        Duration median = changes.get(changes.size() / 2);

        System.out.printf(
                "%,d tenants: start %d ms, %d ms of processor time (with two: %d and %d); "
                        + "heap %,d KB (with two: %,d), %,d bytes a tenant; "
                        + "a changed file is live after %d–%d ms, median %d (poll %d)%n",
                MANY,
                other.wall.toMillis(),
                other.cpu.toMillis(),
                one.wall.toMillis(),
                one.cpu.toMillis(),
                other.live / 1024,
                one.live / 1024,
                (other.live - one.live) / MANY,
                changes.get(0).toMillis(),
                changes.get(changes.size() - 1).toMillis(),
                median.toMillis(),
                POLL.toMillis());
        assertThat(other.cpu).isLessThan(one.cpu.multipliedBy(2));
        assertThat(median).isLessThan(LIVE_WITHIN);
        assertThat((other.live - one.live) / MANY).as("bytes a tenant").isLessThan(16 * 1024);
    }

    private Path tenants(String name, int number) throws IOException {
        Path tenants = Files.createDirectory(folder.resolve(name));
        for (int i = 0; i < number; i++) {
            write(tenants, i, "shop" + i + ".example");
        }
        return tenants;
    }

    private static void write(Path tenants, int number, String host) throws IOException {
        Path next = Files.writeString(tenants.resolve("next"), """
            tenant-id: t%1$d
            environment: sandbox
            hosts: [%2$s, www.%2$s]
            origins: [https://%2$s]
            storefront: http://shop-%1$d:3000
            credentials: {client-id: client-%1$d, client-secret: secret-of-tenant-%1$d}
            api-keys: [{id: backend, sha256: %3$064x}]
            """.formatted(number, host, number));
        Files.move(next, tenants.resolve("t" + number + ".yml"), StandardCopyOption.ATOMIC_MOVE);
    }

    private Cost run(Path tenants, int times, List<Duration> changes) throws Exception {
        long begun = System.nanoTime();
        try (EdgeProcess edge = new EdgeProcess(
                        folder,
                        "many",
                        List.of("-Xmx256m", "-XX:+ExitOnOutOfMemoryError"),
                        List.of(
                                "pekopay.edge.tenants.location=" + tenants,
                                "pekopay.edge.tenants.poll=" + POLL.toMillis() + "ms"))
                .launch()
                .ready()) {
            Duration wall = since(begun);
            Duration cpu = ProcessHandle.of(edge.pid())
                    .flatMap(process -> process.info().totalCpuDuration())
                    .orElseThrow();
            for (int i = 0; i < times; i++) {
                changes.add(change(edge, tenants, "changed" + i + "-" + begun + ".example"));
            }
            return new Cost(wall, cpu, live(edge.pid()));
        }
    }

    /** From the moment the file is another to the first answer as it says. */
    private static Duration change(EdgeProcess edge, Path tenants, String host) throws IOException {
        assertThat(edge.knows(host)).isFalse();
        write(tenants, 1, host);
        long changed = System.nanoTime();
        await().pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(10))
                .atMost(Duration.ofSeconds(30))
                .until(() -> edge.knows(host));
        return since(changed);
    }

    /** What a full collection leaves. */
    private static long live(long pid) throws Exception {
        Process jcmd = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                        String.valueOf(pid),
                        "GC.class_histogram")
                .redirectErrorStream(true)
                .start();
        String[] total = new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                .lines()
                .filter(line -> line.startsWith("Total"))
                .findFirst()
                .orElseThrow()
                .split(" +");
        return Long.parseLong(total[2]);
    }

    /** The least of each: what came on top was the machine's. */
    private static Cost cheapest(List<Cost> costs) {
        return new Cost(
                Collections.min(costs.stream().map(Cost::wall).toList()),
                Collections.min(costs.stream().map(Cost::cpu).toList()),
                Collections.min(costs.stream().map(Cost::live).toList()));
    }

    private static Duration since(long begun) {
        return Duration.ofNanos(System.nanoTime() - begun);
    }
}
