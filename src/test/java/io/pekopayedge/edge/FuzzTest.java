package io.pekopayedge.edge;

import static io.pekopayedge.edge.EdgeUnderTest.apiKey;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import io.pekopayedge.sandbox.Behaviour;
import io.pekopayedge.sandbox.Call;
import io.pekopayedge.sandbox.PekoPaySandbox;
import io.pekopayedge.sandbox.Reply;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Test;

/** Requests changed at random, by a seed that is printed with what they met: {@code -Dchaos.fuzz=20000} for all of them. */
class FuzzTest {
    private static final int REQUESTS = Integer.getInteger("chaos.fuzz", 1_500);
    private static final long SEED = Long.getLong("chaos.seed", 20261122);
    private static final int CLIENTS = 48;
    private static final int SILENCE_MILLIS = 2_000;

    private static final List<String> NASTY = List.of(
            "\r\n",
            "\n",
            "\r",
            "\0",
            " ",
            "\t",
            ":",
            ";",
            "//",
            "/../",
            "%2e%2e",
            "%00",
            "%",
            "%ff",
            "\u00FF",
            "\\",
            "|",
            "{",
            "}",
            "\"",
            "Host: x\r\n",
            "Content-Length: 0\r\n",
            "Content-Length: -1\r\n",
            "Transfer-Encoding: chunked\r\n",
            "0\r\n\r\n",
            "HTTP/1.1",
            "HTTP/0.9",
            "TRACE ",
            "\r\n\r\n",
            "Expect: 100-continue\r\n",
            "Connection: close, Host\r\n",
            "Upgrade: h2c\r\n",
            "Origin: null\r\n",
            "Authorization: x\r\n",
            "Cookie: __Host-checkout-flow=\r\n",
            "X-Checkout-Flow: \u00FC\r\n",
            "#",
            "?",
            "&",
            "=",
            "\u0016\u0003\u0001",
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
            "4242424242424242",
            "{\"paymentToken\":",
            "[[[[[[[[",
            "\\u0000",
            "\u00ED\u00A0\u0080");

    private static final String HOST = "Host: acme.localhost\r\n";
    private static final String KEY = "Authorization: Bearer " + apiKey("acme") + "\r\n";

    /** Ends what a change has left without an end, so that nobody has to wait: the last request, or the rest of a body. */
    private static final String END =
            "\r\n\r\nGET /" + "x".repeat(200) + " HTTP/1.1\r\n" + HOST + "Connection: close\r\n\r\n";

    private final Map<Integer, LongAdder> met = new ConcurrentHashMap<>();
    private final Map<String, Integer> faults = new ConcurrentHashMap<>();

    @Test
    void server_underRandomRequests_neverFails_andHoldsNothing() throws Exception {
        try (PekoPaySandbox pekoPay =
                        PekoPaySandbox.start().addClient("acme", "acme-client", EdgeUnderTest.secret("acme"));
                PekoPaySandbox shop = PekoPaySandbox.start();
                EdgeUnderTest edge = EdgeUnderTest.start(
                        tenants -> tenants.add("acme", pekoPay.baseUrl(), "storefront: " + shop.baseUrl()),
                        // A machine that is busy with other things is no fault.
                        "pekopay.edge.mint.timeout=30s",
                        "pekopay.edge.mint.wait=30s",
                        "pekopay.edge.charge.connect-timeout=30s",
                        "pekopay.edge.charge.max-concurrent=1000",
                        "pekopay.edge.breaker.window=10000",
                        "pekopay.edge.mint.max-concurrent=64",
                        "logging.level.io.pekopayedge.stream=DEBUG");
                LogLines log = new LogLines()) {
            shop.on(call -> true, Behaviour.answering(Reply.json(200, Map.of())));
            List<String> good = good();
            fuzz(edge, good, REQUESTS / 5, SEED);
            long before = heap();
            fuzz(edge, good, REQUESTS - REQUESTS / 5, SEED + 1);
            long grown = heap() - before;
            System.out.printf(
                    "%d random requests, seed %d: answers by status %s (0 = closed or unfinished), heap %+d KB%n",
                    REQUESTS, SEED, new TreeMap<>(met), grown >> 10);

            assertThat(faults)
                    .as(() -> String.join(
                            "\n",
                            log.events().stream()
                                    .filter(event -> event.getLevel() == Level.DEBUG)
                                    .map(LogLines::text)
                                    .toList()))
                    .isEmpty();
            assertThat(met.keySet()).contains(200, 204, 400, 401, 404, 405, 409, 505);
            assertThat(edge.get("/t/acme/api/payment-token/refresh").statusCode())
                    .isEqualTo(200);
            assertThat(log.events())
                    .noneMatch(event -> event.getLevel().isGreaterOrEqual(Level.ERROR)
                            || event.getThrowableProxy() != null
                            || event.getFormattedMessage().contains("LEAK"));
            // What the sandboxes have recorded of it is theirs.
            assertThat(grown)
                    .isLessThan((32L << 20)
                            + 2_000L * (pekoPay.calls().size() + shop.calls().size()));
            assertThat(pekoPay.calls().stream().filter(Call::isCharge).map(Call::paymentToken))
                    .doesNotHaveDuplicates();
        }
    }

