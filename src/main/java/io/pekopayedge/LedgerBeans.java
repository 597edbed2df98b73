package io.pekopayedge;

import io.lettuce.core.RedisClient;
import io.pekopayedge.ledger.MemoryLedger;
import io.pekopayedge.ledger.TokenLedger;
import io.pekopayedge.ledger.redis.RedisLedger;
import io.pekopayedge.ledger.redis.RedisOptions;
import io.pekopayedge.settings.EdgeClock;
import io.pekopayedge.settings.EdgeSettings;
import io.pekopayedge.settings.EdgeSettings.Charge.Store;
import io.pekopayedge.settings.SettingsException;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.data.redis.ClientResourcesBuilderCustomizer;
import org.springframework.boot.autoconfigure.data.redis.LettuceClientOptionsBuilderCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/** Where the ledger is kept; Redis' client comes by {@link OnlyNeeded}. */
@Configuration(proxyBeanMethods = false)
class LedgerBeans {
    static final String WHERE = "pekopay.edge.charge.ledger";

    /** Before there are settings: in any letter case, as they read it. */
    static boolean inRedis(Environment environment) {
        return "redis".equalsIgnoreCase(environment.getProperty(WHERE, "").strip());
    }

    @Bean(initMethod = "start", destroyMethod = "close")
    @ConditionalOnProperty(name = WHERE, havingValue = "memory", matchIfMissing = true)
    TokenLedger ledger(EdgeSettings settings, EdgeClock clock) {
        if (settings.charge().ledger() != Store.MEMORY) {
            // Its promise would end with the process, and nobody would know.
            throw new SettingsException(WHERE, settings.charge().ledger(), "memory, or beans that are found anew");
        }
        return new MemoryLedger(settings.charge(), clock);
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnProperty(name = WHERE, havingValue = "redis")
    static class InRedis {
        /** @param redis as {@code spring.data.redis} says; connects to nothing until it is asked to */
        @Bean(initMethod = "start", destroyMethod = "close")
        TokenLedger ledger(EdgeSettings settings, EdgeClock clock, LettuceConnectionFactory redis) {
            if (redis.isClusterAware()) {
                // One script changes a token's record and the list of charges to settle: they must lie in one place.
                throw new SettingsException(
                        "spring.data.redis.cluster.nodes", "a cluster", "one primary, alone or watched by Sentinel");
            }
            return new RedisLedger(settings.charge(), clock, () -> (RedisClient) redis.getRequiredNativeClient());
        }

        @Bean
        LettuceClientOptionsBuilderCustomizer redisOptions() {
            return RedisOptions::set;
        }

        @Bean
        ClientResourcesBuilderCustomizer redisResources() {
            return RedisOptions::set;
        }
    }
}
