package io.pekopayedge.tenant;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.env.ConfigTreePropertySource;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.core.io.ByteArrayResource;

class PlaceholdersTest {
    private final Placeholders placeholders = new Placeholders(Map.of("A", "a", "EMPTY", "", "RAW", "r}${A}{$")::get);

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            emptyValue = "",
            value = {
                "plain | plain",
                "${A} | a",
                "<${A}-${A}> | <a-a>",
                "${EMPTY}. | .",
                "${RAW} | r}${A}{$",
                "${A:other} | a",
                "${B:other} | other",
                "${B:}. | .",
                "${B:x:y} | x:y",
                "${A:${B}} | a",
                "${B:${A}}! | a!",
                "${B:<${C:${A}}>} | <a>",
                "${A:{json}} | a",
                "${B:{json}} | {json}",
                "$A {A} } | $A {A} }"
            })
    void text_withPlaceholders_isResolved(String text, String resolved) {
        assertThat(placeholders.resolve(text)).isEqualTo(resolved);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "${B} | the placeholder ${B} has no value",
                "${B:${C}} | the placeholder ${C} has no value",
                "${A | a placeholder has no end",
                "${A:{x} | a placeholder has no end",
                "${} | a placeholder has no proper name",
                "s3cr3t${!s3cr3t}s3cr3t | a placeholder has no proper name",
                "${${A}} | a placeholder has no proper name"
            })
    void placeholder_withoutValueOrEnd_isRefused(String text, String reason) {
        assertThatThrownBy(() -> placeholders.resolve(text))
                .isInstanceOf(Refusal.class)
                .hasMessage(reason)
                .message()
                .doesNotContain("s3cr3t");
    }

    @TempDir
    private Path mounted;

    private Placeholders of(String applicationYml, Map<String, String> variables) throws Exception {
        StandardEnvironment environment = new StandardEnvironment();
        environment.getPropertySources().remove(StandardEnvironment.SYSTEM_PROPERTIES_PROPERTY_SOURCE_NAME);
        environment
                .getPropertySources()
                .replace(
                        StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
                        new SystemEnvironmentPropertySource(
                                StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, new HashMap<>(variables)));
        environment.getPropertySources().addLast(new ConfigTreePropertySource("mounted", mounted));
        for (PropertySource<?> source : new YamlPropertySourceLoader()
                .load("application.yml", new ByteArrayResource(applicationYml.getBytes(UTF_8)))) {
            environment.getPropertySources().addLast(source);
        }
        environment.getPropertySources().addLast(new MapPropertySource("code", Map.of("from-code", "${X}")));
        ConfigurationPropertySources.attach(environment);
        return Placeholders.of(environment);
    }

    @Test
    void name_inAnySourceOfSprings_isFound_inTheirOrder() throws Exception {
        Files.writeString(mounted.resolve("shop.secret"), "mounted${X}");
        Placeholders placeholders = of("""
            acme:
              client-id: written
              client-secret: ${ACME_SECRET:none}-${acme.client-id}
              overruled: written
            shop.secret: written
            """, Map.of("ACME_SECRET", "pa${ss", "ACME_OVERRULED", "variable"));

        assertThat(placeholders.resolve("${ACME_SECRET}")).isEqualTo("pa${ss");
        assertThat(placeholders.resolve("${acme.client-id}")).isEqualTo("written");
        assertThat(placeholders.resolve("${acme.overruled}")).isEqualTo("variable");
        assertThat(placeholders.resolve("${acme.client-secret}")).isEqualTo("pa${ss-written");
        assertThat(placeholders.resolve("${shop.secret}")).isEqualTo("mounted${X}");
        assertThat(placeholders.resolve("${from-code}")).isEqualTo("${X}");
    }

    @Test
    void names_thatStandForEachOther_areRefused() throws Exception {
        Placeholders placeholders = of("a: ${b}\nb: <${a}>\n", Map.of());

        assertThatThrownBy(() -> placeholders.resolve("${a}"))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("circle");
    }
}
