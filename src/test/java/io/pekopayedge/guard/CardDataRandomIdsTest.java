package io.pekopayedge.guard;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** How many innocent order ids look like cards, by shape: what {@code card-data.skip} is for. */
class CardDataRandomIdsTest {
    private static final int IDS = Integer.getInteger("chaos.ids", 100_000);
    private static final String CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

    @Test
    void inText_randomIds_refusesSixteenDigitsAlone() {
        Map<String, Function<SplittableRandom, String>> shapes = new LinkedHashMap<>();
        shapes.put("16 digits", random -> 1 + random.nextInt(9) + digits(random, 15));
        shapes.put("ULID", random -> letters(random, CROCKFORD, 26));
        shapes.put("UUID", CardDataRandomIdsTest::uuid);
        shapes.put("prefixed", random -> "ord_" + digits(random, 12));
        shapes.put("grouped 5-5-6", random -> digits(random, 5) + "-" + digits(random, 5) + "-" + digits(random, 6));
        shapes.put("amazon 3-7-7", random -> digits(random, 3) + "-" + digits(random, 7) + "-" + digits(random, 7));
        shapes.put("epoch millis", random -> Long.toString(1_700_000_000_000L + random.nextLong(100_000_000_000L)));
        shapes.put("hex 16", random -> letters(random, "0123456789abcdef", 16));

        Map<String, Double> shares = new LinkedHashMap<>();
        shapes.forEach((shape, ids) -> shares.put(shape, share(ids)));
        System.out.println("refused, percent of " + IDS + " random ids: " + shares);

        assertThat(shares.remove("16 digits")).isBetween(3.0, 4.0);
        // Sixteen hex digits are sixteen decimal ones now and then.
        assertThat(shares.remove("hex 16")).isLessThan(0.01);
        assertThat(shares.values()).containsOnly(0.0);
    }

    private static double share(Function<SplittableRandom, String> ids) {
        SplittableRandom random = new SplittableRandom(20261122);
        int refused = 0;
        for (int i = 0; i < IDS; i++) {
            refused += CardData.inText(ids.apply(random)) ? 1 : 0;
        }
        return refused * 100.0 / IDS;
    }

    private static String digits(SplittableRandom random, int length) {
        return letters(random, "0123456789", length);
    }

    private static String letters(SplittableRandom random, String alphabet, int length) {
        StringBuilder text = new StringBuilder(length);
        for (int i = 0; i < length; i++) {
            text.append(alphabet.charAt(random.nextInt(alphabet.length())));
        }
        return text.toString();
    }

    private static String uuid(SplittableRandom random) {
        long high = random.nextLong() & ~0xF000L;
        long low = random.nextLong() & ~(3L << 62);
        return new UUID(high | 0x4000L, low | Long.MIN_VALUE).toString();
    }
}
