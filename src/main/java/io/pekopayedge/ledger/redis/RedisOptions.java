package io.pekopayedge.ledger.redis;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.ClientOptions.DisconnectedBehavior;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.Delay;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** What a ledger needs of its Redis client, beyond what {@code spring.data.redis} says. */
public final class RedisOptions {
    private static final int MOST_UNANSWERED = 20_000;

    private RedisOptions() {}

    /**
     * Nothing waits for a connection, and nothing that was under way when one broke is sent again: a charge that began
     * twice would find itself running.
     */
    public static void set(ClientOptions.Builder options) {
        options.disconnectedBehavior(DisconnectedBehavior.REJECT_COMMANDS)
                .replayFilter(command -> true)
                .requestQueueSize(MOST_UNANSWERED);
    }

    /** Comes back within a second: Lettuce alone would take up to half a minute. */
    public static void set(ClientResources.Builder resources) {
        resources.reconnectDelay(
                Delay.equalJitter(Duration.ofMillis(50), Duration.ofSeconds(1), 50, TimeUnit.MILLISECONDS));
    }
}
