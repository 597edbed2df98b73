package io.pekopayedge.settings;

import java.time.Duration;
import org.springframework.boot.convert.DurationStyle;

/**
 * So many in such a time, written {@code 20/1m}: a token bucket with that burst, refilled evenly over the period.
 *
 * @param number 1–1,000,000
 * @param period more than zero
 */
public record Rate(int number, Duration period) {
    public Rate {
        SettingsException.check(number >= 1 && number <= 1_000_000, "limits", number, "1–1000000");
        SettingsException.check(period.toMillis() > 0, "limits", period, "> 0");
    }

    public static Rate valueOf(String text) {
        int slash = text.indexOf('/');
        try {
            return new Rate(
                    Integer.parseInt(text.substring(0, slash).trim()),
                    DurationStyle.detectAndParse(text.substring(slash + 1).trim()));
        } catch (SettingsException e) {
            throw e;
        } catch (RuntimeException e) {
            throw new SettingsException("pekopay.edge.limits", text, "number/period, such as 20/1m");
        }
    }

    @Override
    public String toString() {
        return number + "/" + period;
    }
}
