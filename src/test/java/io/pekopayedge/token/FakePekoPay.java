package io.pekopayedge.token;

import io.pekopayedge.settings.EdgeClock;
import io.pekopayedge.tenant.BasicCredentials;
import io.pekopayedge.upstream.PekoPayPort;
import io.pekopayedge.upstream.UpstreamFailure;
import io.pekopayedge.upstream.UpstreamReply;
import io.pekopayedge.upstream.UpstreamRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** A PekoPay without a network: answers in the clock's time and remembers when each call came. */
final class FakePekoPay implements PekoPayPort {
    /** How a mint call is met. */
    interface Manner {
        Mono<UpstreamReply> meet(UpstreamRequest request, BasicCredentials credentials);
    }

    /** A call that arrived, at the ticker's nanoseconds. */
    record Arrival(String tenant, String fingerprint, long at) {}

    final List<Arrival> arrivals = new ArrayList<>();
    private final Map<String, Manner> manners = new ConcurrentHashMap<>();
    private final AtomicInteger tokens = new AtomicInteger();
    private final EdgeClock clock;
    private Manner usual;

    FakePekoPay(EdgeClock clock) {
        this.clock = clock;
        this.usual = well(Duration.ofMillis(100));
    }

    /** From now on all tenants' calls are met so. */
    FakePekoPay on(Manner manner) {
        usual = manner;
        return this;
    }

    FakePekoPay on(String tenant, Manner manner) {
        manners.put(tenant, manner);
        return this;
    }

    int calls() {
        return arrivals.size();
    }

    long calls(String tenant) {
        return arrivals.stream().filter(a -> a.tenant().equals(tenant)).count();
    }

    @Override
    public Mono<UpstreamReply> call(UpstreamRequest request, BasicCredentials credentials, Duration limit) {
        return Mono.defer(() -> {
            String tenant = request.tenant().id();
            synchronized (arrivals) {
                arrivals.add(new Arrival(tenant, credentials.fingerprint(), clock.nanos()));
            }
            return manners.getOrDefault(tenant, usual)
                    .meet(request, credentials)
                    .timeout(limit, clock.scheduler())
                    .onErrorMap(TimeoutException.class, e -> new UpstreamFailure(UpstreamFailure.Kind.TIMEOUT));
        });
    }

    /** A new token, so much later. */
    Manner well(Duration latency) {
        return late(() -> latency);
    }

    Manner late(Supplier<Duration> latency) {
        return (request, credentials) -> later(latency.get())
                .map(tick -> ok("sess_fake" + tokens.incrementAndGet() + "_"
                        + request.tenant().id()));
    }

    /** Connections are refused. */
    Manner dead() {
        return (request, credentials) -> later(Duration.ofMillis(1))
                .flatMap(tick -> Mono.error(new UpstreamFailure(UpstreamFailure.Kind.UNREACHABLE)));
    }

    Manner failing(UpstreamFailure.Kind kind) {
        return (request, credentials) ->
                later(Duration.ofMillis(5)).flatMap(tick -> Mono.error(new UpstreamFailure(kind)));
    }

    static Manner hanging() {
        return (request, credentials) -> Mono.never();
    }

    Manner answering(int status, @Nullable String retryAfter, String body) {
        return (request, credentials) -> later(Duration.ofMillis(20)).map(tick -> reply(status, retryAfter, body));
    }

    /** Refuses all but this pair. */
    Manner accepting(BasicCredentials good) {
        Manner well = well(Duration.ofMillis(50));
        return (request, credentials) -> credentials.equals(good)
                ? well.meet(request, credentials)
                : later(Duration.ofMillis(20)).map(tick -> reply(401, null, "{}"));
    }

    private Mono<Long> later(Duration latency) {
        return Mono.delay(latency, clock.scheduler());
    }

    static UpstreamReply ok(String token) {
        return reply(200, null, "{\"token\":\"" + token + "\"}");
    }

    static UpstreamReply reply(int status, @Nullable String retryAfter, String body) {
        return new UpstreamReply(
                status, "application/json", retryAfter, null, null, null, body.getBytes(StandardCharsets.UTF_8));
    }
}
