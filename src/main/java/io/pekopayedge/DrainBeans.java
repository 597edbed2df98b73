package io.pekopayedge;

import io.pekopayedge.charge.Charges;
import io.pekopayedge.door.LastCall;
import io.pekopayedge.settings.EdgeClock;
import io.pekopayedge.settings.EdgeSettings;
import java.time.Duration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.support.DefaultLifecycleProcessor;

/** How the gateway ends: within {@code charge.timeout} and five seconds, however many are there. */
@Configuration(proxyBeanMethods = false)
class DrainBeans {
    /** A charge that began with the last request has come to its end. */
    private static final Duration BEYOND_A_CHARGE = Duration.ofSeconds(5);

    @Bean
    LastCall lastCall() {
        return new LastCall();
    }

    @Bean
    Drain drain(LastCall lastCall, Charges charges, EdgeClock clock, EdgeSettings settings) {
        return new Drain(lastCall, charges, clock, settings.charge().timeout().plus(BEYOND_A_CHARGE));
    }

    /** The bean of this name bounds each phase of the shutdown: the drain by a little more than it takes itself. */
    @Bean
    DefaultLifecycleProcessor lifecycleProcessor(EdgeSettings settings) {
        DefaultLifecycleProcessor processor = new DefaultLifecycleProcessor();
        processor.setTimeoutPerShutdownPhase(
                settings.charge().timeout().plus(BEYOND_A_CHARGE).plusSeconds(1).toMillis());
        return processor;
    }
}
