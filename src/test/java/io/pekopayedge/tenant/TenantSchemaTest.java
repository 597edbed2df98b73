package io.pekopayedge.tenant;

import static io.pekopayedge.tenant.TenantFolderFixture.yaml;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.yaml.snakeyaml.Yaml;

/** The schema that editors use says what the reader does. */
class TenantSchemaTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static JsonNode tree;
    private static JsonSchema schema;

    @BeforeAll
    static void load() throws IOException {
        tree = JSON.readTree(Files.readString(Path.of("config/tenant.schema.json")));
        schema = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V7).getSchema(tree);
    }

    static Set<ValidationMessage> validate(String yaml) {
        return schema.validate(JSON.valueToTree(new Yaml().load(yaml)));
    }

    static Stream<Arguments> sections() {
        return Stream.of(
                Arguments.of("/properties", TenantKeys.FILE),
                Arguments.of("/definitions/credentials/properties", TenantKeys.CREDENTIALS),
                Arguments.of("/properties/api-keys/items/properties", TenantKeys.API_KEY),
                Arguments.of("/properties/reserve/properties", TenantKeys.RESERVE),
                Arguments.of("/properties/card-data/properties", TenantKeys.CARD_DATA));
    }

    @ParameterizedTest
    @MethodSource("sections")
    void keys_ofSchemaAndReader_agree(String pointer, Set<String> keys) {
        Set<String> names = new TreeSet<>();
        tree.at(pointer).fieldNames().forEachRemaining(names::add);

        assertThat(names).isEqualTo(new TreeSet<>(keys));
        String section = pointer.replaceFirst("/properties$", "");
        assertThat(tree.at(section + "/additionalProperties").asBoolean(true))
                .as("no other keys in %s", section)
                .isFalse();
    }

    @Test
    void everyKey_isDescribed() {
        sections()
                .forEach(section -> tree.at((String) section.get()[0])
                        .forEach(property -> assertThat(
                                        property.path("description").asText())
                                .isNotBlank()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "hosts: [shop.example, '[::1]']",
                "origins: ['https://a.example:8443']",
                "storefront: http://web:3000",
                "browser-charge: off",
                "browser-charge: 'off'",
                "allow-plaintext: true",
                "previous-credentials: {client-id-file: a, client-secret: b}",
                "intents: {gift: '/tenants/{tenantId}/gifts'}",
                "default-intent: subscription",
                "api-keys: [{id: k, sha256: 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef}]",
                "reserve: {min: 1, max: 9, cover: 20m, idle-after: 1h}",
                "card-data: {skip: [/order/id]}"
            })
    void goodFile_forTheReader_isGoodForTheSchema(String line) {
        assertThat(validate(yaml("acme", line))).isEmpty();
        assertThat(validate(yaml("12345678", line))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "hots: [shop.example]",
                "hosts: shop.example",
                "hosts: ['shop.example:80']",
                "base-url: https://a.example",
                "origins: ['https://a.example/shop']",
                "storefront: http://web:3000/shop",
                "browser-charge: maybe",
                "previous-credentials: {client-id: a}",
                "previous-credentials: {client-id: 'a:b', client-secret: c}",
                "previous-credentials: {client-id: a, client-id-file: a, client-secret: b}",
                "intents: {gift: /gifts}",
                "intents: {charge_or_subscription: '/tenants/{tenantId}/gifts'}",
                "api-keys: [{id: k, sha256: key}]",
                "reserve: {max: 0}",
                "reserve: {cover: soon}",
                "card-data: {skip: [order]}"
            })
    void badFile_forTheReader_isBadForTheSchema(String line) {
        assertThat(validate(yaml("acme", line))).isNotEmpty();
        assertThat(read(yaml("acme", line)).problems()).isNotEmpty();
    }

    private static Reading read(String text) {
        try {
            Path file = Files.writeString(Files.createTempFile("tenant", ".yml"), text);
            Reading reading = new TenantFileReader(
                            TenantFolderFixture.settings(file).environments(),
                            TenantFolderFixture.settings(file).reserve(),
                            new Placeholders(name -> null))
                    .read(file, new SeenFiles(java.time.Clock.systemUTC()));
            Files.delete(file);
            return reading;
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
