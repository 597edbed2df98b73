package io.pekopayedge.token;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** An outage that no shopper notices: a day of the real reserves in virtual time, with {@code cover: 20m, max: 10000}. */
class ReserveSimulationTest {
    private static final String NUMBER = "\\d+(\\.\\d+)?";

    @Test
    void day_withOutageAndBrownOut() throws IOException {
        ShopDay day = new ShopDay(Long.getLong("reserve.seed", 42)).run();
        System.out.println(day.table());
        double servedInOutage = 100.0 * day.servedInOutage / day.askedInOutage;
        double fresh = 100.0 * day.freshWhileWell / day.servedWhileWell;
        long busyCalls = day.edge.pekoPay.calls("busy");
        System.out.printf(
                Locale.ROOT,
                "leases %d of %d, outage: served %d of %d = %.2f %%; fresh while well %.2f %%; dead 0 = %d; repeated %d; "
                        + "least life left %d s; mint calls %d = %.3f per lease; idle tenant's calls by hour from 8: %s%n",
                day.leases,
                day.asked,
                day.servedInOutage,
                day.askedInOutage,
                servedInOutage,
                fresh,
                day.dead,
                day.repeated,
                day.leastLife.toSeconds(),
                busyCalls,
                (double) busyCalls / day.leases,
                IntStream.range(8, 14)
                        .mapToObj(hour -> "" + day.idleHours[hour])
                        .toList());
        compare(ReservePicture.of(day));
        assertThat(servedInOutage).isGreaterThanOrEqualTo(99);
        assertThat(day.dead).isZero();
        assertThat(day.repeated).isZero();
        assertThat(day.leastLife).isGreaterThanOrEqualTo(Duration.ofMinutes(5));
        assertThat(fresh).isGreaterThanOrEqualTo(98);
        assertThat(busyCalls).isLessThanOrEqualTo((long) (1.15 * day.leases));
        assertThat(LongStream.of(day.idleHours).max().orElseThrow()).isLessThanOrEqualTo(5);
        assertThat(IntStream.range(10, 24)
                        .mapToLong(hour -> day.idleHours[hour])
                        .sum())
                .isZero();
    }

    /**
     * The README's picture shows this very day. Its numbers may differ a little: {@code Math.log} and {@code Math.exp} do
     * between processors. {@code -Dreserve.picture=write} draws it anew.
     */
    private static void compare(String drawn) throws IOException {
        Path picture = Path.of("src/docs/reserve.svg");
        if ("write".equals(System.getProperty("reserve.picture"))) {
            Files.writeString(picture, drawn);
        }
        String kept = Files.readString(picture);
        assertThat(kept.replaceAll(NUMBER, "#")).isEqualTo(drawn.replaceAll(NUMBER, "#"));
        double[] before = numbers(kept);
        double[] now = numbers(drawn);
        long far = IntStream.range(0, now.length)
                .filter(i -> Math.abs(now[i] - before[i]) > 8)
                .count();
        assertThat(far).as("of %d numbers", now.length).isLessThan(now.length / 50);
    }

    private static double[] numbers(String text) {
        return Pattern.compile(NUMBER)
                .matcher(text)
                .results()
                .mapToDouble(number -> Double.parseDouble(number.group()))
                .toArray();
    }
}
