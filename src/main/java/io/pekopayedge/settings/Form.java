package io.pekopayedge.settings;

import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.springframework.util.unit.DataSize;

/** How a setting is written, for whom wrote it otherwise. */
public final class Form {
    private Form() {}

    /** @param type of the setting, or of the list's elements */
    public static String of(Class<?> type) {
        if (type.isEnum()) {
            return Arrays.stream(type.getEnumConstants())
                    .map(constant -> ((Enum<?>) constant).name().toLowerCase(Locale.ROOT))
                    .collect(Collectors.joining(" or "));
        }
        if (type == Duration.class) {
            return "a number and a unit: 500ms, 30s, 10m";
        }
        if (type == DataSize.class) {
            return "a number and a unit: 16KB, 64MB";
        }
        if (type == URI.class) {
            return "a URL";
        }
        return type == int.class || type == Integer.class ? "a whole number" : type.getSimpleName();
    }
}
