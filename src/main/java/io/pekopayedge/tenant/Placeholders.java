package io.pekopayedge.tenant;

import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.env.OriginTrackedMapPropertySource;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.PropertySource;

/**
 * Replaces <code>${NAME}</code> and <code>${NAME:default}</code> in the values of a tenant file. Placeholders may stand in
 * a default, and in what a configuration file such as application.yml says of a name. What an environment variable, a
 * mounted secret or the command line gives is taken as it is: Spring's own resolver would take a secret that holds
 * <code>${</code> for a placeholder, and print it in its exception. Thread-safe.
 */
public final class Placeholders {
    /** @param more whether placeholders may stand in the text */
    private record Value(String text, boolean more) {}

    private interface Lookup {
        @Nullable
        Value of(String name);
    }

    private static final String BEGIN = "${";
    /** More, one within the other, go round in a circle. */
    private static final int DEEPEST = 20;
    /** What may be repeated in a finding: what else stands between braces may be part of a secret. */
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._\\[\\]-]{1,100}");

    private final Lookup lookup;

    /** @param lookup from a name to its value, which is taken as it is, or null */
    public Placeholders(Function<String, @Nullable String> lookup) {
        this((Lookup) name -> {
            String value = lookup.apply(name);
            return value == null ? null : new Value(value, false);
        });
    }

    private Placeholders(Lookup lookup) {
        this.lookup = lookup;
    }

    /** From Spring's property sources, in their order; letter case and hyphens of a name as relaxed as Spring's. */
    public static Placeholders of(ConfigurableEnvironment environment) {
        return new Placeholders((Lookup) name -> find(environment, name));
    }

    private static @Nullable Value find(ConfigurableEnvironment environment, String name) {
        if (ConfigurationPropertyName.isValid(name)) {
            ConfigurationPropertyName relaxed = ConfigurationPropertyName.of(name);
            for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
                ConfigurationProperty property = source.getConfigurationProperty(relaxed);
                if (property != null) {
                    return value(property.getValue(), source.getUnderlyingSource());
                }
            }
        }
        for (PropertySource<?> source : environment.getPropertySources()) {
            Object value = source.getProperty(name);
            if (value != null) {
                return value(value, source);
            }
        }
        return null;
    }

    private static Value value(Object value, @Nullable Object source) {
        return new Value(value.toString(), source instanceof OriginTrackedMapPropertySource);
    }

    /** @throws Refusal if a name has neither value nor default */
    String resolve(String text) {
        return resolve(text, 0);
    }

    private String resolve(String text, int depth) {
        int begin = text.indexOf(BEGIN);
        if (begin < 0) {
            return text;
        }
        if (depth > DEEPEST) {
            throw new Refusal("its placeholders go round in a circle", "let one of them have a value");
        }
        StringBuilder resolved = new StringBuilder();
        int from = 0;
        while (begin >= 0) {
            int end = end(text, begin);
            resolved.append(text, from, begin).append(placeholder(text.substring(begin + BEGIN.length(), end), depth));
            from = end + 1;
            begin = text.indexOf(BEGIN, from);
        }
        return resolved.append(text, from, text.length()).toString();
    }

    /** Where its closing brace stands, past pairs of braces within. */
    private static int end(String text, int begin) {
        int open = 0;
        for (int i = begin; i < text.length(); i++) {
            if (text.charAt(i) == '{') {
                open++;
            } else if (text.charAt(i) == '}' && --open == 0) {
                return i;
            }
        }
        throw new Refusal("a placeholder has no end", "write ${NAME}; give a value that holds ${ by a file");
    }

    private String placeholder(String inside, int depth) {
        int colon = inside.indexOf(':');
        String name = colon < 0 ? inside : inside.substring(0, colon);
        if (!NAME.matcher(name).matches()) {
            throw new Refusal(
                    "a placeholder has no proper name", "write ${NAME}; give a value that holds ${ by a file");
        }
        Value value = lookup.of(name);
        if (value == null && colon < 0) {
            throw new Refusal(
                    "the placeholder " + BEGIN + name + "} has no value",
                    "set the environment variable " + name + ", or give the value by a file");
        }
        if (value == null) {
            return resolve(inside.substring(colon + 1), depth + 1);
        }
        return value.more() ? resolve(value.text(), depth + 1) : value.text();
    }
}
