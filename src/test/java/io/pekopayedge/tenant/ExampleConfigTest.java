package io.pekopayedge.tenant;

import static org.assertj.core.api.Assertions.assertThat;

import io.pekopayedge.settings.EdgeSettings;
import java.lang.reflect.Parameter;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.Name;
import org.springframework.boot.context.properties.bind.handler.NoUnboundElementsBindHandler;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.env.PropertySource;
import org.springframework.core.io.FileSystemResource;

/** What stands in {@code config/} is true, whole, and starts. */
class ExampleConfigTest {
    private static final Path APPLICATION = Path.of("config/application.yml");
    private static final Path TENANTS = Path.of("config/tenants");

    @Test
    void application_bound_equalsTheDefaults() throws Exception {
        MutablePropertySources sources = new MutablePropertySources();
        for (PropertySource<?> source :
                new YamlPropertySourceLoader().load("example", new FileSystemResource(APPLICATION))) {
            sources.addLast(source);
        }
        EdgeSettings written = new Binder(ConfigurationPropertySources.from(sources))
                .bind(
                        "pekopay.edge",
                        Bindable.of(EdgeSettings.class),
                        new NoUnboundElementsBindHandler(BindHandler.DEFAULT, source -> true))
                .get();

        assertThat(written)
                .isEqualTo(new Binder(List.of()).bindOrCreate("pekopay.edge", Bindable.of(EdgeSettings.class)));
    }

    @Test
    void application_namesEverySetting() throws Exception {
        String text = Files.readString(APPLICATION);

        assertThat(keys(EdgeSettings.class))
                .hasSizeGreaterThan(45)
                .allSatisfy(key -> assertThat(text).containsPattern("(?m)^ +" + Pattern.quote(key) + ":"));
    }

    @Test
    void tenants_areServedWithoutAnyEnvironmentVariable_andFitTheSchema() throws Exception {
        TenantSchemaTest.load();
        try (TenantFolderFixture fixture = new TenantFolderFixture(TENANTS);
                Stream<Path> files = Files.list(TENANTS)) {
            fixture.look();

            assertThat(fixture.source.invalid()).isEmpty();
            assertThat(fixture.tenants.all()).isNotEmpty();
            for (Path file : files.toList()) {
                String text = Files.readString(file);
                assertThat(TenantSchemaTest.validate(text)).as(file.toString()).isEmpty();
                assertThat(text).startsWith("# yaml-language-server: $schema=../tenant.schema.json\n");
            }
        }
    }

    @Test
    void example_namesEveryKey() throws Exception {
        String text = Files.readString(TENANTS.resolve("example.yml"));

        Stream.of(TenantKeys.FILE, TenantKeys.CREDENTIALS, TenantKeys.API_KEY, TenantKeys.RESERVE, TenantKeys.CARD_DATA)
                .flatMap(Set::stream)
                .forEach(key -> assertThat(text).contains(key));
    }

    private static List<String> keys(Class<?> type) {
        List<String> keys = new ArrayList<>();
        for (RecordComponent component : type.getRecordComponents()) {
            keys.add(key(component));
            if (component.getType().isRecord() && component.getType().getEnclosingClass() == EdgeSettings.class) {
                keys.addAll(keys(component.getType()));
            }
        }
        return keys;
    }

    /** A renamed component's {@code @Name} stands on the constructor's parameter. */
    private static String key(RecordComponent component) {
        Class<?> record = component.getDeclaringRecord();
        for (Parameter parameter : record.getDeclaredConstructors()[0].getParameters()) {
            Name name = parameter.getAnnotation(Name.class);
            if (name != null && parameter.getName().equals(component.getName())) {
                return name.value();
            }
        }
        return component.getName().replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
    }
}
