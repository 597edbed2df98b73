package io.pekopayedge.ledger;

import static io.pekopayedge.ledger.Charges.FLOW;
import static io.pekopayedge.ledger.Charges.LIFE;
import static io.pekopayedge.ledger.Charges.OTHER_FLOW;
import static io.pekopayedge.ledger.Charges.PAID;
import static io.pekopayedge.ledger.Charges.browser;
import static io.pekopayedge.ledger.Charges.click;
import static io.pekopayedge.ledger.Charges.keyed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import io.pekopayedge.ledger.redis.RedisLedger;
import io.pekopayedge.problem.EdgeProblem;
import io.pekopayedge.problem.Problem;
import io.pekopayedge.settings.EdgeClock;
import io.pekopayedge.settings.EdgeSettings.Charge;
import io.pekopayedge.settings.EdgeSettings.Charge.UnknownToken;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import org.springframework.util.unit.DataSize;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** F17, below HTTP: what a ledger does while Redis is away, late, mute or forgetful; each test has two replicas. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RedisLedgerFaultsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private RealRedis redis;
    private RedisClient direct;
    private RedisCommands<String, String> commands;
    private TcpLine line;
    private RedisClient lined;
    private RedisLedger ledger;
    private RedisLedger other;
    private final List<AutoCloseable> opened = new ArrayList<>();
    private final Digest token = Charges.token(UUID.randomUUID());

    @BeforeAll
    void start() {
        Awaitility.setDefaultTimeout(PATIENCE);
        redis = RealRedis.start();
        direct = RealRedis.client(redis.port());
        commands = direct.connect().sync();
    }

    @AfterAll
    void stop() {
        Awaitility.reset();
        direct.shutdown();
        redis.close();
    }

    @BeforeEach
    void twoReplicas() {
        line = new TcpLine(redis.port());
        lined = RealRedis.client(line.port());
        ledger = started(lined, Charges.TIMEOUT, 0);
        other = started(direct, Charges.TIMEOUT, 0);
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable each : opened) {
            each.close();
        }
        opened.clear();
        lined.shutdown();
        line.close();
        commands.flushall();
    }

    private RedisLedger started(RedisClient client, Duration timeout, int replicas) {
        return started(client, timeout, replicas, RedisLedgerTest.CLOCK);
    }

    private RedisLedger started(RedisClient client, Duration timeout, int replicas, EdgeClock clock) {
        Charge usual = Charges.settings(DataSize.ofMegabytes(64), UnknownToken.REFUSE);
        RedisLedger ledger = new RedisLedger(
                new Charge(
                        timeout,
                        usual.connectTimeout(),
                        usual.maxBody(),
                        usual.maxConcurrent(),
                        Charge.Store.REDIS,
                        replicas,
                        usual.keepFor(),
                        usual.memory(),
                        usual.unknownToken()),
                clock,
                () -> client);
        ledger.start();
        opened.add(ledger::close);
        await().until(() -> answers(ledger));
        return ledger;
    }

    private static boolean answers(RedisLedger ledger) {
        return ledger.unknown()
                .collectList()
                .map(all -> true)
                .onErrorReturn(false)
                .block();
    }

    private static <T> T get(Mono<T> mono) {
        return mono.block(PATIENCE);
    }

    private static void unavailableInTime(Mono<Verdict> begin) {
        long begun = System.nanoTime();
        assertThatThrownBy(() -> get(begin))
                .isInstanceOfSatisfying(
                        EdgeProblem.class,
                        problem -> assertThat(problem.problem()).isEqualTo(Problem.LEDGER_UNAVAILABLE));
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofMillis(900));
    }

    @Test
    void begin_redisAway_isUnavailableAndLeavesTheTokenAsItWas() {
        get(ledger.lease(token, "acme", FLOW, LIFE));
        line.cut();
        unavailableInTime(ledger.begin(click(token)));
        line.mend();
        await().until(() -> answers(ledger));
        assertThat(get(other.unspent(token))).isTrue();
        assertThat(get(ledger.begin(click(token)))).isInstanceOf(Verdict.Send.class);
    }

    @Test
    void begin_redisLate_isUnavailable_andWhatArrivesInTheEndIsTakenBack() {
        get(ledger.lease(token, "acme", FLOW, LIFE));
        line.late(Duration.ofSeconds(1));
        unavailableInTime(ledger.begin(click(token)));
        line.late(Duration.ZERO);
        await().until(() -> answers(ledger));
        await().until(() -> get(other.unspent(token)));
        assertThat(get(ledger.begin(click(token)))).isInstanceOf(Verdict.Send.class);
    }

    @Test
    void begin_takenBackBeforeItArrives_isNotLetGo() {
        Attempt attempt = click(token);
        get(other.lease(token, "acme", FLOW, LIFE));
        commands.set("pekopay-edge:cancelled:" + attempt.id(), "1");
        assertThatThrownBy(() -> get(other.begin(attempt))).isInstanceOf(EdgeProblem.class);
        assertThat(get(other.unspent(token))).isTrue();
    }

    @Test
    void begin_answerLost_isTakenBackByItsId() {
        get(ledger.lease(token, "acme", FLOW, LIFE));
        line.mute();
        unavailableInTime(ledger.begin(click(token)));
        await().until(() -> get(other.unspent(token)));
    }

    @Test
    void mutedConnection_isGivenUpAndAnotherMade() {
        int before = line.connections();
        line.mute();
        await().until(() -> line.connections() > before);
        get(ledger.lease(token, "acme", FLOW, LIFE));
        await().until(() -> get(other.known(token)));
    }

    @Test
    void lease_redisAway_isThisReplicasAlone_andWrittenWhenItIsBack() {
        line.cut();
        assertThat(get(ledger.lease(token, "acme", FLOW, LIFE))).isTrue();
        assertThat(get(ledger.lease(token, "acme", OTHER_FLOW, LIFE))).isFalse();
        assertThat(get(ledger.unspent(token))).isTrue();
        assertThat(get(other.begin(click(token)))).isEqualTo(new Verdict.Refuse(Problem.TOKEN_UNKNOWN));
        line.mend();
        await().until(() -> get(other.known(token)));
        assertThat(get(other.begin(browser(token, "acme", OTHER_FLOW, "{}"))))
                .isEqualTo(new Verdict.Refuse(Problem.TOKEN_NOT_YOURS));
        assertThat(get(other.begin(click(token)))).isInstanceOf(Verdict.Send.class);
    }

    @Test
    void lease_redisLate_doesNotWaitForIt() {
        line.late(Duration.ofSeconds(2));
        long begun = System.nanoTime();
        for (int i = 0; i < 20; i++) {
            assertThat(get(ledger.lease(Charges.token(UUID.randomUUID()), "acme", FLOW, LIFE)))
                    .isTrue();
        }
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(2));
    }

    @Test
    void finish_redisAway_isWrittenWhenItIsBack() {
        get(ledger.lease(token, "acme", FLOW, LIFE));
        Attempt attempt = click(token);
        assertThat(get(ledger.begin(attempt))).isInstanceOf(Verdict.Send.class);
        line.cut();
        get(ledger.finish(attempt, new Outcome.Answered(PAID)).thenReturn(true));
        assertThat(get(other.begin(click(token)))).isInstanceOf(Verdict.Running.class);
        assertThat(ledger.owed()).isEqualTo(1);
        line.mend();
        await().until(() -> get(other.begin(click(token))) instanceof Verdict.Replay);
        await().until(() -> ledger.owed() == 0);
    }

    @Test
    void finish_afterItCountedAsUnknown_isStillLearnt() {
        RedisLedger quick = started(direct, Duration.ofMillis(50), 0);
        get(quick.lease(token, "acme", FLOW, LIFE));
        Attempt attempt = click(token);
        get(quick.begin(attempt));
        lapse(token);
        assertThat(get(other.begin(click(token)))).isEqualTo(new Verdict.Refuse(Problem.CHARGE_OUTCOME_UNKNOWN));
        assertThat(other.unknown().collectList().block()).hasSize(1);
        get(quick.finish(attempt, new Outcome.Answered(PAID)).thenReturn(true));
        assertThat(get(other.begin(click(token)))).isInstanceOf(Verdict.Replay.class);
        assertThat(other.unknown().collectList().block()).isEmpty();
    }

    /** PekoPay may repeat a token within its hour: no replica hands it out twice, though it cannot ask. */
    @Test
    void tokenThatWasHandedOut_isNotHandedOutAgain_whenRedisIsAway() {
        assertThat(get(ledger.lease(token, "acme", FLOW, LIFE))).isTrue();
        line.cut();
        assertThat(get(ledger.known(token))).isTrue();
        assertThat(get(ledger.unspent(token))).isFalse();
        assertThat(get(ledger.lease(token, "acme", OTHER_FLOW, LIFE))).isFalse();
    }

    @Test
    void tokenThatTwoFlowsWouldGet_isTheFirstOnes_whenRedisIsLate() {
        line.late(Duration.ofSeconds(2));
        Mono<Boolean> first = ledger.lease(token, "acme", FLOW, LIFE);
        Mono<Boolean> second = ledger.lease(token, "acme", OTHER_FLOW, LIFE);
        assertThat(get(Flux.merge(first, second).collectList())).containsExactlyInAnyOrder(true, false);
    }

    @Test
    void running_whoseReplicaDied_isUnknownAndNeverFree() {
        get(ledger.lease(token, "acme", FLOW, LIFE));
        get(ledger.begin(click(token)));
        lapse(token);
        assertThat(get(other.begin(click(token)))).isEqualTo(new Verdict.Refuse(Problem.CHARGE_OUTCOME_UNKNOWN));
        await().until(() -> other.unknownOf("acme") == 1);
        assertThat(other.unknown().collectList().block())
                .extracting(UnknownCharge::id, UnknownCharge::requestId)
                .containsExactly(org.assertj.core.groups.Tuple.tuple(token.id(), "req-1"));
        assertThat(commands.pttl("pekopay-edge:token:" + token.hex()))
                .isGreaterThan(Duration.ofDays(29).toMillis());
    }

    /** Its time is up: the deadline of {@code charge.timeout} and a margin, brought forward. */
    private void lapse(Digest running) {
        commands.hset("pekopay-edge:token:" + running.hex(), "d", "1");
        commands.zadd("pekopay-edge:running", 1, running.hex());
    }

    @Test
    void unknown_neverSettled_isForgottenAfterItsTime() {
        get(ledger.lease(token, "acme", FLOW, LIFE));
        Attempt attempt = click(token);
        get(ledger.begin(attempt));
        get(ledger.finish(attempt, new Outcome.Unknown()).thenReturn(true));
        assertThat(ledger.unknownOf("acme")).isEqualTo(1);
        commands.del("pekopay-edge:token:" + token.hex());
        commands.zadd("pekopay-edge:unknown", 1, token.hex() + ":acme");
        await().until(() -> ledger.unknownOf("acme") == 0);
        assertThat(commands.exists("pekopay-edge:unknown", "pekopay-edge:unknown-of"))
                .isZero();
    }

    @Test
    void finish_whoseBeginAFailoverLost_isStillLearnt() {
        get(ledger.lease(token, "acme", FLOW, LIFE));
        Attempt attempt = click(token);
        get(ledger.begin(attempt));
        String record = "pekopay-edge:token:" + token.hex();
        commands.hdel(record, "a", "d", "r", "i", "q", "w");
        commands.hset(record, "s", "leased");
        get(ledger.finish(attempt, new Outcome.Unknown()).thenReturn(true));
        assertThat(get(other.begin(click(token)))).isEqualTo(new Verdict.Refuse(Problem.CHARGE_OUTCOME_UNKNOWN));
    }

    @Test
    void answered_whichAFailoverLost_isNotSentAgainFromHere() {
        get(ledger.lease(token, "acme", FLOW, LIFE));
        Attempt attempt = click(token);
        get(ledger.begin(attempt));
        get(ledger.finish(attempt, new Outcome.Answered(PAID)).thenReturn(true));
        commands.del("pekopay-edge:token:" + token.hex());
        get(other.lease(token, "acme", FLOW, LIFE));
        assertThat(get(ledger.begin(click(token)))).isEqualTo(new Verdict.Refuse(Problem.TOKEN_SPENT));
        assertThat(get(other.begin(click(token)))).isEqualTo(new Verdict.Refuse(Problem.TOKEN_SPENT));
    }

    /** An operator's word still counts, whichever replica heard it. */
    @Test
    void unknown_whichAFailoverLost_isNotSentAgainFromHere_untilItIsSettled() {
        get(ledger.lease(token, "acme", FLOW, LIFE));
        Attempt attempt = click(token);
        get(ledger.begin(attempt));
        get(ledger.finish(attempt, new Outcome.Unknown()).thenReturn(true));
        commands.flushall();
        get(other.lease(token, "acme", FLOW, LIFE));
        assertThat(get(ledger.begin(click(token)))).isEqualTo(new Verdict.Refuse(Problem.CHARGE_OUTCOME_UNKNOWN));
        assertThat(get(other.begin(click(token)))).isEqualTo(new Verdict.Refuse(Problem.CHARGE_OUTCOME_UNKNOWN));
        get(other.settle(token.id(), false));
        Attempt second = click(token);
        assertThat(get(other.begin(second))).isInstanceOf(Verdict.Send.class);
        get(other.finish(second, new Outcome.Free()).thenReturn(true));
        assertThat(get(ledger.begin(click(token)))).isInstanceOf(Verdict.Send.class);
    }

    @Test
    void unknownOfAKey_whichAFailoverLost_isNotSentAgainFromHere_untilItIsSettled() {
        Attempt attempt = keyed(token.hex(), "{}");
        get(ledger.begin(attempt));
        get(ledger.finish(attempt, new Outcome.Unknown()).thenReturn(true));
        commands.flushall();
        assertThat(get(ledger.begin(keyed(token.hex(), "{}"))))
                .isEqualTo(new Verdict.Refuse(Problem.CHARGE_OUTCOME_UNKNOWN));
        get(other.settle(attempt.token().id(), false));
        assertThat(get(ledger.begin(keyed(token.hex(), "{}")))).isInstanceOf(Verdict.Send.class);
    }

    @Test
    void begin_duringAStandstill_isTakenBack() {
        AtomicLong ahead = new AtomicLong();
        EdgeClock stopping = new EdgeClock(
                Clock.systemUTC(), () -> System.nanoTime() + ahead.get(), Schedulers.parallel(), new Random(1));
        RedisLedger stopped = started(lined, Charges.TIMEOUT, 0, stopping);
        get(stopped.lease(token, "acme", FLOW, LIFE));
        line.late(Duration.ofMillis(100));
        unavailableInTime(stopped.begin(click(token)).doOnSubscribe(asked -> ahead.set(1_000_000_000L)));
        line.late(Duration.ZERO);
        await().until(() -> get(other.begin(click(token))) instanceof Verdict.Send);
    }

    @Test
    void finish_ofARecordThatIsLostAltogether_isStillLearnt() {
        get(ledger.lease(token, "acme", FLOW, LIFE));
        Attempt attempt = click(token);
        get(ledger.begin(attempt));
        Attempt keyed = keyed(token.hex(), "{}");
        get(ledger.begin(keyed));
        commands.flushall();
        get(ledger.finish(attempt, new Outcome.Unknown()).thenReturn(true));
        get(ledger.finish(keyed, new Outcome.Answered(PAID)).thenReturn(true));
        assertThat(get(other.begin(click(token)))).isEqualTo(new Verdict.Refuse(Problem.CHARGE_OUTCOME_UNKNOWN));
        assertThat(get(other.begin(browser(token, "acme", OTHER_FLOW, "{}"))))
                .isEqualTo(new Verdict.Refuse(Problem.TOKEN_NOT_YOURS));
        assertThat(get(other.begin(keyed(token.hex(), "{}")))).isInstanceOf(Verdict.Replay.class);
        assertThat(get(other.settle(token.id(), true)).requestId()).isEqualTo("req-1");
    }

    /** As soon as Redis is back, and not only when what is owed has been written in its turn. */
    @Test
    void begin_whileTheEndThatAFailoverLostIsOwed_isNotLetGo() {
        for (int i = 0; i < 10; i++) {
            Digest each = Charges.token(UUID.randomUUID());
            get(ledger.lease(each, "acme", FLOW, LIFE));
            Attempt attempt = click(each);
            assertThat(get(ledger.begin(attempt))).isInstanceOf(Verdict.Send.class);
            line.cut();
            get(ledger.finish(attempt, new Outcome.Answered(PAID)).thenReturn(true));
            String record = "pekopay-edge:token:" + each.hex();
            commands.hdel(record, "a", "d", "r", "i", "q", "w");
            commands.hset(record, "s", "leased");
            commands.zrem("pekopay-edge:running", each.hex());
            line.mend();
            Verdict[] first = new Verdict[1];
            await().ignoreExceptions().until(() -> (first[0] = get(ledger.begin(click(each)))) != null);
            assertThat(first[0]).isInstanceOf(Verdict.Replay.class);
        }
    }

    /** A failover that leaves the old primary alive, with all its connections. */
    @Test
    void primary_thatBecomesAReplica_isLeftForTheNewOne() {
        try (RealRedis before = RealRedis.start();
                RealRedis after = RealRedis.replicaOf(before)) {
            line.to(before.port());
            line.cut();
            line.mend();
            await().until(() -> answers(ledger));
            get(ledger.lease(token, "acme", FLOW, LIFE));
            await().until(() -> after.everything().contains(token.hex()));
            after.promote();
            before.demote(after);
            line.to(after.port());
            unavailableInTime(ledger.begin(click(token)));
            await().ignoreExceptions().until(() -> get(ledger.begin(click(token))) instanceof Verdict.Send);
            assertThat(after.everything()).contains("running");
        }
    }

    @Test
    void begin_replicaMissing_isUnavailable_andWithOneIsLetGo() throws Exception {
        RedisLedger careful = started(direct, Charges.TIMEOUT, 1);
        get(careful.lease(token, "acme", FLOW, LIFE));
        unavailableInTime(careful.begin(click(token)));
        await().until(() -> get(careful.unspent(token)));
        try (RealRedis replica = RealRedis.replicaOf(redis)) {
            await().until(() -> commands.info("replication").contains("state=online"));
            await().ignoreExceptions().until(() -> get(careful.begin(click(token))) instanceof Verdict.Send);
        }
    }

    /** One that has not confirmed a record may be the one that takes over. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void replica_thatNeedNotConfirm_isWarnedOf(int confirming) {
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.list = new CopyOnWriteArrayList<>();
        log.start();
        Logger advice = (Logger) LoggerFactory.getLogger("io.pekopayedge.ledger.redis.RedisAdvice");
        advice.addAppender(log);
        try (RealRedis replica = RealRedis.replicaOf(redis)) {
            await().until(() -> commands.info("replication").contains("state=online"));
            started(direct, Charges.TIMEOUT, confirming);
            await().until(() -> warned(log, "append-only"));
            await().during(Duration.ofMillis(200))
                    .until(() -> warned(log, "charge.redis-replicas") == (confirming == 0));
        } finally {
            advice.detachAppender(log);
        }
    }

    private static boolean warned(ListAppender<ILoggingEvent> log, String of) {
        return log.list.stream().anyMatch(event -> event.getFormattedMessage().contains(of));
    }

    @Test
    void emptyRedis_refusesWhatItHasForgotten() {
        get(ledger.lease(token, "acme", FLOW, LIFE));
        commands.flushall();
        assertThat(get(ledger.begin(click(token)))).isEqualTo(new Verdict.Refuse(Problem.TOKEN_UNKNOWN));
        commands.scriptFlush();
        assertThat(get(ledger.lease(Charges.token(UUID.randomUUID()), "acme", FLOW, LIFE)))
                .isTrue();
        assertThat(get(ledger.lease(token, "acme", OTHER_FLOW, LIFE))).isFalse();
    }

    @Test
    void records_leaveByThemselves() {
        get(ledger.lease(token, "acme", FLOW, LIFE));
        String record = "pekopay-edge:token:" + token.hex();
        assertThat(commands.pttl(record)).isBetween(LIFE.toMillis() - 20_000, LIFE.toMillis());
        Attempt attempt = click(token);
        get(ledger.begin(attempt));
        get(ledger.finish(attempt, new Outcome.Free()).thenReturn(true));
        assertThat(commands.pttl(record)).isBetween(LIFE.toMillis() - 20_000, LIFE.toMillis());
        Attempt second = click(token);
        get(ledger.begin(second));
        get(ledger.finish(second, new Outcome.Answered(PAID)).thenReturn(true));
        assertThat(commands.pttl(record)).isBetween(Charges.KEEP_FOR.toMillis() - 20_000, Charges.KEEP_FOR.toMillis());
        assertThat(commands.exists("pekopay-edge:running", "pekopay-edge:unknown", "pekopay-edge:unknown-of"))
                .isZero();
    }
}
