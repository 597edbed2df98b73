package io.pekopayedge.token;

import io.pekopayedge.token.SessionToken.Age;
import io.pekopayedge.upstream.UpstreamReply;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * A day of a busy shop before the real reserves, in virtual time: shoppers come by chance at a rate that follows the
 * clock, PekoPay is away for twenty minutes at lunch and half of its answers are slow for an hour in the afternoon.
 * Deterministic.
 */
final class ShopDay {
    static final Duration OUTAGE_FROM = Duration.ofMinutes(12 * 60 + 20);
    static final Duration OUTAGE_TO = OUTAGE_FROM.plusMinutes(20);
    static final Duration SLOW_FROM = Duration.ofHours(16);
    static final Duration SLOW_TO = Duration.ofHours(17);
    static final Duration PER_SAMPLE = Duration.ofMinutes(2);

    /** Hour of the day, shoppers per second; straight lines between. */
    private static final double[][] RATE = {
        {0, 0.2},
        {6, 0.2},
        {9, 1},
        {11.5, 2},
        {12.1, 5},
        {13, 5},
        {14.5, 1.5},
        {18, 1.5},
        {19.5, 2.5},
        {21, 1.5},
        {23, 0.3},
        {24, 0.2}
    };

    /** Two minutes of the day, as they ended. */
    record Sample(
            int minute,
            double rate,
            int target,
            int fresh,
            int stale,
            double oldestMinutes,
            int served,
            int refused,
            int mints,
            String breaker) {}

    final List<Sample> samples = new ArrayList<>();
    final VirtualEdge edge;
    final long idleHours[] = new long[24];
    int asked;
    int leases;
    int repeated;
    int dead;
    int askedInOutage;
    int servedInOutage;
    int servedWhileWell;
    int freshWhileWell;
    Duration leastLife = Duration.ofHours(1);
    private final Random chance;
    private final Random latency = new Random(3);
    private final Scheduler scheduler;
    private int served;
    private int refused;
    private int mints;

    ShopDay(long seed) {
        chance = new Random(seed);
        edge = new VirtualEdge("reserve.cover=20m", "reserve.max=10000", "charge.memory=256MB").serving("busy", "idle");
        scheduler = edge.clock.scheduler();
        edge.pekoPay.on(this::pekoPay);
        edge.pekoPay.on("idle", (request, credentials) -> {
            idleHours[(int) Duration.ofNanos(edge.elapsed()).toHours()]++;
            return edge.pekoPay.well(Duration.ofMillis(80)).meet(request, credentials);
        });
    }

    ShopDay run() {
        edge.ledger.start();
        nextShopper();
        scheduler.schedule(() -> edge.ask("idle"), 8, TimeUnit.HOURS);
        for (int minute = 0; minute < 24 * 60; minute += (int) PER_SAMPLE.toMinutes()) {
            edge.pass(PER_SAMPLE);
            sample(minute + (int) PER_SAMPLE.toMinutes());
        }
        edge.close();
        edge.ledger.close();
        return this;
    }

    private boolean within(Duration from, Duration to) {
        long now = edge.elapsed();
        return now >= from.toNanos() && now < to.toNanos();
    }

    boolean outage() {
        return within(OUTAGE_FROM, OUTAGE_TO);
    }

    private boolean slow() {
        return within(SLOW_FROM, SLOW_TO);
    }

    /** Refused connections in the outage; else 60–140 ms, or in the slow hour every second time 1.5 s. */
    private Mono<UpstreamReply> pekoPay(
            io.pekopayedge.upstream.UpstreamRequest request, io.pekopayedge.tenant.BasicCredentials credentials) {
        mints++;
        if (outage()) {
            return edge.pekoPay.dead().meet(request, credentials);
        }
        Duration takes =
                slow() && latency.nextBoolean() ? Duration.ofMillis(1500) : Duration.ofMillis(60 + latency.nextInt(80));
        return edge.pekoPay.well(takes).meet(request, credentials);
    }

    private static double rate(double hour) {
        int i = 1;
        while (RATE[i][0] < hour) {
            i++;
        }
        double share = (hour - RATE[i - 1][0]) / (RATE[i][0] - RATE[i - 1][0]);
        return RATE[i - 1][1] + share * (RATE[i][1] - RATE[i - 1][1]);
    }

    private double hour() {
        return edge.elapsed() / 3.6e12;
    }

    /** A Poisson process of five a second, thinned to the hour's rate. */
    private void nextShopper() {
        double wait = 0;
        double hour = hour();
        do {
            wait += -Math.log(1 - chance.nextDouble()) / 5;
        } while (hour + wait / 3600 < 24 && chance.nextDouble() * 5 > rate(hour + wait / 3600));
        if (hour + wait / 3600 < 24) {
            scheduler.schedule(
                    () -> {
                        shopper();
                        nextShopper();
                    },
                    (long) (wait * 1e9),
                    TimeUnit.NANOSECONDS);
        }
    }

    private void shopper() {
        boolean inOutage = outage();
        asked++;
        askedInOutage += inOutage ? 1 : 0;
        edge.reserves
                .next(edge.tenant("busy"))
                .flatMap(leased -> edge.ledger
                        .lease(
                                leased.token().digest(),
                                "busy",
                                null,
                                Duration.ofNanos(leased.token().livesFor(edge.clock.nanos())))
                        .doOnNext(first -> repeated += first ? 0 : 1)
                        .thenReturn(leased.token()))
                .subscribe(token -> leased(token, inOutage), error -> refused++);
    }

    private void leased(SessionToken token, boolean inOutage) {
        long now = edge.clock.nanos();
        leases++;
        served++;
        servedInOutage += inOutage ? 1 : 0;
        dead += token.age(now) == Age.DEAD ? 1 : 0;
        Duration life = Duration.ofNanos(token.livesFor(now));
        leastLife = life.compareTo(leastLife) < 0 ? life : leastLife;
        if (!outage()) {
            servedWhileWell++;
            freshWhileWell += token.age(now) == Age.FRESH ? 1 : 0;
        }
    }

    private void sample(int minute) {
        Reserves.Look look = edge.look("busy");
        samples.add(new Sample(
                minute,
                rate(minute / 60.0),
                look.target(),
                look.fresh(),
                look.stale(),
                look.oldestAge() == null ? 0 : look.oldestAge().toSeconds() / 60.0,
                served,
                refused,
                mints,
                look.breaker()));
        served = 0;
        refused = 0;
        mints = 0;
    }

    /** Every half hour, and every four minutes around the outage. */
    String table() {
        StringBuilder table =
                new StringBuilder("time   asked/s  target  fresh  stale  oldest  served  refused  mints  breaker\n");
        int servedSince = 0;
        int refusedSince = 0;
        int mintsSince = 0;
        for (Sample s : samples) {
            servedSince += s.served();
            refusedSince += s.refused();
            mintsSince += s.mints();
            boolean closely = s.minute() > 12 * 60 + 12 && s.minute() <= 13 * 60;
            if (s.minute() % (closely ? 4 : 30) != 0) {
                continue;
            }
            table.append(String.format(
                    Locale.ROOT,
                    "%02d:%02d  %7.2f  %6d  %5d  %5d  %4.0fmin  %6d  %7d  %5d  %s%n",
                    s.minute() / 60,
                    s.minute() % 60,
                    s.rate(),
                    s.target(),
                    s.fresh(),
                    s.stale(),
                    s.oldestMinutes(),
                    servedSince,
                    refusedSince,
                    mintsSince,
                    s.breaker()));
            servedSince = 0;
            refusedSince = 0;
            mintsSince = 0;
        }
        return table.toString();
    }
}
