package io.pekopayedge.bench;

import static io.pekopayedge.bench.Bench.HEAP;
import static io.pekopayedge.bench.Bench.PEER;
import static io.pekopayedge.bench.Bench.TIME;
import static io.pekopayedge.bench.Bench.TURNS;
import static io.pekopayedge.bench.Bench.WARM;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;

/** The ways through, each against the peer that does the like: processor time of the server for one request. */
final class Ways {
    private static final int PACE = 1_000;
    /**
     * Together longer than from one collection to the next: in 5 s its pause of 20 ms is one request in a hundred, or none.
     * Short, and in turns with the peers', for a machine that others use has its bad seconds, and each is to have its share.
     */
    private static final int LOOKS = 10;

    private static final Duration LOOK = Duration.ofSeconds(2);
    private static final Duration BEFORE = Duration.ofSeconds(1);

    private static final int DEEP = 100_000;

    private final Servers servers;
    private final Peer nginx;
    private final Figures figures;

    Ways(Servers servers, Peer nginx, Figures figures) {
        this.servers = servers;
        this.nginx = nginx;
        this.figures = figures;
    }

    void measure(Set<String> parts) {
        try (Peer edge = servers.edge(
                        "edge", servers.tenants("two", 0, nginx.port()), HEAP, "--pekopay.edge.charge.memory=64MB");
                Peer plain = servers.plain(PlainGateway.class, nginx.port(), PEER);
                Peer least = servers.plain(MinimalHandler.class, nginx.port(), PEER);
                Peer haproxy = servers.haproxy(nginx.port())) {
            if (parts.contains("charge")) {
                charge(edge, plain, haproxy);
            }
            if (parts.contains("refresh")) {
                refresh(edge, least);
            }
            if (parts.contains("stream")) {
                stream(edge, plain);
            }
        }
    }

    private void charge(Peer edge, Peer plain, Peer haproxy) {
        Duration cold = Duration.ofSeconds(10);
        List<Wanted.Leased> first = Wanted.lease(edge.port(), "acme", 30_000);
        figures.add("charge cold, edge", cost(edge, 201, cold, Wanted.charges(first)));
        figures.add("charge cold, plain", cost(plain, 201, cold, Wanted.plainCharges()));
        new Load(plain.port(), 201).closed(WARM, Wanted.plainCharges());
        for (long end = System.nanoTime() + WARM.toNanos(); System.nanoTime() < end; ) {
            new Load(edge.port(), 201).closed(WARM, Wanted.charges(Wanted.lease(edge.port(), "acme", 20_000)));
        }
        for (int turn = 0; turn < TURNS; turn++) {
            int enough = (int) (12_000 * TIME.toSeconds());
            List<Wanted.Leased> tokens = Wanted.lease(edge.port(), "acme", enough);
            figures.add("charge, edge", cost(edge, 201, TIME, Wanted.charges(tokens)));
            figures.add("charge, plain", cost(plain, 201, TIME, Wanted.plainCharges()));
            figures.add("charge, haproxy", cost(haproxy, 201, TIME, Wanted.plainCharges()));
            paced(edge, plain, haproxy);
        }
        figures.row("charge, CPU", "charge, edge", "charge, plain", "µs", 0.60);
        figures.row("charge, CPU, against HAProxy", "charge, edge", "charge, haproxy", "µs", 0);
        figures.row("charge, p99 at 1,000/s", "charge p99, edge", "charge p99, plain", "µs", 1.0);
        figures.row("charge, p99 at 1,000/s, against HAProxy", "charge p99, edge", "charge p99, haproxy", "µs", 0);
        figures.row("charge, CPU, first 10 s", "charge cold, edge", "charge cold, plain", "µs", 1.0);
    }