    private static List<String> good() {
        String body = "{\"paymentToken\":\"sess_abc\",\"customerId\":\"c-1\",\"intent\":\"charge\"}";
        return List.of(
                "GET /t/acme/api/payment-token/refresh HTTP/1.1\r\n" + HOST + "X-Checkout-Flow: " + "a".repeat(30)
                        + "\r\n\r\n",
                "GET /api/payment-token/refresh HTTP/1.1\r\n" + HOST
                        + "Cookie: __Host-checkout-flow=aaaaaaaaaaaaaaaaaaaaaa\r\n\r\n",
                "POST /api/checkout/charge?x=1 HTTP/1.1\r\n" + HOST
                        + "Content-Type: application/json\r\nContent-Length: " + body.length() + "\r\n\r\n" + body,
                "POST /t/acme/api/checkout/charge HTTP/1.1\r\n" + HOST + "Content-Type: application/json\r\n"
                        + "Transfer-Encoding: chunked\r\n\r\n" + Integer.toHexString(body.length()) + "\r\n" + body
                        + "\r\n0\r\n\r\n",
                "OPTIONS /api/checkout/charge HTTP/1.1\r\n" + HOST + "Origin: https://acme.localhost\r\n\r\n",
                "POST /tenants/acme/transactions HTTP/1.1\r\n" + HOST + KEY + "Content-Type: application/json\r\n"
                        + "Idempotency-Key: k\r\nContent-Length: " + body.length() + "\r\n\r\n" + body,
                "GET /tenants/acme/customers?limit=1 HTTP/1.1\r\n" + HOST + KEY + "\r\n",
                "POST /payment-token/acme/generate HTTP/1.1\r\n" + HOST + KEY + "Content-Length: 0\r\n\r\n",
                "POST /upload?q=a|b HTTP/1.1\r\n" + HOST + "Content-Length: 5\r\n\r\nhello",
                "GET /index.html HTTP/1.1\r\n" + HOST + "Connection: keep-alive\r\n\r\n");
    }

    private void fuzz(EdgeUnderTest edge, List<String> good, int requests, long seed) throws Exception {
        ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
        SplittableRandom root = new SplittableRandom(seed);
        List<Future<?>> all = new ArrayList<>();
        for (int i = 0; i < requests; i++) {
            SplittableRandom random = root.split();
            all.add(clients.submit(() -> meet(edge, changed(good, random), random)));
        }
        for (Future<?> one : all) {
            one.get();
        }
        clients.shutdown();
    }

    private void meet(EdgeUnderTest edge, String request, SplittableRandom random) {
        try (Wire wire = new Wire(edge.port())) {
            int cut = random.nextInt(4) == 0 ? random.nextInt(request.length() + 1) : 0;
            Wire.Said said = wire.send(request.substring(0, cut))
                    .send(request.substring(cut) + END)
                    .rest(SILENCE_MILLIS);
            List<Integer> statuses = said.statuses().isEmpty() ? List.of(0) : said.statuses();
            for (int status : statuses) {
                met.computeIfAbsent(status, s -> new LongAdder()).increment();
                if (status >= 500 && status != 505) {
                    faults.put(request + "\n--\n" + said.text(), status);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One to six changes; now and then none of it was ever a request. */
    private static String changed(List<String> good, SplittableRandom random) {
        if (random.nextInt(20) == 0) {
            return random.ints(1 + random.nextInt(300), 0, 256)
                    .collect(StringBuilder::new, (text, c) -> text.append((char) c), StringBuilder::append)
                    .toString();
        }
        StringBuilder request = new StringBuilder(good.get(random.nextInt(good.size())));
        for (int changes = random.nextInt(7); changes > 0 && !request.isEmpty(); changes--) {
            int at = random.nextInt(request.length());
            int to = Math.min(request.length(), at + 1 + random.nextInt(12));
            switch (random.nextInt(6)) {
                case 0 -> request.setCharAt(at, (char) random.nextInt(256));
                case 1 -> request.delete(at, to);
                case 2 -> request.insert(at, request.substring(at, to));
                case 3 ->
                    request.insert(at, NASTY.get(random.nextInt(NASTY.size())).repeat(random.nextInt(8) == 0 ? 50 : 1));
                case 4 -> request.insert(lineStart(request, at), NASTY.get(random.nextInt(NASTY.size())));
                default -> request.append(good.get(random.nextInt(good.size())));
            }
        }
        return request.toString();
    }

    private static int lineStart(StringBuilder request, int at) {
        return request.lastIndexOf("\n", at) + 1;
    }

    private static long heap() throws InterruptedException {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
