package io.pekopayedge.console;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.pekopayedge.charge.Charges;
import io.pekopayedge.ledger.TokenLedger;
import io.pekopayedge.meter.EdgeMeters;
import io.pekopayedge.settings.EdgeClock;
import io.pekopayedge.settings.EdgeSettings;
import io.pekopayedge.tenant.BasicCredentials;
import io.pekopayedge.tenant.Tenant;
import io.pekopayedge.tenant.TenantSource;
import io.pekopayedge.tenant.Tenants;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import reactor.core.Disposable;

/**
 * Gauges that come with a tenant's first use and go when nobody has used it for {@code reserve.idle-after}; how many
 * outcomes are unknown is told as long as there are any, though the tenant be gone. Looks once a second for those that went
 * or changed, on the clock's scheduler.
 */
public final class TenantGauges implements AutoCloseable {
    private record Shown(Tenant tenant, List<Meter> meters) {}

    private final Map<String, Shown> shown = new HashMap<>();
    private final Map<String, Meter> unknown = new HashMap<>();
    private final MeterRegistry registry;
    private final EdgeMeters used;
    private final Tenants tenants;
    private final TokenLedger ledger;
    private final Charges charges;
    private final EdgeSettings settings;
    private final Disposable looking;

    public TenantGauges(
            MeterRegistry registry,
            EdgeMeters used,
            Tenants tenants,
            TenantSource source,
            TokenLedger ledger,
            Charges charges,
            EdgeSettings settings,
            EdgeClock clock) {
        this.registry = registry;
        this.used = used;
        this.tenants = tenants;
        this.ledger = ledger;
        this.charges = charges;
        this.settings = settings;
        Gauge.builder("pekopay.edge.tenants.invalid", source, s -> s.invalid().size())
                .register(registry);
        used.atFirstUse(this::show);
        this.looking = clock.scheduler().schedulePeriodically(this::look, 1, 1, TimeUnit.SECONDS);
    }

    private synchronized void look() {
        charges.tidy(id -> tenants.byId(id) != null);
        Set<String> unsettled = ledger.unknownByTenant().keySet();
        used.forgetIdle(this::idleAfter, unsettled::contains);
        for (String id : unsettled) {
            if (tenants.byId(id) != null) {
                // Of a replica before this one, perhaps: it must be told of although nobody has come yet.
                used.unasked(id);
            }
        }
        Set<String> gone = new HashSet<>(shown.keySet());
        for (String id : used.used()) {
            Tenant tenant = tenants.byId(id);
            if (tenant == null) {
                used.forget(id);
                continue;
            }
            gone.remove(id);
            show(tenant);
        }
        gone.forEach(this::hide);
        unsettled.forEach(this::tellUnknown);
        unknown.entrySet().removeIf(told -> {
            boolean over = !shown.containsKey(told.getKey()) && !unsettled.contains(told.getKey());
            if (over) {
                registry.remove(told.getValue());
            }
            return over;
        });
    }

    private void tellUnknown(String tenant) {
        unknown.computeIfAbsent(
                tenant,
                id -> Gauge.builder("pekopay.edge.charges.unknown", ledger, l -> l.unknownOf(id))
                        .tags("tenant", id)
                        .register(registry));
    }

    private Duration idleAfter(String id) {
        Tenant tenant = tenants.byId(id);
        return (tenant == null ? settings.reserve() : tenant.reserve()).idleAfter();
    }

    private synchronized void show(String id) {
        Tenant tenant = tenants.byId(id);
        if (tenant != null) {
            show(tenant);
        }
    }

    private void show(Tenant tenant) {
        Shown now = shown.get(tenant.id());
        if (now != null && now.tenant.equals(tenant)) {
            return;
        }
        hide(tenant.id());
        tellUnknown(tenant.id());
        List<Meter> meters = new ArrayList<>();
        meters.add(credentials(tenant, "current", tenant.credentials()));
        BasicCredentials previous = tenant.previousCredentials();
        if (previous != null) {
            meters.add(credentials(tenant, "previous", previous));
        }
        shown.put(tenant.id(), new Shown(tenant, meters));
    }

    private Meter credentials(Tenant tenant, String slot, BasicCredentials pair) {
        return Gauge.builder("pekopay.edge.credentials.info", () -> 1)
                .tags(Tags.of("tenant", tenant.id(), "slot", slot, "fingerprint", pair.fingerprint()))
                .register(registry);
    }

    private void hide(String tenant) {
        Shown gone = shown.remove(tenant);
        if (gone != null) {
            gone.meters.forEach(registry::remove);
        }
    }

    @Override
    public void close() {
        looking.dispose();
    }
}
