package io.pekopayedge.tenant;

import static io.pekopayedge.tenant.TenantFolderFixture.yaml;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;

/** Every way a tenant file can be wrong: told with file, line, key and remedy; others untouched; last good kept. */
class BadTenantFilesTest {
    private static final String HEAD = "tenant-id: acme\nenvironment: sandbox\n";
    private static final String PAIR = "credentials: {client-id: c, client-secret: Xs3cretXs3cret}\n";
    private static final String GOOD = HEAD + PAIR;

    @TempDir
    Path folder;

    private final Logger news = (Logger) LoggerFactory.getLogger(TenantNews.class);
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();

    @BeforeEach
    void listen() {
        log.start();
        news.addAppender(log);
        news.setLevel(Level.INFO);
    }

    @AfterEach
    void listenNoMore() {
        news.setLevel(null);
        news.detachAppender(log);
    }

    static Stream<Arguments> badFiles() {
        return Stream.of(
                arguments(
                        "an unknown key", GOOD + "hots: [a.example]", 4, "hots", "unknown key", "did you mean hosts?"),
                arguments("snake case", GOOD + "api_keys: []", 4, "api_keys", "unknown key", "did you mean api-keys?"),
                arguments("a strange key", GOOD + "colour: red", 4, "colour", "unknown key", "known here: allow-pla"),
                arguments(
                        "an unknown inner key",
                        HEAD + "credentials:\n  client-id: c\n  client-secret: Xs3cretXs3cret\n  realm: r",
                        6,
                        "credentials.realm",
                        "unknown key",
                        "known here: client-id"),
                arguments("a key twice", GOOD + "environment: production", 4, "environment", "twice", "remove one"),
                arguments("no id", "environment: sandbox\n" + PAIR, 1, "tenant-id", "is missing", "add tenant-id"),
                arguments(
                        "a bad id", "tenant-id: a/b\nenvironment: sandbox\n" + PAIR, 1, "tenant-id", "tenant id", "64"),
                arguments("an id without value", "tenant-id:\n" + PAIR, 1, "tenant-id", "no value", "give it one"),
                arguments("no address", "tenant-id: acme\n" + PAIR, 1, "environment", "is missing", "sandbox"),
                arguments(
                        "an unknown environment",
                        "tenant-id: acme\nenvironment: staging\n" + PAIR,
                        2,
                        "environment",
                        "no such",
                        "production"),
                arguments("two addresses", GOOD + "base-url: https://a.example", 4, "base-url", "beside", "remove one"),
                arguments(
                        "plain http",
                        "tenant-id: acme\nbase-url: http://pay.example\n" + PAIR,
                        2,
                        "base-url",
                        "plain http",
                        "allow-plaintext"),
                arguments(
                        "http to a name that only looks like loopback",
                        "tenant-id: acme\nbase-url: http://127.0.0.1.example\n" + PAIR,
                        2,
                        "base-url",
                        "plain http",
                        "https"),
                arguments(
                        "another scheme",
                        "tenant-id: acme\nbase-url: ftp://pay.example\n" + PAIR,
                        2,
                        "base-url",
                        "not an http",
                        "https://"),
                arguments(
                        "a user in the address",
                        "tenant-id: acme\nbase-url: https://u:Xs3cretXs3cret@pay.example\n" + PAIR,
                        2,
                        "base-url",
                        "holds a user",
                        "credentials only"),
                arguments(
                        "a query in the address",
                        "tenant-id: acme\nbase-url: https://pay.example?a=b\n" + PAIR,
                        2,
                        "base-url",
                        "query",
                        "remove"),
                arguments(
                        "an impossible port",
                        "tenant-id: acme\nbase-url: https://pay.example:70000\n" + PAIR,
                        2,
                        "base-url",
                        "port",
                        "65535"),
                arguments("no credentials", HEAD, 1, "credentials", "is missing", "client-secret"),
                arguments(
                        "no secret",
                        HEAD + "credentials:\n  client-id: c",
                        4,
                        "credentials.client-secret",
                        "is missing",
                        "client-secret-file"),
                arguments(
                        "a colon in the client id",
                        HEAD + "credentials:\n  client-id: 'c:Xs3cretXs3cret'\n  client-secret: s",
                        4,
                        "credentials.client-id",
                        "holds a colon",
                        "RFC 7617"),
                arguments(
                        "a control character in the client id",
                        HEAD + "credentials:\n  client-id: \"c\\x01\"\n  client-secret: s",
                        4,
                        "credentials.client-id",
                        "control character",
                        "one line"),
                arguments(
                        "a line end in the secret",
                        HEAD + "credentials:\n  client-id: c\n  client-secret: \"Xs3cret\\r\\nX-Evil: 1\"",
                        5,
                        "credentials.client-secret",
                        "line end",
                        "one line"),
                arguments(
                        "an unset placeholder",
                        HEAD + "credentials:\n  client-id: c\n  client-secret: ${NOT_SET_ANYWHERE}",
                        5,
                        "credentials.client-secret",
                        "${NOT_SET_ANYWHERE} has no value",
                        "environment variable NOT_SET_ANYWHERE"),
                arguments(
                        "a placeholder without end",
                        HEAD + "credentials:\n  client-id: c\n  client-secret: ${Xs3cretXs3cret",
                        5,
                        "credentials.client-secret",
                        "has no end",
                        "${NAME}"),
                arguments(
                        "a placeholder whose default has no value",
                        HEAD + "credentials:\n  client-id: c\n  client-secret: ${NOT_SET:${NOR_THIS}}",
                        5,
                        "credentials.client-secret",
                        "${NOR_THIS} has no value",
                        "environment variable NOR_THIS"),
                arguments(
                        "a secret in the place of a key",
                        HEAD + "credentials: {client-id: c, Xs3cretXs3cret}",
                        3,
                        "credentials.?",
                        "unknown key",
                        "known here: client-id"),
                arguments(
                        "an inner key twice",
                        HEAD + "credentials:\n  client-id: c\n  client-secret: Xs3cretXs3cret\n  client-id: d",
                        6,
                        "credentials.client-id",
                        "given twice, first in line 4",
                        "remove one"),
                arguments(
                        "a secret in base64 by its tag",
                        HEAD + "credentials:\n  client-id: c\n  client-secret: !!binary WHMzY3JldA==",
                        5,
                        "credentials.client-secret",
                        "is tagged",
                        "plain text"),
                arguments(
                        "a secret file that is not there",
                        HEAD + "credentials:\n  client-id: c\n  client-secret-file: nowhere",
                        5,
                        "credentials.client-secret-file",
                        "not a readable file",
                        "regular file"),
                arguments(
                        "a secret both ways",
                        HEAD + "credentials:\n  client-id: c\n  client-secret: Xs3cretXs3cret\n  client-secret-file: f",
                        6,
                        "credentials.client-secret-file",
                        "stands beside client-secret",
                        "remove one"),
                arguments(
                        "half of the previous credentials",
                        GOOD + "previous-credentials:\n  client-secret: Xs3cretXs3cret",
                        5,
                        "previous-credentials.client-id",
                        "is missing",
                        "add client-id"),
                arguments(
                        "credentials as text",
                        HEAD + "credentials: c:Xs3cretXs3cret",
                        3,
                        "credentials",
                        "a single value, expected a mapping",
                        "write a mapping"),
                arguments(
                        "a secret as a mapping",
                        HEAD + "credentials:\n  client-id: c\n  client-secret: {Xs3cretXs3cret: 1}",
                        5,
                        "credentials.client-secret",
                        "is a mapping, expected plain text",
                        "plain text"),
                arguments(
                        "a secret with a tag",
                        HEAD + "credentials:\n  client-id: c\n  client-secret: !Xs3cretXs3cret x",
                        5,
                        "credentials.client-secret",
                        "is tagged, expected plain text",
                        "plain text"),
                arguments("hosts as text", GOOD + "hosts: a.example", 4, "hosts", "expected a list", "write a list"),
                arguments(
                        "a host with a port",
                        GOOD + "hosts:\n- a.example\n- b.example:80",
                        6,
                        "hosts[1]",
                        "port",
                        "alone"),
                arguments(
                        "a wildcard host",
                        GOOD + "hosts: ['*.example']",
                        4,
                        "hosts[0]",
                        "not a host name",
                        "wildcards"),
                arguments("a URL as host", GOOD + "hosts: ['http://a']", 4, "hosts[0]", "not a host name", "alone"),
                arguments("a host that is no name", GOOD + "hosts: [a..b]", 4, "hosts[0]", "not a host name", "dots"),
                arguments(
                        "an origin with a path",
                        GOOD + "origins: [https://a.example/shop]",
                        4,
                        "origins[0]",
                        "no path",
                        "scheme://host"),
                arguments("the null origin", GOOD + "origins: ['null']", 4, "origins[0]", "not an http", "https://"),
                arguments("any origin", GOOD + "origins: ['*']", 4, "origins[0]", "not an http", "https://"),
                arguments(
                        "a storefront with a path",
                        GOOD + "storefront: http://web:3000/shop",
                        4,
                        "storefront",
                        "has a path",
                        "scheme://host"),
                arguments(
                        "an underscore in the storefront's name",
                        GOOD + "storefront: http://acme_web:3000",
                        4,
                        "storefront",
                        "no valid host name",
                        "hyphens"),
                arguments(
                        "neither on nor off",
                        GOOD + "browser-charge: maybe",
                        4,
                        "browser-charge",
                        "neither",
                        "on or off"),
                arguments(
                        "an intent below another tenant",
                        GOOD + "intents:\n  charge: /tenants/other/transactions",
                        5,
                        "intents.charge",
                        "not below the tenant's path",
                        "/tenants/{tenantId}/"),
                arguments(
                        "an intent that climbs",
                        GOOD + "intents:\n  charge: /tenants/{tenantId}/../other/transactions",
                        5,
                        "intents.charge",
                        "not a safe path",
                        "single slashes"),
                arguments(
                        "an intent with a query",
                        GOOD + "intents:\n  charge: /tenants/{tenantId}/transactions?a=b",
                        5,
                        "intents.charge",
                        "not a safe path",
                        "letters"),
                arguments(
                        "an intent with the guide's literal as name",
                        GOOD + "intents:\n  charge_or_subscription: /tenants/{tenantId}/x",
                        5,
                        "intents.charge_or_subscription",
                        "default intent",
                        "another name"),
                arguments(
                        "a default intent that is none",
                        GOOD + "default-intent: gift",
                        4,
                        "default-intent",
                        "no such intent",
                        "one of charge, subscription"),
                arguments(
                        "a key instead of its digest",
                        GOOD + "api-keys:\n- id: shop\n  sha256: Xs3cretXs3cret",
                        6,
                        "api-keys[0].sha256",
                        "64 hex",
                        "sha256sum"),
                arguments(
                        "the digest of nothing",
                        GOOD
                                + "api-keys:\n"
                                + "- id: shop\n"
                                + "  sha256: E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855",
                        6,
                        "api-keys[0].sha256",
                        "of nothing",
                        "sha256sum"),
                arguments(
                        "two keys of one id",
                        GOOD + "api-keys:\n- {id: shop, sha256: " + "a".repeat(64) + "}\n- {id: shop, sha256: "
                                + "b".repeat(64) + "}",
                        6,
                        "api-keys[1].id",
                        "taken by an earlier key",
                        "id of its own"),
                arguments(
                        "too large a reserve",
                        GOOD + "reserve:\n  max: 0",
                        5,
                        "reserve.max",
                        "out of range",
                        "1–1000000"),
                arguments(
                        "a reserve that is no number",
                        GOOD + "reserve: {min: two}",
                        4,
                        "reserve.min",
                        "number",
                        "digits"),
                arguments(
                        "a cover without sense",
                        GOOD + "reserve: {cover: soon}",
                        4,
                        "reserve.cover",
                        "duration",
                        "10m"),
                arguments(
                        "a pointer that is none",
                        GOOD + "card-data: {skip: [order]}",
                        4,
                        "card-data.skip[0]",
                        "JSON",
                        "/"),
                arguments(
                        "a pointer to all",
                        GOOD + "card-data: {skip: ['']}",
                        4,
                        "card-data.skip[0]",
                        "whole",
                        "one value"),
                arguments("an empty file", "", 1, "", "is empty", "delete the file"),
                arguments("only a comment", "# soon\n", 1, "", "is empty", "delete the file"),
                arguments("a merge key", GOOD + "<<: {hosts: [a.example]}", 4, "<<", "unknown key", "known here"),
                arguments("a key that is a list", GOOD + "? [hosts]\n: a", 4, "", "not text", "plain words"),
                arguments("a list within itself", GOOD + "hosts: &h [*h]", 4, "hosts[0]", "is a list", "plain text"),
                arguments(
                        "an empty value",
                        HEAD + "credentials:\n  client-id: ''\n  client-secret: s",
                        4,
                        "credentials.client-id",
                        "is empty",
                        "PekoPay's value"),
                arguments("300 KB", GOOD + "#".repeat(300_000), 1, "", "larger than 256 KB", "one tenant a file"),
                arguments("a list", "- tenant-id: acme", 1, "", "not a mapping", "begin with tenant-id"),
                arguments("two documents", GOOD + "---\n" + GOOD, 4, "", "second document", "check"),
                arguments("a tab", "tenant-id: acme\n\tenvironment: sandbox", 2, "", "a tab", "indentation"),
                arguments(
                        "a stray colon",
                        HEAD + "credentials:\n  client-secret: Xs3cret: Xs3cret",
                        4,
                        "",
                        "a colon where none can be",
                        "quote values"),
                arguments(
                        "an undefined alias", HEAD + "credentials: *Xs3cretXs3cret", 3, "", "not well-formed", "quote"),
                arguments("a control character", HEAD + "hosts: [\u0001]", 1, "", "control characters", "check"),
                arguments("depth", GOOD + "hosts: " + "[".repeat(100) + "]".repeat(100), 1, "", "too deep", "check"),
                arguments("UTF-16", "\u0000t\u0000e", 1, "", "control characters", "check"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("badFiles")
    void badFile_reported_withLineKeyAndRemedy(
            String what, String text, int line, String key, String reason, String remedy) {
        try (TenantFolderFixture fixture = new TenantFolderFixture(folder)) {
            fixture.write("acme.yml", yaml("acme", "hosts: [acme.example]"));
            fixture.write("bistro.yml", yaml("bistro"));
            fixture.look();
            Tenant acme = fixture.tenant("acme");
            Tenant bistro = fixture.tenant("bistro");

            fixture.write("acme.yml", text);
            fixture.look();

            assertThat(fixture.source.invalid()).singleElement().satisfies(bad -> {
                assertThat(bad.file()).isEqualTo(folder.resolve("acme.yml").toString());
                assertThat(bad.tenant()).isEqualTo("acme");
                assertThat(bad.findings().get(0).line()).isEqualTo(line);
                assertThat(bad.findings().get(0).key()).isEqualTo(key);
                assertThat(bad.findings().get(0).reason()).contains(reason);
                assertThat(bad.findings().get(0).remedy()).contains(remedy);
                assertThat(bad.toString()).doesNotContain("Xs3cret");
                assertThat(log.list)
                        .filteredOn(event -> event.getLevel() == Level.ERROR)
                        .extracting(ILoggingEvent::getFormattedMessage)
                        .containsAll(bad.findings().stream()
                                .map(finding ->
                                        "Tenant file refused, tenant acme keeps its last good version: " + finding)
                                .toList());
            });
            assertThat(fixture.tenant("acme")).isSameAs(acme);
            assertThat(fixture.tenants.byHost("acme.example")).isSameAs(acme);
            assertThat(fixture.tenant("bistro")).isSameAs(bistro);

            fixture.write("acme.yml", yaml("acme"));
            fixture.look();
            assertThat(fixture.source.invalid()).isEmpty();
            assertThat(fixture.tenant("acme").hosts()).isEmpty();
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("badFiles")
    void badFile_fromTheStart_notServedAndOthersAre(String what, String text) {
        try (TenantFolderFixture fixture = new TenantFolderFixture(folder)) {
            fixture.write("acme.yml", text);
            fixture.write("bistro.yml", yaml("bistro"));
            fixture.look();

            assertThat(fixture.tenants.all()).extracting(Tenant::id).containsExactly("bistro");
            assertThat(fixture.source.invalid())
                    .singleElement()
                    .satisfies(bad -> assertThat(bad.tenant()).isNull());
        }
    }

    @Test
    void file_notUtf8_refused_andTheLastGoodKept() throws Exception {
        try (TenantFolderFixture fixture = new TenantFolderFixture(folder)) {
            fixture.write("acme.yml", yaml("acme"));
            fixture.look();
            Tenant acme = fixture.tenant("acme");
            Files.write(folder.resolve("acme.yml"), (GOOD + "# caf\u00e9").getBytes(StandardCharsets.ISO_8859_1));
            fixture.look();

            assertThat(fixture.source.invalid().get(0).findings().get(0).reason())
                    .isEqualTo("is not UTF-8");
            assertThat(fixture.tenant("acme")).isSameAs(acme);
        }
    }

    @Test
    void file_ofManyMegabytes_refusedWithoutBeingReadWhole() throws Exception {
        try (TenantFolderFixture fixture = new TenantFolderFixture(folder);
                var huge =
                        new java.io.RandomAccessFile(folder.resolve("acme.yml").toFile(), "rw")) {
            huge.setLength(8L << 30);
            fixture.look();

            assertThat(fixture.source.invalid().get(0).findings().get(0).reason())
                    .contains("larger than 256 KB");
        }
    }

    @Test
    void file_withManyProblems_tellsAll() {
        try (TenantFolderFixture fixture = new TenantFolderFixture(folder)) {
            fixture.write("acme.yml", "tenant-id: a b\nhosts: [a:1, b:2]\ncredentials: {client-id: 'a:b'}\nx: y\n");
            fixture.look();

            assertThat(fixture.source.invalid().get(0).findings())
                    .extracting(Finding::key)
                    .containsExactly(
                            "x",
                            "tenant-id",
                            "environment",
                            "hosts[0]",
                            "hosts[1]",
                            "credentials.client-id",
                            "credentials.client-secret");
        }
    }

    @Test
    void folderNamedLikeAFile_refused() throws Exception {
        try (TenantFolderFixture fixture = new TenantFolderFixture(folder)) {
            Files.createDirectory(folder.resolve("acme.yml"));
            fixture.look();

            assertThat(fixture.source.invalid().get(0).findings().get(0).reason())
                    .contains("not a readable file");
        }
    }

    /** As when the folder's volume is gone: nothing else would tell of it. */
    @Test
    void lastTenantThatGoes_isAnError() {
        try (var files = new TenantFolderFixture(folder)) {
            files.write("acme.yml", TenantFolderFixture.yaml("acme"));
            files.write("bistro.yml", TenantFolderFixture.yaml("bistro"));
            files.look();
            files.delete("acme.yml");
            files.look();
            files.look();
            assertThat(log.list).noneMatch(event -> event.getLevel() == Level.ERROR);
            files.delete("bistro.yml");
            files.look();
            files.look();
            assertThat(log.list)
                    .filteredOn(event -> event.getLevel() == Level.ERROR)
                    .singleElement()
                    .satisfies(event -> assertThat(event.getFormattedMessage()).startsWith("No tenant is served"));
        }
    }

    @Test
    void linkToNothing_refused() throws Exception {
        try (TenantFolderFixture fixture = new TenantFolderFixture(folder)) {
            Files.createSymbolicLink(folder.resolve("acme.yml"), Path.of("nowhere"));
            fixture.look();

            assertThat(fixture.source.invalid().get(0).findings().get(0).reason())
                    .contains("link to nothing");
        }
    }
}