    /** Leased at the pace of the charges: a burst of ten thousand refreshes before them would be another question. */
    private void paced(Peer edge, Peer plain, Peer haproxy) {
        int enough = (int) (PACE * LOOKS * LOOK.plus(BEFORE).plusMillis(500).toMillis() / 1000);
        Queue<Wanted.Leased> tokens = new ConcurrentLinkedQueue<>(Wanted.lease(edge.port(), "acme", enough, PACE));
        List<Load.Result> ours = new ArrayList<>();
        List<Load.Result> plains = new ArrayList<>();
        List<Load.Result> least = new ArrayList<>();
        for (int look = 0; look < LOOKS; look++) {
            ours.add(look(edge, number -> Wanted.charge(tokens.remove())));
            plains.add(look(plain, Wanted.plainCharges()));
            least.add(look(haproxy, Wanted.plainCharges()));
        }
        figures.add("charge p99, edge", Load.Result.of(ours).percentile(0.99));
        figures.add("charge p99, plain", Load.Result.of(plains).percentile(0.99));
        figures.add("charge p99, haproxy", Load.Result.of(least).percentile(0.99));
    }

    /** At its pace already when the look begins: neither connections nor what was before are looked at. */
    private static Load.Result look(Peer peer, Load.Requests charges) {
        new Load(peer.port(), 201).paced(BEFORE, PACE, charges);
        return new Load(peer.port(), 201).paced(LOOK, PACE, charges);
    }

    private void refresh(Peer edge, Peer least) {
        new Load(least.port(), 200).closed(WARM, Wanted.refreshInNewFlows("acme"));
        new Load(edge.port(), 200).closed(WARM, Wanted.refreshInOneFlow("acme"));
        for (int turn = 0; turn < TURNS; turn++) {
            figures.add("refresh, least", cost(least, 200, TIME, Wanted.refreshInNewFlows("acme")));
            figures.add("refresh reused, edge", cost(edge, 200, TIME, Wanted.refreshInOneFlow("acme")));
        }
        figures.row("refresh, reused, CPU", "refresh reused, edge", "refresh, least", "µs", 1.5);
        // A gateway whose PekoPay falls silent once the reserve is full: it serves, and mints nothing.
        try (Peer mints = servers.nginx();
                Peer deep = servers.edge("deep", servers.tenants("deep", 0, mints.port()), HEAP)) {
            new Load(deep.port(), 200).closed(WARM, Wanted.refreshInNewFlows("acme"));
            drain(deep, mints);
            drain(deep, mints); // warm only now: it is another path without mints
            for (int turn = 0; turn < TURNS; turn++) {
                figures.add("refresh reserve, edge", drain(deep, mints));
            }
        }
        figures.row("refresh, from the reserve, CPU", "refresh reserve, edge", "refresh, least", "µs", 1.5);
    }

    /** From the brim down to a tenth. */
    private static double drain(Peer deep, Peer mints) {
        mints.signal("CONT");
        Wanted.lease(deep.port(), "full", 1);
        Management.await(deep, "full", DEEP);
        mints.signal("STOP");
        Load.Requests refresh = Wanted.refreshInNewFlows("full");
        return cost(
                deep, 200, TIME.multipliedBy(10), number -> number < DEEP * 9 / 10 ? refresh.request(number) : null);
    }

    private void stream(Peer edge, Peer plain) {
        new Load(plain.port(), 200).closed(WARM, Wanted.page("full.example"));
        new Load(edge.port(), 200).closed(WARM, Wanted.page("full.example"));
        for (int turn = 0; turn < TURNS; turn++) {
            figures.add("page, edge", cost(edge, 200, TIME, Wanted.page("full.example")));
            figures.add("page, plain", cost(plain, 200, TIME, Wanted.page("full.example")));
        }
        figures.row("storefront page of 4 KB, CPU", "page, edge", "page, plain", "µs", 1.05);
    }

    /** Microseconds of the server's processor time for one request. */
    static double cost(Peer peer, int status, Duration time, Load.Requests requests) {
        long before = peer.cpu();
        Load.Result result = new Load(peer.port(), status).closed(time, requests);
        long spent = peer.cpu() - before;
        if (result.failed() > 0) {
            throw new IllegalStateException(peer.name() + ": " + result.failed() + " of " + result.done() + " failed");
        }
        return spent / 1000.0 / result.done();
    }
}
