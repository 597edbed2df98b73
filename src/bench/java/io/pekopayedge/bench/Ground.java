package io.pekopayedge.bench;

import static io.pekopayedge.bench.Bench.CHART;
import static io.pekopayedge.bench.Bench.COLLECTOR;
import static io.pekopayedge.bench.Bench.HEAP;
import static io.pekopayedge.bench.Bench.PEER;
import static io.pekopayedge.bench.Bench.TIME;
import static io.pekopayedge.bench.Bench.TURNS;
import static io.pekopayedge.bench.Bench.WARM;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** What all of them stand on: memory, start, and whether cost grows with tenants or records. */
final class Ground {
    private static final int MANY_TENANTS = 10_000;
    private static final int MANY_RECORDS = Integer.getInteger("bench.records", 1_000_000);
    /** A ledger that is full within a tenth of the soak, and patience: memory is looked at, not time. */
    private static final String[] SOAK = {
        "--pekopay.edge.charge.memory=8MB",
        "--pekopay.edge.mint.timeout=20s",
        "--pekopay.edge.mint.wait=30s",
        "--pekopay.edge.breaker.slow-call=1m"
    };

    private static final String LEDGER = "--pekopay.edge.charge.memory=1GB";

    private final Servers servers;
    private final Peer nginx;
    private final Figures figures;

    Ground(Servers servers, Peer nginx, Figures figures) {
        this.servers = servers;
        this.nginx = nginx;
        this.figures = figures;
    }

    void measure(Set<String> parts) {
        if (parts.contains("tenants")) {
            tenants();
        }
        if (parts.contains("entries")) {
            entries();
        }
        if (parts.contains("memory")) {
            memory();
        }
        if (parts.contains("start")) {
            start();
        }
        if (parts.contains("soak")) {
            soak();
        }
    }

    /** Two gateways beside each other, one with two tenants, one with very many. */
    private void tenants() {
        List<String> flags = heap("1g");
        try (Peer few = servers.edge("few", servers.tenants("two", 0, nginx.port()), flags);
                Peer many = servers.edge("many", servers.tenants("many", MANY_TENANTS, nginx.port()), flags)) {
            compare("10,000 tenants", few, many, 1.1);
        }
    }

    /** Two gateways beside each other, one whose ledger is new, one whose ledger was filled. */
    private void entries() {
        List<String> flags = heap("3g");
        try (Peer few = servers.edge("new", servers.tenants("two", 0, nginx.port()), flags, LEDGER);
                Peer many = servers.edge("old", servers.tenants("two", 0, nginx.port()), flags, LEDGER)) {
            for (int left = MANY_RECORDS; left > 0; left -= 100_000) {
                Wanted.lease(many.port(), "acme", Math.min(left, 100_000));
            }
            compare("1,000,000 ledger records", few, many, 1.2);
        }
    }

    /**
     * All there from the start: grown as G1 sees fit, a heap is kept at twice what lives on JDK 25, and marked again every
     * few seconds, whenever it suits G1. That would be most of what the two differ in.
     */
    private static List<String> heap(String size) {
        return Bench.with(CHART, "-Xms" + size, "-Xmx" + size, COLLECTOR);
    }

    private void compare(String what, Peer few, Peer many, double goal) {
        for (Peer peer : List.of(few, many)) {
            for (long end = System.nanoTime() + WARM.toNanos(); System.nanoTime() < end; ) {
                charge(peer, 20_000);
            }
        }
        for (int turn = 0; turn < TURNS + 2; turn++) { // two alike: the noise is most of what differs
            figures.add("charge, without " + what, charge(few, 40_000));
            figures.add("charge, with " + what, charge(many, 40_000));
        }
        figures.row("charge, CPU, with " + what, "charge, with " + what, "charge, without " + what, "µs", goal);
    }

    private static double charge(Peer peer, int tokens) {
        return Ways.cost(peer, 201, TIME, Wanted.charges(Wanted.lease(peer.port(), "acme", tokens)));
    }

