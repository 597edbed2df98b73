package io.pekopayedge.ledger;

import static io.pekopayedge.ledger.Charges.PAID;
import static io.pekopayedge.ledger.Charges.answer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Rows move, pages go, chains and lists are mended: against maps of the JDK. */
class AtRestTest {
    private static final long ROOM = 1L << 30;

    private final Random random = new Random(7);

    /** By kind, in the order of their age. */
    private final Map<Digest, Entry> leases = new LinkedHashMap<>();

    private final Map<Digest, Entry> answered = new LinkedHashMap<>();
    private final Map<Digest, Entry> spent = new LinkedHashMap<>();
    private final Map<Digest, Entry> spentKeys = new LinkedHashMap<>();

    @Test
    void anyOrderOfChanges_findsWhatIsThereAndNothingElse() {
        AtRest atRest = new AtRest(new TenantNumbers(), ROOM);
        List<Digest> tokens = new ArrayList<>();
        for (int i = 0; i < 900; i++) {
            tokens.add(new Digest(i, i % 300, i, 4)); // three of each chain
        }
        for (int step = 0; step < 60_000; step++) {
            Digest token = tokens.get(random.nextInt(tokens.size()));
            boolean grows = step / 5000 % 2 == 0;
            if (!atRest.has(token)) {
                if (grows || random.nextInt(4) == 0) {
                    put(atRest, token, step);
                }
            } else if (leases.remove(token) != null) {
                atRest.removeLease(token);
            } else {
                assertThatIllegalStateException().isThrownBy(() -> atRest.removeLease(token));
            }
            if (step % 10 == 0) {
                int most = random.nextInt(grows ? 4 : 40);
                assertThat(atRest.expire(step, most)).isEqualTo(expire(step, most));
            }
            if (step % 500 == 0) {
                tokens.forEach(each ->
                        assertThat(atRest.get(each)).usingRecursiveComparison().isEqualTo(there(each)));
            }
        }
        assertThat(atRest.expire(Integer.MAX_VALUE, 2000)).isFalse();
        tokens.forEach(each -> assertThat(atRest.get(each)).isNull());
    }

    private void put(AtRest atRest, Digest token, int step) {
        Digest flow = random.nextBoolean() ? new Digest(step, step, step, step) : null;
        long until = step + random.nextInt(2000);
        Lease lease = new Lease(token, "t" + random.nextInt(50), flow, until, true);
        Lease key = new Lease(token, "t" + random.nextInt(50), null, until, false);
        switch (random.nextInt(4)) {
            case 0 -> {
                atRest.put(lease);
                leases.put(token, lease);
            }
            case 1 -> {
                Answer answer = random.nextInt(20) == 0 ? answer(402, "x".repeat(random.nextInt(16_000))) : PAID;
                Entry.Answered entry =
                        new Entry.Answered(random.nextBoolean() ? lease : key, token, AnswerBytes.of(answer), until);
                atRest.put(entry);
                answered.put(token, entry);
            }
            case 2 -> {
                Entry.Spent entry = new Entry.Spent(lease, until);
                atRest.put(entry);
                spent.put(token, entry);
            }
            default -> {
                Entry.Spent entry = new Entry.Spent(key, until);
                atRest.put(entry);
                spentKeys.put(token, entry);
            }
        }
    }

    private Entry there(Digest token) {
        for (Map<Digest, Entry> kind : List.of(leases, answered, spent, spentKeys)) {
            if (kind.containsKey(token)) {
                return kind.get(token);
            }
        }
        return null;
    }

    /** From each list while its oldest is over. */
    private boolean expire(long now, int most) {
        int left = most;
        for (Map<Digest, Entry> kind : List.of(leases, answered, spent, spentKeys)) {
            while (left > 0
                    && !kind.isEmpty()
                    && now - kind.values().iterator().next().until() >= 0) {
                kind.remove(kind.keySet().iterator().next());
                left--;
            }
        }
        return left == 0;
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
