package io.pekopayedge.ledger;

import static io.pekopayedge.ledger.Charges.PAID;
import static io.pekopayedge.ledger.Charges.answer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows move, pages go, chains and lists are mended: against maps of the JDK. */
class AtRestTest {
    private final Random random = new Random(7);

    /** With room for all, and with room for some 250, which is at its bound all the time. */
    @ParameterizedTest
    @ValueSource(longs = {1 << 30, 30_000})
    void anyOrderOfChanges_findsWhatIsThereAndNothingElse(long bound) {
        AtRest atRest = new AtRest(new TenantNumbers(), bound);
        AtRestModel model = new AtRestModel(bound);
        List<Digest> tokens = new ArrayList<>();
        for (int i = 0; i < 900; i++) {
            tokens.add(new Digest(i, i % 300, i, 4)); // three of each chain
        }
        for (int step = 0; step < 60_000; step++) {
            Digest token = tokens.get(random.nextInt(tokens.size()));
            boolean grows = step / 5000 % 2 == 0;
            if (!atRest.has(token)) {
                if (grows || random.nextInt(4) == 0) {
                    Entry entry = entry(token, step);
                    atRest.put(entry);
                    model.put(entry);
                }
            } else if (model.removeLease(token)) {
                atRest.removeLease(token);
            } else {
                assertThatIllegalStateException().isThrownBy(() -> atRest.removeLease(token));
            }
            if (step % 10 == 0) {
                int most = random.nextInt(grows ? 4 : 40);
                assertThat(atRest.expire(step, most)).isEqualTo(model.expire(step, most));
            }
            if (step % 500 == 0) {
                tokens.forEach(each -> assertSame(atRest.get(each), model.get(each)));
            }
        }
        assertThat(atRest.expire(Integer.MAX_VALUE, 2000)).isFalse();
        tokens.forEach(each -> assertThat(atRest.get(each)).isNull());
    }

    private Entry entry(Digest token, int step) {
        Digest flow = random.nextBoolean() ? new Digest(step, step, step, step) : null;
        long until = step + random.nextInt(2000);
        Lease lease = new Lease(token, "t" + random.nextInt(50), flow, until, true);
        Lease key = new Lease(token, "t" + random.nextInt(50), null, until, false);
        return switch (random.nextInt(4)) {
            case 0 -> lease;
            case 1 -> {
                Answer answer = random.nextInt(20) == 0 ? answer(402, "x".repeat(random.nextInt(16_000))) : PAID;
                yield new Entry.Answered(random.nextBoolean() ? lease : key, token, AnswerBytes.of(answer), until);
            }
            case 2 -> new Entry.Spent(lease, until);
            default -> new Entry.Spent(key, until);
        };
    }

    private static void assertSame(@Nullable Entry known, @Nullable Entry wanted) {
        if (wanted instanceof Entry.Answered answered) {
            assertThat(known).isInstanceOfSatisfying(Entry.Answered.class, there -> {
                assertThat(there.lease()).isEqualTo(answered.lease());
                assertThat(there.request()).isEqualTo(answered.request());
                assertThat(there.bytes()).isEqualTo(answered.bytes());
                assertThat(there.until()).isEqualTo(answered.until());
            });
        } else {
            assertThat(known).isEqualTo(wanted);
        }
    }

    /** In a small room: of answers the newest are kept, older ones are known as spent, and no row is lost on the way. */
    @Test
    void answered_beyondTheBound_oldestBecomeSpentAndThenLeave() {
        AtRest atRest = new AtRest(new TenantNumbers(), 100_000);
        int most = 5000;
        for (int i = 0; i < most; i++) {
            atRest.put(new Entry.Answered(
                    lease(i), Charges.token(i), AnswerBytes.of(answer(201, "{\"id\":%d}".formatted(i))), 1));
        }
        int kept = most;
        while (atRest.get(Charges.token(kept - 1)) instanceof Entry.Answered known) {
            kept--;
            assertThat(known.answer().body()).asString().isEqualTo("{\"id\":%d}", kept);
            assertThat(known.request()).isEqualTo(Charges.token(kept));
        }
        int remembered = kept;
        while (atRest.get(Charges.token(remembered - 1)) instanceof Entry.Spent spent) {
            remembered--;
            assertThat(spent.lease()).isEqualTo(lease(remembered));
        }
        for (int i = 0; i < remembered; i++) {
            assertThat(atRest.has(Charges.token(i))).isFalse();
        }
        assertThat(most - kept).isBetween(100_000 / 2 / 190, 100_000 / 2 / 165);
        assertThat(kept - remembered).isBetween(100_000 / 2 / 110, 100_000 / 2 / 100);
    }

    private static Lease lease(int i) {
        return new Lease(Charges.token(i), "acme", i % 2 == 0 ? Charges.FLOW : null, 1, true);
    }
}