    /**
     * As the JVM sets itself up in a pod of the chart, of 768 MB: one collecting thread, a heap that begins with a 64th
     * of that; and what it has freed is given back.
     */
    private void memory() {
        List<String> flags = Bench.edge(
                Bench.with(CHART, "-Xmx128m", "-Xms12m", "-XX:+UseSerialGC", "-XX:TrimNativeHeapInterval=10000"));
        try (Peer edge = servers.edge("small", servers.tenants("two", 0, nginx.port()), flags)) {
            for (int round = 0; round < 3 + TURNS; round++) {
                List<Wanted.Leased> tokens = Wanted.lease(edge.port(), "acme", 5_000, 1_000);
                new Load(edge.port(), 201).paced(Duration.ofSeconds(10), 500, Wanted.charges(tokens));
                new Load(edge.port(), 200).paced(Duration.ofSeconds(10), 1_000, Wanted.page("full.example"));
                if (round >= 3) {
                    figures.add("resident memory", edge.memory());
                }
            }
            figures.bounded("resident memory at 1,000/s, -Xmx128m", "resident memory", "MB", 256);
        }
    }

    private void start() {
        Path app = servers.unpacked();
        List<String> archived = new ArrayList<>(servers.archive(app));
        archived.addAll(PEER);
        Path plainJar = servers.plainJar();
        for (int turn = 0; turn < TURNS; turn++) {
            try (Peer edge = servers.edge("start", servers.tenants("two", 0, nginx.port()), HEAP)) {
                figures.add("start, jar", edge.start().toMillis());
                Management.awaitReady(edge);
                Load.Requests refresh = Wanted.refreshInNewFlows("acme");
                figures.add("first refresh", new Load(edge.port(), 200).once(refresh.request(0)));
                figures.add("second refresh", new Load(edge.port(), 200).once(refresh.request(1)));
            }
            try (Peer plain = servers.plainJar(plainJar, nginx.port(), PEER)) {
                figures.add("start, plain jar", plain.start().toMillis());
            }
            try (Peer plain = servers.plain(PlainGateway.class, nginx.port(), PEER)) {
                figures.add("start, plain", plain.start().toMillis());
            }
            try (Peer edge = servers.edgeOf(app, "unpacked", servers.tenants("two", 0, nginx.port()), HEAP)) {
                figures.add("start, edge", edge.start().toMillis());
            }
            try (Peer edge = servers.edgeOf(app, "archive", servers.tenants("two", 0, nginx.port()), archived)) {
                figures.add("start, archive", edge.start().toMillis());
            }
        }
        figures.row("start until the port is open, one jar each", "start, jar", "start, plain jar", "ms", 1.15);
        figures.row("the same, both unpacked", "start, edge", "start, plain", "ms", 1.15);
        figures.bounded("start, unpacked, with an archive of classes", "start, archive", "ms", 1_500);
        figures.bounded("first refresh once ready: wakes its tenant, mints", "first refresh", "ms", 50);
        figures.bounded("the next: of an active tenant", "second refresh", "ms", 50);
    }

    /** Whether anything stays that should go: what lives on the heap after a tenth of the time, and at its end. */
    private void soak() {
        Duration time = Duration.ofMinutes(Integer.getInteger("bench.soak", 30));
        try (Peer edge =
                servers.edge("soak", servers.tenants("two", 0, nginx.port()), List.of("-Xmx256m", COLLECTOR), SOAK)) {
            for (int tenth = 1; tenth <= 10; tenth++) {
                Duration third = time.dividedBy(30);
                int tokens = (int) (150 * third.toSeconds());
                List<Wanted.Leased> leased = Wanted.lease(edge.port(), "acme", tokens);
                new Load(edge.port(), 201).paced(third, 150, Wanted.charges(leased));
                new Load(edge.port(), 200).paced(third, 300, Wanted.refreshInNewFlows("acme"));
                new Load(edge.port(), 200).paced(third, 300, Wanted.page("full.example"));
                figures.add(
                        tenth == 1 ? "live heap, early" : tenth == 10 ? "live heap, late" : "live heap", edge.live());
            }
            figures.row("live heap at 300/s, last tenth to first", "live heap, late", "live heap, early", "MB", 1.05);
        }
    }
}
