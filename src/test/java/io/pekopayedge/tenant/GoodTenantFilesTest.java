package io.pekopayedge.tenant;

import static io.pekopayedge.tenant.TenantFolderFixture.yaml;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonPointer;
import io.pekopayedge.settings.EdgeSettings.Reserve;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GoodTenantFilesTest {
    @TempDir
    Path folder;

    private TenantFolderFixture fixture;

    @BeforeEach
    void open() {
        fixture = new TenantFolderFixture(folder);
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    private Tenant read(String text) {
        fixture.write("a.yml", text);
        fixture.look();
        assertThat(fixture.source.invalid()).isEmpty();
        return fixture.tenants.all().iterator().next();
    }

    @Test
    void file_withTheLeast_hasTheDefaults() {
        Tenant tenant = read(yaml("3f6f0d3e"));

        assertThat(tenant.id()).isEqualTo("3f6f0d3e");
        assertThat(tenant.baseUrl()).isEqualTo(URI.create("https://sandbox-api.peko-pay.com"));
        assertThat(tenant.hosts()).isEmpty();
        assertThat(tenant.origins()).isEmpty();
        assertThat(tenant.storefront()).isNull();
        assertThat(tenant.browserCharge()).isTrue();
        assertThat(tenant.previousCredentials()).isNull();
        assertThat(tenant.intents().get("charge").path()).isEqualTo("/tenants/3f6f0d3e/transactions");
        assertThat(tenant.intents().get("subscription").path()).isEqualTo("/tenants/3f6f0d3e/subscriptions");
        assertThat(tenant.defaultIntent()).isEqualTo("charge");
        assertThat(tenant.apiKeys()).isEmpty();
        assertThat(tenant.reserve()).isEqualTo(new Reserve(2, 500, Duration.ofMinutes(10), Duration.ofHours(2)));
        assertThat(tenant.cardDataSkip()).isEmpty();
        assertThat(decoded(tenant.credentials())).isEqualTo("client-3f6f0d3e:secret-of-3f6f0d3e");
    }

    @Test
    void file_withEverything_saysSo() throws Exception {
        byte[] digest = MessageDigest.getInstance("SHA-256").digest("key".getBytes(StandardCharsets.US_ASCII));
        fixture.environment.put("ACME_CLIENT_ID", "acme-client");
        fixture.environment.put("ACME_CLIENT_SECRET", "a:b${c}-\u00fc\\");
        Tenant tenant = read("""
                tenant-id: acme
                base-url: HTTP://LOCALHOST:9090/
                hosts: [Shop.ACME.example, "[::1]", 127.0.0.1]
                origins: ["https://Shop.acme.example:443", "http://localhost:3000"]
                storefront: http://acme-web:3000/
                browser-charge: off
                credentials:
                  client-id: ${ACME_CLIENT_ID}
                  client-secret: ${ACME_CLIENT_SECRET}
                previous-credentials: {client-id: "${OLD_ID:old}", client-secret: before-before}
                intents:
                  gift: /tenants/{tenantId}/gifts
                  charge: /tenants/acme/payments
                default-intent: gift
                api-keys:
                  - {id: acme-backend, sha256: %s}
                reserve: {min: 0, max: 7, cover: 1m, idle-after: 90s}
                card-data: {skip: [/order/id, /items/0/sku]}
                """.formatted(HexFormat.of().formatHex(digest)));

        assertThat(tenant.baseUrl()).isEqualTo(URI.create("http://localhost:9090"));
        assertThat(tenant.hosts()).containsExactlyInAnyOrder("shop.acme.example", "[::1]", "127.0.0.1");
        assertThat(tenant.origins()).containsExactlyInAnyOrder("https://shop.acme.example", "http://localhost:3000");
        assertThat(tenant.storefront()).isEqualTo(URI.create("http://acme-web:3000"));
        assertThat(tenant.browserCharge()).isFalse();
        assertThat(decoded(tenant.credentials())).isEqualTo("acme-client:a:b${c}-\u00fc\\");
        assertThat(tenant.previousCredentials()).isEqualTo(new BasicCredentials("old", "before-before"));
        assertThat(tenant.intents()).containsOnlyKeys("gift", "charge", "subscription");
        assertThat(tenant.intents().get("charge").path()).isEqualTo("/tenants/acme/payments");
        assertThat(tenant.defaultIntent()).isEqualTo("gift");
        assertThat(tenant.apiKeys()).singleElement().satisfies(key -> {
            assertThat(key.id()).isEqualTo("acme-backend");
            assertThat(key.matches(digest)).isTrue();
        });
        assertThat(tenant.reserve()).isEqualTo(new Reserve(0, 7, Duration.ofMinutes(1), Duration.ofSeconds(90)));
        assertThat(tenant.cardDataSkip())
                .containsExactly(JsonPointer.compile("/order/id"), JsonPointer.compile("/items/0/sku"));
        assertThat(fixture.tenants.byHost("SHOP.acme.example:8443")).isSameAs(tenant);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0123", "1e5", "0x1F", "12_000", "on", "2026-11-22", "1.50", "null-and-void"})
    void id_thatYamlWouldTakeForSomethingElse_staysItself(String id) {
        if (!id.contains(".")) {
            assertThat(read(yaml(id)).id()).isEqualTo(id);
        }
        Tenant tenant = read("tenant-id: t\nenvironment: sandbox\ncredentials:\n  client-id: " + id
                + "\n  client-secret: " + id + "\n");
        assertThat(decoded(tenant.credentials())).isEqualTo(id + ":" + id);
    }

    @ParameterizedTest
    @CsvSource({
        "http://localhost:9090, http://localhost:9090",
        "http://127.8.9.1, http://127.8.9.1",
        "http://[::1]:80, http://[::1]",
        "https://Pay.example:443/, https://pay.example",
        "https://pay.example:8443/v1/, https://pay.example:8443/v1"
    })
    void baseUrl_onLoopbackOrHttps_isTakenInItsPlainForm(String written, String taken) {
        assertThat(read(yaml("a").replace("environment: sandbox", "base-url: " + written))
                        .baseUrl())
                .isEqualTo(URI.create(taken));
    }

    @Test
    void plaintext_allowed_isTakenWithAWarning() {
        Tenant tenant =
                read(yaml("a", "allow-plaintext: true").replace("environment: sandbox", "base-url: http://pay"));

        assertThat(tenant.baseUrl()).isEqualTo(URI.create("http://pay"));
    }

    @Test
    void secretFiles_relativeToTheTenantFile_withoutTheirLineEnds() throws Exception {
        Files.createDirectory(folder.resolve("keys"));
        fixture.write("keys/id", "client\r\n");
        fixture.write("keys/secret", " a:${b} \n\n");
        Tenant tenant = read("tenant-id: a\nenvironment: sandbox\ncredentials:\n  client-id-file: keys/id\n"
                + "  client-secret-file: " + folder.resolve("keys/secret") + "\n");

        assertThat(decoded(tenant.credentials())).isEqualTo("client: a:${b} ");
    }

    @Test
    void byteOrderMark_dropped() {
        assertThat(read("\uFEFF" + yaml("a")).id()).isEqualTo("a");
    }

    @Test
    void sameFileReadTwice_makesEqualTenants() {
        String text = yaml("a", "api-keys: [{id: k, sha256: " + "a".repeat(64) + "}]", "card-data: {skip: [/a]}");
        Tenant first = read(text);
        fixture.delete("a.yml");
        fixture.look();
        fixture.look();
        assertThat(fixture.tenants.all()).isEmpty();

        assertThat(read(text)).isNotSameAs(first).isEqualTo(first);
    }

    private static String decoded(BasicCredentials credentials) {
        String base64 = credentials.authorization().substring("Basic ".length());
        return new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
    }
}
