package io.pekopayedge.bench;

import static io.pekopayedge.bench.Bench.HEAP;
import static io.pekopayedge.bench.Bench.TIME;
import static io.pekopayedge.bench.Bench.TURNS;
import static io.pekopayedge.bench.Bench.WARM;

import java.time.Duration;
import java.util.List;

/** What all of them stand on: memory, start, and whether cost grows with tenants or records. */
final class Ground {
    private static final int MANY_TENANTS = 10_000;
    private static final int MANY_RECORDS = Integer.getInteger("bench.records", 1_000_000);
    private static final String LEDGER = "--pekopay.edge.charge.memory=1GB";

    private final Servers servers;
    private final Peer nginx;
    private final Figures figures;

    Ground(Servers servers, Peer nginx, Figures figures) {
        this.servers = servers;
        this.nginx = nginx;
        this.figures = figures;
    }

    /** Two gateways beside each other, one with two tenants, one with very many. */
    void tenants() {
        try (Peer few = servers.edge("few", servers.tenants("two", 0, nginx.port()), HEAP);
                Peer many =
                        servers.edge("many", servers.tenants("many", MANY_TENANTS, nginx.port()), List.of("-Xmx1g"))) {
            compare("10,000 tenants", few, many, 1.1);
        }
    }

    /** One gateway before and after its ledger was filled. */
    void entries() {
        try (Peer few = servers.edge("new", servers.tenants("two", 0, nginx.port()), List.of("-Xmx3g"), LEDGER);
                Peer many = servers.edge("old", servers.tenants("two", 0, nginx.port()), List.of("-Xmx3g"), LEDGER)) {
            for (int left = MANY_RECORDS; left > 0; left -= 100_000) {
                Wanted.lease(many.port(), "acme", Math.min(left, 100_000));
            }
            compare("1,000,000 ledger records", few, many, 1.2);
        }
    }

    private void compare(String what, Peer few, Peer many, double goal) {
        for (Peer peer : List.of(few, many)) {
            for (long end = System.nanoTime() + WARM.toNanos() / 2; System.nanoTime() < end; ) {
                charge(peer, 20_000);
            }
        }
        for (int turn = 0; turn < TURNS; turn++) {
            figures.add("charge, without " + what, charge(few, 40_000));
            figures.add("charge, with " + what, charge(many, 40_000));
        }
        figures.row("charge, CPU, with " + what, "charge, with " + what, "charge, without " + what, "µs", goal);
    }

    private static double charge(Peer peer, int tokens) {
        return Ways.cost(peer, 201, TIME, Wanted.charges(Wanted.lease(peer.port(), "acme", tokens)));
    }

    void memory() {
        try (Peer edge = servers.edge("small", servers.tenants("two", 0, nginx.port()), List.of("-Xmx128m"))) {
            for (int round = 0; round < 4; round++) {
                List<Wanted.Leased> tokens = Wanted.lease(edge.port(), "acme", 10_000);
                new Load(edge.port(), 201).paced(Duration.ofSeconds(15), 500, Wanted.charges(tokens));
                new Load(edge.port(), 200).paced(Duration.ofSeconds(15), 1_000, Wanted.page("full.example"));
            }
            figures.add("resident memory", edge.memory());
            figures.bounded("resident memory at 1,000/s, -Xmx128m", "resident memory", "MB", 256);
        }
    }

    void start() {
        for (int turn = 0; turn < TURNS; turn++) {
            try (Peer edge = servers.edge("start", servers.tenants("two", 0, nginx.port()), HEAP)) {
                figures.add("start, edge", edge.start().toMillis());
                long begun = System.nanoTime();
                Wanted.lease(edge.port(), "acme", 1);
                figures.add("first refresh", (System.nanoTime() - begun) / 1e6);
            }
            try (Peer plain = servers.plain(PlainGateway.class, nginx.port(), "-Xmx512m")) {
                figures.add("start, plain", plain.start().toMillis());
            }
        }
        figures.row("start until the port is open", "start, edge", "start, plain", "ms", 1.15);
        figures.bounded("first refresh after the start", "first refresh", "ms", 50);
    }
}
