package io.pekopayedge.charge;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.github.benmanes.caffeine.cache.RemovalCause;
import io.pekopayedge.settings.EdgeClock;
import io.pekopayedge.tenant.Tenant;
import io.pekopayedge.upstream.Breakers;
import java.time.Duration;
import java.util.function.Predicate;

/** The lanes of the tenants that charged of late; who lets one go lets its breaker's metrics go. Any thread. */
final class Lanes {
    private final Cache<String, Lane> lanes;
    private final Breakers breakers;
    private final int most;
    private final Duration atLeast;

    /**
     * @param most charges under way, per tenant
     * @param atLeast a lane is kept so long, whatever the tenant's {@code idle-after}: it has charges under way until
     *     their time is up, and a breaker that they open is cut, and then tries, for {@code open-for} each
     */
    Lanes(Breakers breakers, int most, Duration atLeast, EdgeClock clock) {
        this.breakers = breakers;
        this.most = most;
        this.atLeast = atLeast;
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

    Lane of(Tenant tenant) {
        return lanes.get(
                tenant.id(),
                id -> new Lane(
                        breakers.forCharging(id, Aftermath::unhealthy),
                        most,
                        longer(tenant.reserve().idleAfter(), atLeast)));
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
