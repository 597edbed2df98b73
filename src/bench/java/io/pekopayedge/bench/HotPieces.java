package io.pekopayedge.bench;

import com.github.benmanes.caffeine.cache.Ticker;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import io.pekopayedge.guard.ChargeBody;
import io.pekopayedge.ledger.Answer;
import io.pekopayedge.ledger.AnswerKey;
import io.pekopayedge.ledger.Attempt;
import io.pekopayedge.ledger.Digest;
import io.pekopayedge.ledger.Face;
import io.pekopayedge.ledger.MemoryLedger;
import io.pekopayedge.ledger.Outcome;
import io.pekopayedge.settings.EdgeClock;
import io.pekopayedge.settings.EdgeSettings;
import io.pekopayedge.settings.EdgeSettings.Charge;
import io.pekopayedge.tenant.BasicCredentials;
import io.pekopayedge.tenant.Tenant;
import io.pekopayedge.tenant.Tenants;
import io.pekopayedge.upstream.PassedFields;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.springframework.util.unit.DataSize;
import reactor.core.scheduler.Schedulers;

/** What every request does, piece by piece. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class HotPieces {
    private static final byte[] BODY = "{\"paymentToken\":\"sess_x\"}".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] CART = """
            {"paymentToken":"sess_0123456789abcdef0123456789abcdef","customerId":"c-1742","intent":"charge",\
            "cart":[{"sku":"paper-a4","count":2,"price":6.25,"note":"by the door, floor 3"}]}""".getBytes(StandardCharsets.US_ASCII);
    private static final Answer ANSWER = new Answer(201, "application/json", null, null, null, null, BODY);
    private static final PassedFields FIELDS =
            new PassedFields("application/json", "*/*", "en", "Mozilla/5.0", null, null);

    /** Tenants that are served. */
    @Param({"2", "10000"})
    public int tenants;

    private final Tenants all = new Tenants();
    private MemoryLedger ledger;
    private BasicCredentials credentials;
    private long next;

    @Setup
    public void fill() {
        credentials = new BasicCredentials("acme-client", "secret-of-acme-0123456789");
        all.swap(IntStream.range(0, tenants).mapToObj(this::tenant).toList());
        ledger = new MemoryLedger(
                new Charge(
                        Duration.ofSeconds(30),
                        Duration.ofSeconds(2),
                        DataSize.ofKilobytes(16),
                        64,
                        Charge.Store.MEMORY,
                        0,
                        Duration.ofHours(24),
                        DataSize.ofMegabytes(64),
                        Charge.UnknownToken.REFUSE),
                new EdgeClock(
                        Clock.systemUTC(), Ticker.systemTicker(), Schedulers.parallel(), new java.util.Random(1)));
    }

    private Tenant tenant(int number) {
        String id = "t" + number;
        return new Tenant(
                id,
                null,
                URI.create("http://localhost"),
                Set.of(id + ".example"),
                Set.of(),
                null,
                true,
                credentials,
                null,
                Map.of(),
                "charge",
                List.of(),
                new EdgeSettings.Reserve(2, 500, Duration.ofMinutes(10), Duration.ofHours(2)),
                List.of());
    }

    @Benchmark
    public Object tenantByHost() {
        return all.byHost("t1.example:443");
    }

    @Benchmark
    public Object lease() {
        return ledger.lease(token(), "t1", null, Duration.ofHours(1)).block();
    }

    /** A lease, the record before the first byte, the record of the outcome. */
    @Benchmark
    public Object charge() {
        Digest token = token();
        ledger.lease(token, "t1", null, Duration.ofHours(1)).block();
        Attempt attempt = new Attempt(
                token,
                true,
                new UUID(next, next),
                "t1",
                null,
                Face.BACKEND,
                false,
                Digest.ofRequest(Face.BACKEND, "/tenants/t1/transactions", BODY),
                "charge",
                "request",
                AnswerKey.ofToken("sess_" + next));
        ledger.begin(attempt).block();
        return ledger.finish(attempt, new Outcome.Answered(ANSWER)).block();
    }

    /** A body's one pass: JSON, card data, payment token. */
    @Benchmark
    public Object scan() {
        return ChargeBody.read(CART, List.of(), true);
    }

    @Benchmark
    public Object upstreamFields() {
        HttpHeaders headers = new DefaultHttpHeaders();
        FIELDS.forEach(headers::set);
        headers.set("Authorization", credentials.authorization());
        return headers;
    }

    private Digest token() {
        return Digest.ofToken("sess_" + ++next);
    }
}
