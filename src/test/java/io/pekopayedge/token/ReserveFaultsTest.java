package io.pekopayedge.token;

import static org.assertj.core.api.Assertions.assertThat;

import io.pekopayedge.problem.Problem;
import io.pekopayedge.tenant.BasicCredentials;
import io.pekopayedge.token.FakePekoPay.Arrival;
import io.pekopayedge.token.FakePekoPay.Manner;
import io.pekopayedge.token.SessionToken.Age;
import io.pekopayedge.token.VirtualEdge.Asked;
import io.pekopayedge.upstream.UpstreamFailure.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Faults of PekoPay, of the clock and of the world, with every call upstream counted. Virtual time. */
class ReserveFaultsTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    /** Requests at even distances; each lease is recorded as TokenDesk does. */
    private static List<Asked> load(VirtualEdge edge, String tenant, Duration between, Duration time) {
        List<Asked> all = new ArrayList<>();
        for (long left = time.toNanos(); left > 0; left -= between.toNanos()) {
            all.add(edge.ask(tenant));
            edge.pass(between);
        }
        return all;
    }

    private static VirtualEdge awake(String... settings) {
        VirtualEdge edge = new VirtualEdge(settings).serving("acme");
        edge.ask("acme");
        edge.pass(Duration.ofSeconds(5));
        return edge;
    }

    /** F9. */
    @ParameterizedTest
    @CsvSource({"429,30", "503,120"})
    void retryAfter_pausesMintingSoLong_thenItResumes(int status, int seconds) {
        VirtualEdge edge = awake("reserve.min=4", "token.fresh-for=10s");
        edge.pekoPay.on(edge.pekoPay.answering(status, "" + seconds, ""));
        int before = edge.pekoPay.calls();
        while (edge.pekoPay.calls() == before) {
            edge.pass(Duration.ofMillis(100));
        }
        edge.pass(Duration.ofMillis(500));
        long asked = edge.pekoPay.arrivals.get(edge.pekoPay.calls() - 1).at();
        int paused = edge.pekoPay.calls();
        assertThat(paused - before).isLessThanOrEqualTo(4);
        edge.pekoPay.on(edge.pekoPay.well(Duration.ofMillis(50)));
        edge.pass(Duration.ofSeconds(seconds).multipliedBy(12).dividedBy(10));
        assertThat(edge.pekoPay.calls()).isGreaterThan(paused);
        double pause = (edge.pekoPay.arrivals.get(paused).at() - asked) / 1e9;
        System.out.printf("F9: %d with Retry-After %d s: next call after %.2f s%n", status, seconds, pause);
        assertThat(pause).isBetween((double) seconds, seconds * 1.1);
        edge.pass(Duration.ofSeconds(5));
        assertThat(edge.look("acme").fresh()).isGreaterThanOrEqualTo(4);
    }

    /** F10. */
    @Test
    void outageOfTwentyMinutes_atFiveRefreshesASecond_isServed() {
        VirtualEdge edge = new VirtualEdge("reserve.cover=20m", "reserve.max=10000").serving("acme");
        Duration between = Duration.ofMillis(200);
        load(edge, "acme", between, Duration.ofMinutes(15));
        edge.pekoPay.on(edge.pekoPay.dead());
        int calls = edge.pekoPay.calls();
        long least = Long.MAX_VALUE;
        List<Asked> all = new ArrayList<>();
        for (int i = 0; i < 6000; i++) {
            Asked asked = edge.ask("acme");
            if (asked.leased != null) {
                least = Math.min(least, asked.token().livesFor(edge.clock.nanos()));
            }
            all.add(asked);
            edge.pass(between);
        }
        long served = all.stream().filter(a -> a.leased != null).count();
        Set<Object> tokens = new HashSet<>();
        all.stream()
                .filter(a -> a.leased != null)
                .forEach(a -> tokens.add(a.token().digest()));
        System.out.printf(
                "F10: served %d of 6000, %d distinct, least life %d s, %d calls in the outage%n",
                served, tokens.size(), TimeUnit.NANOSECONDS.toSeconds(least), edge.pekoPay.calls() - calls);
        assertThat(served).isGreaterThanOrEqualTo(5940);
        assertThat(tokens).hasSize((int) served);
        assertThat(Duration.ofNanos(least)).isGreaterThanOrEqualTo(Duration.ofMinutes(5));
    }

    /**
     * F11: each client asks, is told when to come back, and does. At the default rate of 50 a second 500 tokens take nine
     * seconds, with the turns saved up in the outage; the wait until its end is seen comes on top.
     */
    @ParameterizedTest
    @CsvSource({"50,10", "100,8"})
    void endOfAnOutage_with500ClientsWaiting_isNoStampede(int rate, double seconds) {
        VirtualEdge edge = awake("breaker.open-for=2s", "mint.max-concurrent=8", "mint.rate=" + rate);
        edge.pekoPay.on(edge.pekoPay.dead());
        load(edge, "acme", Duration.ofMillis(100), Duration.ofMinutes(3));
        Asked[] clients = new Asked[500];
        long[] comesAt = new long[500];
        Arrays.fill(comesAt, edge.clock.nanos());
        Duration step = Duration.ofMillis(20);
        long end = 0;
        int before = 0;
        long healthy = 0;
        for (int tick = 0; healthy == 0 && tick < 3000; tick++) {
            if (tick == 250) {
                edge.pekoPay.on(edge.pekoPay.well(Duration.ofMillis(50)));
                end = edge.clock.nanos();
                before = edge.pekoPay.calls();
            }
            boolean all = true;
            for (int i = 0; i < clients.length; i++) {
                if (clients[i] != null && clients[i].problem != null) {
                    comesAt[i] = clients[i].answeredAt
                            + Math.max(
                                    SECOND.toNanos(),
                                    clients[i].problem.retryAfter().toNanos());
                    clients[i] = null;
                }
                if (clients[i] == null && edge.clock.nanos() - comesAt[i] >= 0) {
                    clients[i] = edge.ask("acme");
                }
                all &= clients[i] != null && clients[i].leased != null;
            }
            if (all) {
                healthy = edge.clock.nanos();
            }
            edge.pass(step);
        }
        List<Arrival> calls = edge.pekoPay.arrivals.subList(before, edge.pekoPay.calls());
        long most = calls.stream()
                .mapToLong(first -> calls.stream()
                        .filter(c -> c.at() - first.at() >= 0 && c.at() - first.at() < SECOND.toNanos())
                        .count())
                .max()
                .orElse(0);
        System.out.printf(
                "F11: all 500 healthy %.1f s after the end, at most %d mints in a second (rate %d)%n",
                (healthy - end) / 1e9, most, rate);
        assertThat(healthy).isNotZero();
        assertThat(Duration.ofNanos(healthy - end)).isLessThanOrEqualTo(Duration.ofMillis((long) (seconds * 1000)));
        assertThat(most).isLessThanOrEqualTo(2 * rate);
    }

    /** F12. */
    @ParameterizedTest
    @ValueSource(strings = {"dead", "hanging", "refusing"})
    void oneTenantsPekoPay_doesNotConcernTheOthers(String how) {
        double[] p99 = new double[2];
        for (int broken = 0; broken < 2; broken++) {
            String[] busy = IntStream.range(0, 50).mapToObj(i -> "busy" + i).toArray(String[]::new);
            // One token at most is ready, so that the others wait for their turns to mint beside the sick one.
            VirtualEdge edge = new VirtualEdge("mint.rate=100", "reserve.min=0", "reserve.max=1")
                    .serving(busy)
                    .serving("sick");
            if (broken == 1) {
                edge.pekoPay.on(
                        "sick",
                        switch (how) {
                            case "dead" -> edge.pekoPay.dead();
                            case "hanging" -> FakePekoPay.hanging();
                            default -> edge.pekoPay.answering(401, null, "{}");
                        });
            }
            List<Asked> others = new ArrayList<>();
            for (int tick = 0; tick < 900; tick++) {
                edge.ask("sick");
                edge.ask("sick");
                // Two at once: one finds a token, the other waits for its tenant's turn.
                List<Asked> two = List.of(edge.ask(busy[tick % 50]), edge.ask(busy[tick % 50]));
                if (tick > 300) {
                    others.addAll(two);
                }
                edge.pass(Duration.ofMillis(50));
            }
            edge.pass(SECOND);
            assertThat(others).allSatisfy(a -> assertThat(a.leased).isNotNull());
            p99[broken] = others.stream()
                    .mapToLong(a -> a.waited().toNanos())
                    .sorted()
                    .skip(others.size() * 99L / 100)
                    .findFirst()
                    .orElse(0);
            System.out.printf(
                    "F12 %s=%d: others' p99 %.1f ms, calls of the sick %d%n",
                    how, broken, p99[broken] / 1e6, edge.pekoPay.calls("sick"));
        }
        assertThat(p99[1]).isLessThanOrEqualTo(p99[0] * 1.1 + 1e6);
    }

    /** F19: the wall clock jumps; the process is stopped. */
    @Test
    void clocks_neverLetADeadTokenOut() {
        VirtualEdge edge = awake("reserve.min=5", "reserve.max=5");
        edge.pekoPay.on(edge.pekoPay.dead());
        edge.pass(Duration.ofMinutes(20));
        for (int hours : new int[] {1, -2, 1}) {
            edge.wallJump = edge.wallJump.plusHours(hours);
            assertThat(edge.ask("acme").token().age(edge.clock.nanos())).isNotEqualTo(Age.DEAD);
        }
        assertThat(edge.look("acme").fresh() + edge.look("acme").stale()).isEqualTo(2);
        // Stopped just before serve-until: nothing has swept when the next request comes.
        edge.pass(Duration.ofMinutes(34));
        assertThat(edge.look("acme").stale()).isEqualTo(2);
        edge.stopFor(Duration.ofMinutes(2));
        Asked asked = edge.ask("acme");
        edge.pass(Duration.ofSeconds(4));
        assertThat(asked.leased).isNull();
        assertThat(asked.problem.problem()).isEqualTo(Problem.TOKEN_UNAVAILABLE);
    }

    @Test
    void expiresAt_countsFromTheMomentOfAsking() {
        VirtualEdge edge = new VirtualEdge("reserve.min=0").serving("acme");
        edge.pekoPay.on(edge.pekoPay.well(Duration.ofMillis(1900)));
        Asked asked = edge.ask("acme");
        edge.pass(Duration.ofSeconds(3));
        assertThat(new String(asked.token().json(), java.nio.charset.StandardCharsets.US_ASCII))
                .contains("\"expiresAt\":\"2026-11-22T01:00:00Z\"");
        assertThat(Duration.ofNanos(asked.token().livesFor(edge.clock.nanos())))
                .isEqualTo(Duration.ofMinutes(60).minusSeconds(3));
    }

    /** F21, the tokens' part: who is not a tenant leaves nothing behind. */
    @Test
    void waking_ofManyTenants_andTheirForgetting_leavesNoSeries() {
        int many = Integer.getInteger("chaos.tenants", 300);
        VirtualEdge edge = new VirtualEdge(
                "reserve.idle-after=1m",
                "token.ttl=4m",
                "token.serve-until=3m",
                "token.fresh-for=1m",
                "mint.rate=100000");
        String[] ids = IntStream.range(0, many).mapToObj(i -> "t" + i).toArray(String[]::new);
        edge.serving(ids);
        int before = edge.registry.getMeters().size();
        for (String id : ids) {
            edge.ask(id);
        }
        edge.pass(Duration.ofSeconds(10));
        assertThat(edge.registry.getMeters().size()).isGreaterThan(before + 4 * many);
        edge.pass(Duration.ofMinutes(5));
        edge.meters.forgetIdle(id -> Duration.ofMinutes(1), id -> false);
        assertThat(edge.registry.getMeters()).hasSize(before);
        assertThat(ids).noneMatch(edge.reserves::isActive);
    }

    /** Every kind of failure for an hour, with a shopper every second: how often is PekoPay asked? */
    @Test
    void failureLoop_isBounded() {
        Map<String, Integer> calls = new LinkedHashMap<>();
        Map<String, String> reasons = new LinkedHashMap<>();
        for (String kind : List.of(
                "unreachable",
                "tls",
                "broken",
                "hanging",
                "500",
                "302",
                "404",
                "429",
                "503",
                "401",
                "401 both",
                "empty",
                "{}",
                "null",
                "not a string",
                "too long",
                "CR/LF",
                "blank",
                "not JSON",
                "over 64 KB",
                "over 1 MB",
                "seen before")) {
            VirtualEdge edge = new VirtualEdge("reserve.cover=1m");
            edge.change(edge.tenant(
                    "acme",
                    VirtualEdge.pair("acme", "now"),
                    kind.endsWith("both") ? VirtualEdge.pair("acme", "old") : null));
            edge.ask("acme");
            edge.pass(Duration.ofSeconds(5));
            int before = edge.pekoPay.calls();
            edge.pekoPay.on(manner(edge, kind));
            Duration time = Duration.ofMinutes(Integer.getInteger("chaos.failureMinutes", 60));
            List<Asked> asked = load(edge, "acme", SECOND, time);
            calls.put(kind, edge.pekoPay.calls() - before);
            reasons.put(kind, edge.look("acme").failure());
            assertThat(asked.subList(asked.size() - 60, asked.size() - 4))
                    .allSatisfy(a -> assertThat(a.problem).isNotNull());
            edge.pekoPay.on(edge.pekoPay.well(Duration.ofMillis(50)));
            edge.change(edge.tenant("acme", VirtualEdge.pair("acme", "renewed"), null));
            edge.pass(Duration.ofSeconds(21));
            Asked after = edge.ask("acme");
            edge.pass(SECOND);
            assertThat(after.leased).as("after " + kind).isNotNull();
            edge.close();
        }
        System.out.println("Failure loop, upstream calls in an hour with a refresh a second:");
        calls.forEach((kind, count) -> System.out.printf("  %-14s %-20s %5d%n", kind, reasons.get(kind), count));
        assertThat(calls).allSatisfy((kind, count) -> assertThat(count).as(kind).isBetween(1, 1500));
        assertThat(calls.get("401")).isLessThanOrEqualTo(25);
        assertThat(calls.get("401 both")).isLessThanOrEqualTo(50);
        assertThat(reasons.get("401")).isEqualTo("credentials-refused");
        assertThat(reasons.get("302")).isEqualTo("status");
        assertThat(reasons.get("429")).isEqualTo("rate-limited");
        assertThat(reasons.get("seen before")).isEqualTo("repeated-token");
        assertThat(List.of(
                        "empty",
                        "{}",
                        "null",
                        "not a string",
                        "too long",
                        "CR/LF",
                        "blank",
                        "not JSON",
                        "over 64 KB",
                        "over 1 MB"))
                .allSatisfy(kind -> assertThat(reasons.get(kind)).as(kind).isEqualTo("bad-answer"));
    }

    private static Manner manner(VirtualEdge edge, String kind) {
        FakePekoPay fake = edge.pekoPay;
        return switch (kind) {
            case "unreachable" -> fake.dead();
            case "tls" -> fake.failing(Kind.TLS);
            case "broken" -> fake.failing(Kind.BROKEN);
            case "over 1 MB" -> fake.failing(Kind.UNUSABLE);
            case "hanging" -> FakePekoPay.hanging();
            case "500", "302", "404", "429", "503", "401" -> fake.answering(Integer.parseInt(kind), null, "{}");
            case "401 both" -> fake.answering(401, null, "");
            case "empty" -> fake.answering(200, null, "");
            case "{}" -> fake.answering(200, null, "{}");
            case "null" -> fake.answering(200, null, "{\"token\":null}");
            case "not a string" -> fake.answering(200, null, "{\"token\":17}");
            case "too long" -> fake.answering(200, null, "{\"token\":\"" + "x".repeat(4097) + "\"}");
            case "CR/LF" -> fake.answering(200, null, "{\"token\":\"sess_a\\r\\nSet-Cookie: b\"}");
            case "blank" -> fake.answering(200, null, "{\"token\":\"\"}");
            case "not JSON" -> fake.answering(200, null, "<html>sess_a</html>");
            case "over 64 KB" ->
                fake.answering(200, null, "{\"token\":\"sess_a\",\"x\":\"" + "x".repeat(70_000) + "\"}");
            default -> {
                SessionToken known = edge.ask("acme").token();
                edge.ledger
                        .lease(known.digest(), "acme", null, Duration.ofHours(2))
                        .subscribe();
                String json = new String(known.json(), java.nio.charset.StandardCharsets.US_ASCII);
                yield fake.answering(200, null, json);
            }
        };
    }

    /** Nothing is asked upstream before, and who comes back when told to is served. */
    @ParameterizedTest
    @ValueSource(strings = {"unreachable", "hanging", "429", "503", "401", "{}"})
    void retryAfter_isTrue(String kind) {
        VirtualEdge edge = new VirtualEdge("reserve.min=0").serving("acme");
        edge.pekoPay.on(manner(edge, kind));
        Asked refused = edge.ask("acme");
        for (int seconds = 0; seconds < 60 || refused.problem == null; seconds++) {
            edge.pass(SECOND);
            refused = edge.ask("acme");
            assertThat(seconds).isLessThan(600);
        }
        assertThat(refused.waited()).isZero();
        int calls = edge.pekoPay.calls();
        edge.pekoPay.on(edge.pekoPay.well(Duration.ofMillis(50)));
        edge.pass(refused.problem.retryAfter().minusMillis(1));
        assertThat(edge.pekoPay.calls()).isEqualTo(calls);
        edge.pass(Duration.ofMillis(1));
        Asked again = edge.ask("acme");
        edge.pass(Duration.ofMillis(200));
        System.out.printf(
                "Retry-After of %s: %.1f s, true%n",
                kind, refused.problem.retryAfter().toMillis() / 1e3);
        assertThat(again.leased).isNotNull();
    }

    @Test
    void credentialsThatChange_areTriedAtOnce() {
        VirtualEdge edge = new VirtualEdge().serving("acme");
        BasicCredentials renewed = VirtualEdge.pair("acme", "renewed");
        edge.pekoPay.on(edge.pekoPay.accepting(renewed));
        Asked refused = edge.ask("acme");
        edge.pass(Duration.ofMinutes(20));
        assertThat(refused.problem.problem()).isEqualTo(Problem.CREDENTIALS_REFUSED);
        assertThat(edge.look("acme").breaker()).isEqualTo("CLOSED");
        edge.change(edge.tenant("acme", renewed, null));
        edge.pass(Duration.ofMillis(300));
        assertThat(edge.ask("acme").leased).isNotNull();
    }
}
