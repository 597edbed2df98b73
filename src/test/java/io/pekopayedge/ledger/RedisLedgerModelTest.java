package io.pekopayedge.ledger;

import static org.awaitility.Awaitility.await;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import io.pekopayedge.ledger.redis.RedisLedger;
import io.pekopayedge.settings.EdgeSettings.Charge.UnknownToken;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.springframework.util.unit.DataSize;

/** The walks over a real Redis, whose clock cannot be moved: what is to be over is dated back instead. */
class RedisLedgerModelTest extends LedgerModel {
    private RealRedis redis;
    private RedisClient client;
    private RedisCommands<String, String> commands;
    private RedisLedger ledger;

    @BeforeEach
    void start() {
        redis = RealRedis.start();
        client = RealRedis.client(redis.port());
        commands = client.connect().sync();
        restart();
    }

    @AfterEach
    void stop() {
        ledger.close();
        client.shutdown();
        redis.close();
    }

    @Override
    TokenLedger ledger() {
        return ledger;
    }

    @Override
    void runsAreOver(List<Digest> running) {
        for (Digest each : running) {
            commands.hset(record(each), "d", "1");
            commands.zadd("pekopay-edge:running", 1, each.hex());
        }
    }

    @Override
    void livesAreOver(List<Digest> known) {
        known.forEach(each -> commands.hset(record(each), "u", "1"));
    }

    private static String record(Digest token) {
        return "pekopay-edge:token:" + token.hex();
    }

    @Override
    boolean restart() {
        if (ledger != null) {
            ledger.close();
        }
        ledger = new RedisLedger(
                Charges.settings(DataSize.ofMegabytes(64), UnknownToken.REFUSE), RedisLedgerTest.PATIENT, () -> client);
        ledger.start();
        await().until(() -> RedisLedgerTest.connected(ledger));
        return true;
    }

    @Override
    int walks() {
        return Integer.getInteger("chaos.redis-walks", 60);
    }
}
