package io.pekopayedge.ledger;

import static org.awaitility.Awaitility.await;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import io.pekopayedge.ledger.redis.RedisLedger;
import io.pekopayedge.settings.EdgeClock;
import io.pekopayedge.settings.EdgeSettings.Charge.UnknownToken;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.TestInstance;
import org.springframework.util.unit.DataSize;
import reactor.core.scheduler.Schedulers;
import reactor.test.scheduler.VirtualTimeScheduler;

/** The shared ledger over a real Redis. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RedisLedgerTest {
    static final EdgeClock CLOCK = new EdgeClock(
            Clock.systemUTC(),
            System::nanoTime,
            Schedulers.parallel(),
            () -> ThreadLocalRandom.current().nextLong());

    /** Whose limits end no wait: here a busy machine must not look like a Redis that is away. */
    static final EdgeClock PATIENT =
            new EdgeClock(CLOCK.wall(), CLOCK.ticker(), VirtualTimeScheduler.create(), CLOCK.random());

    private RealRedis redis;
    private RedisClient client;
    private RedisCommands<String, String> commands;
    private final List<RedisLedger> ledgers = new ArrayList<>();

    @BeforeAll
    void start() {
        redis = RealRedis.start();
        client = RealRedis.client(redis.port());
        commands = client.connect().sync();
    }

    @AfterAll
    void stop() {
        client.shutdown();
        redis.close();
    }

    @AfterEach
    void empty() {
        ledgers.forEach(RedisLedger::close);
        ledgers.clear();
        commands.flushall();
    }

    private RedisLedger ledgerOf(UnknownToken unknownToken) {
        RedisLedger ledger =
                new RedisLedger(Charges.settings(DataSize.ofMegabytes(64), unknownToken), PATIENT, () -> client);
        ledger.start();
        ledgers.add(ledger);
        await().until(() -> connected(ledger));
        return ledger;
    }

    static boolean connected(RedisLedger ledger) {
        return ledger.unknown()
                .collectList()
                .map(all -> true)
                .onErrorReturn(false)
                .block();
    }

    @Nested
    class StateTable extends LedgerContract {
        @Override
        TokenLedger ledger(UnknownToken unknownToken) {
            return ledgerOf(unknownToken);
        }

        @Override
        void tick() {
            try {
                TimeUnit.MILLISECONDS.sleep(2);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
