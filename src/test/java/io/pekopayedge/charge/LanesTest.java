package io.pekopayedge.charge;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.pekopayedge.settings.EdgeClock;
import io.pekopayedge.settings.EdgeSettings;
import io.pekopayedge.settings.EdgeSettings.Reserve;
import io.pekopayedge.tenant.BasicCredentials;
import io.pekopayedge.tenant.Tenant;
import io.pekopayedge.upstream.Breakers;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import reactor.core.scheduler.Schedulers;

/** What is known of a tenant's charges must not be forgotten while it still says something. */
class LanesTest {
    /** A charge's time and {@code open-for}, twice. */
    private static final Duration AT_LEAST = Duration.ofSeconds(30);

    private final EdgeSettings settings = new Binder(new MapConfigurationPropertySource(
                    Map.of("pekopay.edge.charge.max-concurrent", 1, "pekopay.edge.charge.timeout", "5s")))
            .bindOrCreate("pekopay.edge", Bindable.of(EdgeSettings.class));
    private final AtomicLong now = new AtomicLong();
    private final EdgeClock clock = new EdgeClock(Clock.systemUTC(), now::get, Schedulers.parallel(), new Random(7));
    private final CircuitBreakerRegistry registry = CircuitBreakerRegistry.ofDefaults();
    private final Lanes lanes = new Lanes(new Breakers(registry, clock, settings.breaker()), settings, clock);

    private static Tenant idleAfter(Duration time) {
        return at("https://pekopay.example", time);
    }

    private static Tenant at(String address, Duration time) {
        return Tenant.bare(
                "acme",
                URI.create(address),
                new BasicCredentials("acme-client", "secret-of-acme-0123456789"),
                new Reserve(2, 500, Duration.ofMinutes(10), time));
    }

    @Test
    void laneOfATenantThatIsSoonIdle_keepsItsBreakerAndItsCharges_whileTheySaySomething() {
        Tenant tenant = idleAfter(Duration.ofSeconds(1));
        assertThat(lanes.of(tenant).enter()).isTrue();
        registry.find("charge:acme").ifPresent(CircuitBreaker::transitionToOpenState);
        now.addAndGet(AT_LEAST.toNanos() - 1);
        assertThat(lanes.breakerState("acme")).isEqualTo("OPEN");
        assertThat(lanes.of(tenant).enter()).isFalse();
        now.addAndGet(AT_LEAST.toNanos());
        assertThat(lanes.breakerState("acme")).isEqualTo("CLOSED");
    }

    /** What was learnt of the old address says nothing about the new one. */
    @Test
    void changedAddress_isAskedAtOnce_thoughTheOldOneIsDown() {
        Duration hour = Duration.ofHours(1);
        lanes.of(at("https://gone.example", hour));
        registry.find("charge:acme").ifPresent(CircuitBreaker::transitionToOpenState);
        lanes.of(at("https://gone.example", hour));
        assertThat(lanes.breakerState("acme")).isEqualTo("OPEN");
        lanes.of(at("https://pekopay.example", hour));
        assertThat(lanes.breakerState("acme")).isEqualTo("CLOSED");
    }

    @Test
    void lane_isForgottenWithItsTenant_orWhenItIsIdle() {
        Tenant tenant = idleAfter(Duration.ofMinutes(2));
        lanes.of(tenant);
        now.addAndGet(Duration.ofMinutes(1).toNanos());
        lanes.tidy(served -> true);
        assertThat(registry.find("charge:acme")).isPresent();
        now.addAndGet(Duration.ofMinutes(2).toNanos());
        lanes.tidy(served -> true);
        assertThat(registry.find("charge:acme")).isEmpty();
        lanes.of(tenant);
        lanes.tidy(served -> false);
        assertThat(registry.find("charge:acme")).isEmpty();
    }
}
