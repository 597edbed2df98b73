package io.pekopayedge.tenant;

import static io.pekopayedge.tenant.TenantKeys.ANY;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Reads {@code intents} and {@code default-intent}. An entry replaces or adds; what the file does not name keeps its
 * default, so that no charging path becomes an ordinary call by being left out.
 */
final class IntentsReader {
    private static final Map<String, String> DEFAULTS = Map.of(
            "charge", "/tenants/{tenantId}/transactions",
            "subscription", "/tenants/{tenantId}/subscriptions");
    private static final String DEFAULT = "charge";
    /** The guide's literal for "one of the two"; a body with it gets the default. */
    private static final String EITHER = "charge_or_subscription";

    private static final Pattern PATH = Pattern.compile("(/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)+");

    private IntentsReader() {}

    /** By name, in the order in which paths are compared. */
    static Map<String, Intent> read(Section file, String tenantId) {
        Map<String, Intent> intents = new LinkedHashMap<>();
        Section section = file.section("intents", ANY);
        if (section != null) {
            section.keys().forEach(name -> read(section, name, tenantId, intents));
        }
        for (String name : new String[] {"charge", "subscription"}) {
            intents.computeIfAbsent(name, missing -> Intent.of(missing, DEFAULTS.getOrDefault(missing, ""), tenantId));
        }
        return Collections.unmodifiableMap(intents);
    }

    private static void read(Section section, String name, String tenantId, Map<String, Intent> intents) {
        try {
            Words.name(name);
        } catch (Refusal refusal) {
            section.problem(name, refusal.reason(), refusal.remedy());
            return;
        }
        if (name.equals(EITHER)) {
            section.problem(name, "stands for the default intent in a body", "choose another name");
            return;
        }
        Intent intent = section.value(name, path -> checked(Intent.of(name, path, tenantId), tenantId));
        if (intent != null) {
            intents.put(name, intent);
        }
    }

    /** Below the tenant's own path alone: there both faces see a charge, and nothing but the tenant's is reached. */
    private static Intent checked(Intent intent, String tenantId) {
        if (!intent.path().startsWith("/tenants/" + tenantId + "/")) {
            throw new Refusal("is not below the tenant's path", "begin with /tenants/{tenantId}/");
        }
        if (!PATH.matcher(intent.path()).matches() || intent.path().length() > 256) {
            throw new Refusal(
                    "is not a safe path", "letters, digits and . _ ~ - between single slashes, none at the end");
        }
        return intent;
    }

    static String defaultIntent(Section file, Set<String> names) {
        String name = file.value("default-intent", text -> {
            if (!names.contains(text)) {
                throw new Refusal("no such intent", "one of " + String.join(", ", names));
            }
            return text;
        });
        return name == null ? DEFAULT : name;
    }
}
