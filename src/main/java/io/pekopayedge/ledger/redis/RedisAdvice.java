package io.pekopayedge.ledger.redis;

import io.lettuce.core.api.StatefulRedisConnection;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Says in the log where this Redis may lose what the ledger keeps. */
final class RedisAdvice {
    private static final Logger LOG = LoggerFactory.getLogger(RedisAdvice.class);
    private static final Pattern POLICY = Pattern.compile("maxmemory_policy:(\\S+)");
    private static final Pattern APPENDING = Pattern.compile("aof_enabled:(\\d)");

    private static final Pattern REPLICAS = Pattern.compile("connected_slaves:(\\d+)");

    private final int confirming;

    /** @param confirming replicas that must confirm a record */
    RedisAdvice(int confirming) {
        this.confirming = confirming;
    }

    /** Asks in the background; a server that does not tell gets no advice. */
    void give(StatefulRedisConnection<byte[], byte[]> connection) {
        Flux.just("memory", "persistence", "replication")
                .flatMap(section ->
                        Mono.fromFuture(() -> connection.async().info(section).toCompletableFuture()))
                .subscribe(this::judge, error -> LOG.debug("Redis does not tell about itself"));
    }

    private void judge(String info) {
        Matcher policy = POLICY.matcher(info);
        if (policy.find() && !"noeviction".equals(policy.group(1))) {
            LOG.warn("Redis may evict records (maxmemory-policy {}): set noeviction", policy.group(1));
        }
        Matcher appending = APPENDING.matcher(info);
        if (appending.find() && "0".equals(appending.group(1))) {
            LOG.warn("Redis keeps no append-only file: when it restarts, open checkouts and outcomes are lost");
        }
        Matcher replicas = REPLICAS.matcher(info);
        if (replicas.find() && Integer.parseInt(replicas.group(1)) > confirming) {
            LOG.warn(
                    "Redis has {} replicas, of which charge.redis-replicas ({}) confirm a record: if another one takes over,"
                            + " a charge may be sent again",
                    replicas.group(1),
                    confirming);
        }
    }
}
