package io.pekopayedge.meter;

import io.micrometer.core.instrument.MeterRegistry;
import io.pekopayedge.settings.EdgeClock;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The counts of all tenants that were used of late. Any thread. */
public final class EdgeMeters {
    private final Map<String, TenantMeters> tenants = new ConcurrentHashMap<>();
    private final MeterRegistry registry;
    private final EdgeClock clock;
    private volatile Consumer<String> atFirstUse = tenant -> {};

    public EdgeMeters(MeterRegistry registry, EdgeClock clock) {
        this.registry = registry;
        this.clock = clock;
    }

    /** @param told of each tenant that had no counts, on the thread that uses it */
    public void atFirstUse(Consumer<String> told) {
        atFirstUse = told;
    }

    /** Counts as use. */
    public TenantMeters of(String tenant) {
        TenantMeters meters = unasked(tenant);
        meters.used(clock.nanos());
        return meters;
    }

    /** For what the gateway does by itself: does not count as use. */
    public TenantMeters unasked(String tenant) {
        TenantMeters known = tenants.get(tenant);
        if (known != null) {
            return known;
        }
        TenantMeters made = tenants.computeIfAbsent(tenant, id -> new TenantMeters(registry, id, clock.nanos()));
        atFirstUse.accept(tenant);
        return made;
    }

    /** Null for a tenant without any; does not count as use. */
    public @Nullable TenantMeters peek(String tenant) {
        return tenants.get(tenant);
    }

    /** Tenants that have counts now. */
    public Iterable<String> used() {
        return tenants.keySet();
    }

    /**
     * @param idleAfter by tenant
     * @param keep tenants that stay however long nobody used them
     */
    public void forgetIdle(Function<String, Duration> idleAfter, Predicate<String> keep) {
        long now = clock.nanos();
        tenants.forEach((tenant, meters) -> {
            if (now - meters.lastUsed() >= idleAfter.apply(tenant).toNanos() && !keep.test(tenant)) {
                forget(tenant);
            }
        });
    }

    public void forget(String tenant) {
        TenantMeters meters = tenants.remove(tenant);
        if (meters != null) {
            meters.close();
        }
    }

    public MeterRegistry registry() {
        return registry;
    }
}
