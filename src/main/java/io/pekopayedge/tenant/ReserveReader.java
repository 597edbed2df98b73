package io.pekopayedge.tenant;

import static io.pekopayedge.tenant.TenantKeys.RESERVE;

import io.pekopayedge.settings.EdgeSettings.Reserve;
import io.pekopayedge.settings.SettingsException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Reads a file's {@code reserve}: what it leaves out is the gateway's. Ranges are those of the gateway's settings. */
final class ReserveReader {
    private ReserveReader() {}

    /** @return the gateway's where the file's is refused */
    static Reserve read(Section file, Reserve gateway) {
        Section section = file.section("reserve", RESERVE);
        if (section == null) {
            return gateway;
        }
        Integer min = section.value("min", Words::number);
        Integer max = section.value("max", Words::number);
        Duration cover = section.value("cover", Words::duration);
        Duration idleAfter = section.value("idle-after", Words::duration);
        try {
            return new Reserve(
                    or(min, gateway.min()),
                    or(max, gateway.max()),
                    or(cover, gateway.cover()),
                    or(idleAfter, gateway.idleAfter()));
        } catch (SettingsException e) {
            String key = e.key().substring(e.key().lastIndexOf('.') + 1);
            section.problem(key, "is out of range", "expected: " + e.expected());
            return gateway;
        }
    }

    private static <T> T or(@Nullable T own, T gateway) {
        return own == null ? gateway : own;
    }
}
