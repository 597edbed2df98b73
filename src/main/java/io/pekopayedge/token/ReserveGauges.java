package io.pekopayedge.token;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToDoubleFunction;

/** The gauges of active reserves. Any thread. */
final class ReserveGauges {
    private final Map<String, List<Meter>> meters = new ConcurrentHashMap<>();
    private final MeterRegistry registry;

    ReserveGauges(MeterRegistry registry) {
        this.registry = registry;
    }

    void add(String tenant, TokenReserve reserve) {
        Tags of = Tags.of("tenant", tenant);
        meters.put(
                tenant,
                List.of(
                        gauge(
                                "pekopay.edge.reserve.tokens",
                                of.and("age", "fresh"),
                                reserve,
                                r -> r.look().fresh()),
                        gauge(
                                "pekopay.edge.reserve.tokens",
                                of.and("age", "stale"),
                                reserve,
                                r -> r.look().stale()),
                        gauge(
                                "pekopay.edge.reserve.target",
                                of,
                                reserve,
                                r -> r.look().target()),
                        gauge("pekopay.edge.demand", of, reserve, r -> r.look().demand())));
    }

    private Meter gauge(String name, Tags tags, TokenReserve reserve, ToDoubleFunction<TokenReserve> value) {
        return Gauge.builder(name, reserve, value).tags(tags).register(registry);
    }

    void remove(String tenant) {
        List<Meter> gone = meters.remove(tenant);
        if (gone != null) {
            gone.forEach(registry::remove);
        }
    }
}
