package io.pekopayedge.tenant;

import io.pekopayedge.settings.EdgeSettings;
import io.pekopayedge.settings.Form;
import io.pekopayedge.settings.SettingKeys;
import io.pekopayedge.settings.SettingsException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.PropertySourcesPlaceholdersResolver;
import org.springframework.boot.context.properties.bind.UnboundConfigurationPropertiesException;
import org.springframework.boot.context.properties.bind.handler.NoUnboundElementsBindHandler;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.UnboundElementsSourceFilter;
import org.springframework.boot.origin.Origin;
import org.springframework.boot.origin.PropertySourceOrigin;
import org.springframework.boot.origin.TextResourceOrigin;
import org.springframework.core.env.ConfigurableEnvironment;

/**
 * All that is wrong with {@code pekopay.edge} in an environment. A start tells the first problem only: here each one is
 * noted, left out, and the rest is bound again.
 */
final class SettingsFindings {
    private static final ConfigurationPropertyName PREFIX = ConfigurationPropertyName.of("pekopay.edge");
    private static final ConfigurationPropertyName TOKEN = PREFIX.append("token");

    private final ConfigurableEnvironment environment;
    private final Set<ConfigurationPropertyName> leftOut = new HashSet<>();
    private final List<Finding> findings = new ArrayList<>();
    private @Nullable EdgeSettings settings;

    private SettingsFindings(ConfigurableEnvironment environment) {
        this.environment = environment;
    }

    static SettingsFindings of(ConfigurableEnvironment environment) {
        SettingsFindings all = new SettingsFindings(environment);
        boolean more = true;
        while (more && all.settings == null) {
            more = all.bind();
        }
        all.unknownKeys();
        return all;
    }

    List<Finding> findings() {
        return List.copyOf(findings);
    }

    /** With the bad values at their defaults; null if even that cannot be bound. */
    @Nullable
    EdgeSettings settings() {
        return settings;
    }

    /** @return whether another try may get further */
    private boolean bind() {
        try {
            settings = bind(BindHandler.DEFAULT);
            return false;
        } catch (BindException e) {
            SettingsException range = cause(e, SettingsException.class);
            ConfigurationPropertyName name = e.getName();
            if (range != null && ConfigurationPropertyName.isValid(range.key())) {
                ConfigurationPropertyName key = ConfigurationPropertyName.of(range.key());
                name = name.isAncestorOf(key) || name.equals(key) ? key : name;
            }
            String remedy = range != null
                    ? "expected: " + range.expected()
                    : "expected: " + Form.of(e.getTarget().getType().toClass());
            if (leftOut.add(name)) {
                findings.add(finding(name, range == null ? "cannot be read" : "is out of range", remedy));
                if (find(name) != null) {
                    return true;
                }
            }
            // Its default does not fit either: another value of its group is at odds with it, or the life of a token.
            return leftOut.add(name.getParent()) || leftOut.add(TOKEN);
        }
    }

    private void unknownKeys() {
        try {
            bind(new NoUnboundElementsBindHandler(BindHandler.DEFAULT, new UnboundElementsSourceFilter()));
        } catch (BindException e) {
            UnboundConfigurationPropertiesException unbound = cause(e, UnboundConfigurationPropertiesException.class);
            if (unbound != null) {
                for (ConfigurationProperty property : unbound.getUnboundProperties()) {
                    findings.add(finding(
                            property.getName(),
                            "unknown key",
                            SettingKeys.remedy(property.getName().toString())));
                }
            }
        }
    }

    private EdgeSettings bind(BindHandler handler) {
        List<ConfigurationPropertySource> sources = sources()
                .map(source -> source.filter(
                        name -> leftOut.stream().noneMatch(left -> left.equals(name) || left.isAncestorOf(name))))
                .collect(Collectors.toList());
        return new Binder(sources, new PropertySourcesPlaceholdersResolver(environment))
                .bindOrCreate(PREFIX.toString(), Bindable.of(EdgeSettings.class), handler);
    }

    private Stream<ConfigurationPropertySource> sources() {
        return StreamSupport.stream(
                ConfigurationPropertySources.get(environment).spliterator(), false);
    }

    /** Where it is given; of a list, where its first element is. */
    private @Nullable ConfigurationProperty find(ConfigurationPropertyName name) {
        return Stream.of(name, name.append("[0]"))
                .flatMap(given -> sources().map(source -> source.getConfigurationProperty(given)))
                .filter(property -> property != null)
                .findFirst()
                .orElse(null);
    }

    private Finding finding(ConfigurationPropertyName name, String reason, String remedy) {
        ConfigurationProperty property = find(name);
        Origin origin = property == null ? null : property.getOrigin();
        if (origin instanceof PropertySourceOrigin wrapped && wrapped.getOrigin() != null) {
            origin = wrapped.getOrigin();
        }
        String file = origin == null ? "application.yml" : origin.toString();
        int line = 1;
        if (origin instanceof TextResourceOrigin text && text.getLocation() != null) {
            line = text.getLocation().getLine() + 1;
            try {
                file = text.getResource().getFile().getPath();
            } catch (IOException e) {
                file = text.getResource().getDescription();
            }
        }
        return new Finding(file, line, name.toString(), reason, remedy);
    }

    private static <T extends Throwable> @Nullable T cause(Throwable thrown, Class<T> type) {
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            if (type.isInstance(cause)) {
                return type.cast(cause);
            }
        }
        return null;
    }
}
