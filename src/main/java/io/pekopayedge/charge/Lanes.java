package io.pekopayedge.charge;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.github.benmanes.caffeine.cache.RemovalCause;
import io.pekopayedge.settings.EdgeClock;
import io.pekopayedge.settings.EdgeSettings;
import io.pekopayedge.settings.EdgeSettings.Charge;
import io.pekopayedge.tenant.Tenant;
import io.pekopayedge.upstream.Breakers;
import java.time.Duration;
import java.util.function.Predicate;

/** The lanes of the tenants that charged of late; who lets one go lets its breaker's metrics go. Any thread. */
final class Lanes {
    private final Cache<String, Lane> lanes;
    private final Breakers breakers;
    private final Charge settings;
    /**
     * A lane is kept so long, whatever the tenant's {@code idle-after}: it has charges under way until their time is up, and
     * a breaker that they open is cut for {@code open-for}, and then tries for so long or until a charge's time is up.
     */
    private final Duration atLeast;

    Lanes(Breakers breakers, EdgeSettings settings, EdgeClock clock) {
        this.breakers = breakers;
        this.settings = settings.charge();
        this.atLeast =
                settings.charge().timeout().plus(settings.breaker().openFor()).multipliedBy(2);
        this.lanes = Caffeine.newBuilder()
                .expireAfter(Expiry.<String, Lane>accessing((tenant, lane) -> lane.idleAfter()))
                .ticker(clock.ticker())
                .executor(Runnable::run)
                .removalListener((tenant, lane, cause) -> {
                    if (lane != null && cause != RemovalCause.REPLACED) {
                        lane.breaker().close();
                    }
                })
                .build();
    }

    /** @param tenant in its newest version */
    Lane of(Tenant tenant) {
        Lane lane = lanes.get(
                tenant.id(),
                id -> new Lane(
                        tenant.baseUrl(),
                        breakers.forCharging(id, Aftermath::unhealthy, settings.timeout()),
                        settings.maxConcurrent(),
                        longer(tenant.reserve().idleAfter(), atLeast)));
        lane.leadsTo(tenant.baseUrl());
        return lane;
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) > 0 ? one : other;
    }

    /** CLOSED where nothing was charged of late. */
    String breakerState(String tenant) {
        Lane lane = lanes.getIfPresent(tenant);
        return lane == null ? "CLOSED" : lane.breaker().state().name();
    }

    void tidy(Predicate<String> served) {
        lanes.cleanUp();
        lanes.asMap().keySet().removeIf(served.negate());
    }
}
