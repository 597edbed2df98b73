package io.pekopayedge;

import io.pekopayedge.settings.Form;
import io.pekopayedge.settings.SettingKeys;
import io.pekopayedge.settings.SettingsException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.UnboundConfigurationPropertiesException;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalysisReporter;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.core.Ordered;

/** Says in one line why the gateway does not start, and what to do. */
final class StartProblem implements FailureAnalyzer, FailureAnalysisReporter, Ordered {
    private static final String REMEDY = "Correct it in config/application.yml.";

    @Override
    public @Nullable FailureAnalysis analyze(Throwable failure) {
        BindException unbound = find(failure, BindException.class);
        SettingsException settings = find(failure, SettingsException.class);
        if (settings != null) {
            String key = unbound == null ? "" : unbound.getName().toString();
            // What a value alone says of itself does not know its key.
            boolean more = key.startsWith(settings.key() + ".");
            String what = String.valueOf(settings.getMessage());
            return new FailureAnalysis(
                    more ? key + what.substring(settings.key().length()) : what, REMEDY, failure);
        }
        UnboundConfigurationPropertiesException unknown = find(failure, UnboundConfigurationPropertiesException.class);
        if (unknown != null) {
            return new FailureAnalysis(unknown(unknown.getUnboundProperties()), REMEDY, failure);
        }
        // Its own message would show the value, which may be a secret.
        return unbound == null
                ? null
                : new FailureAnalysis(
                        unbound.getName() + ": its value cannot be read (expected: "
                                + Form.of(unbound.getTarget().getType().toClass()) + ")",
                        REMEDY,
                        failure);
    }

    /** Keys and places, no values. */
    private static String unknown(Set<ConfigurationProperty> properties) {
        return properties.stream()
                .sorted()
                .map(property -> property.getName() + ": unknown key ("
                        + SettingKeys.remedy(property.getName().toString())
                        + (property.getOrigin() == null ? "" : "; " + property.getOrigin()) + ")")
                .collect(Collectors.joining(", "));
    }

    private static <T> @Nullable T find(Throwable failure, Class<T> type) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (type.isInstance(cause)) {
                return type.cast(cause);
            }
        }
        return null;
    }

    /** The log may not be set up yet, and a terminal or a pod's log shows both streams. */
    @Override
    public void report(FailureAnalysis analysis) {
        new PrintStream(System.err, true, StandardCharsets.UTF_8)
                .println("pekopay-edge cannot start: " + line(analysis.getDescription()) + ". "
                        + (analysis.getAction() == null ? "" : line(analysis.getAction())));
    }

    private static String line(String text) {
        String joined = String.join(
                " ",
                Arrays.stream(text.split("\\R"))
                        .map(String::strip)
                        .filter(s -> !s.isEmpty())
                        .toList());
        return joined.endsWith(".") ? joined.substring(0, joined.length() - 1) : joined;
    }

    @Override
    public int getOrder() {
        return Ordered.HIGHEST_PRECEDENCE;
    }
}
