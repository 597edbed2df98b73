package io.pekopayedge.settings;

import java.lang.reflect.Parameter;
import java.lang.reflect.RecordComponent;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.springframework.boot.context.properties.bind.Name;

/** The keys that {@link EdgeSettings} has, read from its own records. */
public final class SettingKeys {
    private static final String PREFIX = "pekopay.edge.";

    private SettingKeys() {}

    /** @param key with prefix, none of the known ones. @return what to write instead */
    public static String remedy(String key) {
        Class<?> at = EdgeSettings.class;
        for (String part :
                key.substring(key.startsWith(PREFIX) ? PREFIX.length() : 0).split("\\.", -1)) {
            Map<String, Class<?>> known = of(at);
            Class<?> next = known.get(part);
            if (next == null) {
                return known.isEmpty() ? "remove it" : NearName.remedy(part, known.keySet());
            }
            at = next;
        }
        return "remove it";
    }

    private static Map<String, Class<?>> of(Class<?> settings) {
        Map<String, Class<?>> known = new LinkedHashMap<>();
        if (settings.isRecord()) {
            RecordComponent[] components = settings.getRecordComponents();
            // A name of its own stands at the parameter that it is bound to.
            Parameter[] bound = settings.getDeclaredConstructors()[0].getParameters();
            for (int i = 0; i < components.length; i++) {
                Name given = bound[i].getAnnotation(Name.class);
                known.put(given != null ? given.value() : kebab(components[i].getName()), components[i].getType());
            }
        }
        return known;
    }

    private static String kebab(String name) {
        return name.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
    }
}
