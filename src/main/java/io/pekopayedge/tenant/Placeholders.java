package io.pekopayedge.tenant;

import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.PropertySource;

/**
 * Replaces <code>${NAME}</code> and <code>${NAME:default}</code> in the values of a tenant file. What a name stands for
 * is taken as it is and not searched again: Spring's own resolver would take a secret that holds <code>${</code> for a
 * placeholder, and print it in its exception. Thread-safe.
 */
public final class Placeholders {
    private static final Pattern PLACEHOLDER = Pattern.compile("\\$\\{([^}:]*)(?::([^}]*))?}");

    private final Function<String, @Nullable String> lookup;

    /** @param lookup from a name to its value, or null */
    public Placeholders(Function<String, @Nullable String> lookup) {
        this.lookup = lookup;
    }

    /** From Spring's property sources: command line, system properties, environment variables, application.yml. */
    public static Placeholders of(ConfigurableEnvironment environment) {
        return new Placeholders(name -> {
            for (PropertySource<?> source : environment.getPropertySources()) {
                Object value = source.getProperty(name);
                if (value != null) {
                    return value.toString();
                }
            }
            return null;
        });
    }

    /** @throws Refusal if a name has neither value nor default */
    String resolve(String text) {
        if (!text.contains("${")) {
            return text;
        }
        return PLACEHOLDER
                .matcher(text)
                .replaceAll(match -> Matcher.quoteReplacement(value(match.group(1), match.group(2))));
    }

    private String value(String name, @Nullable String otherwise) {
        String value = lookup.apply(name);
        if (value == null) {
            value = otherwise;
        }
        if (value == null) {
            throw new Refusal(
                    "the placeholder ${" + name + "} has no value",
                    "set the environment variable " + name + ", or give the value by a file");
        }
        return value;
    }
}
