package io.pekopayedge.tenant;

import static io.pekopayedge.tenant.TenantFolderFixture.yaml;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that come, change, go, and claim what others have. */
class TenantFilesTest {
    @TempDir
    Path root;

    private Path folder;
    private TenantFolderFixture fixture;

    @BeforeEach
    void open() throws IOException {
        folder = Files.createDirectory(root.resolve("tenants"));
        fixture = new TenantFolderFixture(folder);
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void unchangedFile_keepsTheSameTenant_andNobodyIsTold() {
        fixture.write("a.yml", yaml("a"));
        fixture.write("b.yml", yaml("b"));
        fixture.look();
        Tenant a = fixture.tenant("a");
        List<String> told = new ArrayList<>();
        fixture.tenants.listen((before, after) -> told.add((before == null ? "" : before.id()) + ">" + after.id()));

        fixture.look();
        fixture.write("b.yml", yaml("b") + "# a comment\n");
        fixture.look();
        fixture.write("b.yml", yaml("b", "hosts: [b.example]"));
        fixture.look();

        assertThat(fixture.tenant("a")).isSameAs(a);
        assertThat(told).containsExactly("b>b");
    }

    @Test
    void hostOfAServedTenant_staysWithIt_whateverTheNames() {
        fixture.write("m.yml", yaml("m", "hosts: [shop.example]"));
        fixture.look();
        fixture.write(
                "a.yml",
                yaml("a", "environment: sandbox\nhosts: [other.example, Shop.example]")
                        .replaceFirst("environment: sandbox\n", ""));
        fixture.look();

        assertThat(fixture.tenants.byHost("shop.example")).isSameAs(fixture.tenant("m"));
        assertThat(fixture.tenants.byId("a")).isNull();
        assertThat(fixture.source.invalid()).singleElement().satisfies(bad -> {
            assertThat(bad.file()).endsWith("a.yml");
            assertThat(bad.findings()).singleElement().satisfies(finding -> {
                assertThat(finding.line()).isEqualTo(4);
                assertThat(finding.key()).isEqualTo("hosts");
                assertThat(finding.reason()).isEqualTo("shop.example is taken by m.yml");
            });
        });

        fixture.write("m.yml", yaml("m"));
        fixture.look();
        assertThat(fixture.tenants.byHost("shop.example")).isSameAs(fixture.tenant("a"));
        assertThat(fixture.source.invalid()).isEmpty();
    }

    @Test
    void idOfTwoNewFiles_goesToTheFirstByName() {
        fixture.write("b.yml", yaml("x", "hosts: [b.example]"));
        fixture.write("a.yml", yaml("x", "hosts: [a.example]"));
        fixture.look();

        assertThat(fixture.tenant("x").hosts()).containsExactly("a.example");
        assertThat(fixture.tenants.byHost("b.example")).isNull();
        assertThat(fixture.source.invalid())
                .singleElement()
                .satisfies(bad -> assertThat(bad.toString()).contains("b.yml", "tenant-id", "x is taken by a.yml"));
    }

    @Test
    void changedFile_thatClaimsAnothersHost_keepsItsLastGoodVersion() {
        fixture.write("a.yml", yaml("a", "hosts: [a.example]"));
        fixture.write("b.yml", yaml("b", "hosts: [b.example]"));
        fixture.look();
        fixture.write("a.yml", yaml("a", "hosts: [b.example]"));
        fixture.write("c.yml", yaml("c", "hosts: [a.example]"));
        fixture.look();

        assertThat(fixture.tenants.byHost("a.example")).isSameAs(fixture.tenant("a"));
        assertThat(fixture.tenants.byHost("b.example")).isSameAs(fixture.tenant("b"));
        assertThat(fixture.tenants.byId("c")).isNull();
        assertThat(fixture.source.invalid()).extracting(BadFile::tenant).containsExactly("a", null);
    }

    @Test
    void twoTenants_thatExchangeTheirHosts_bothChange() {
        fixture.write("a.yml", yaml("a", "hosts: [a.example]"));
        fixture.write("b.yml", yaml("b", "hosts: [b.example]"));
        fixture.look();
        fixture.write("a.yml", yaml("a", "hosts: [b.example]"));
        fixture.write("b.yml", yaml("b", "hosts: [a.example]"));
        fixture.look();

        assertThat(fixture.source.invalid()).isEmpty();
        assertThat(fixture.tenants.byHost("a.example")).isSameAs(fixture.tenant("b"));
        assertThat(fixture.tenants.byHost("b.example")).isSameAs(fixture.tenant("a"));
    }

    @Test
    void loser_doesNotTakeOthersWithIt() {
        fixture.write("m.yml", yaml("m", "hosts: [m.example]"));
        fixture.look();
        fixture.write("a.yml", yaml("a", "hosts: [m.example, z.example]"));
        fixture.write("z.yml", yaml("z", "hosts: [z.example]"));
        fixture.look();

        assertThat(fixture.tenants.byId("a")).isNull();
        assertThat(fixture.tenants.byHost("z.example")).isSameAs(fixture.tenant("z"));
    }

    @Test
    void brokenFile_keepsItsHostAgainstOthers() {
        fixture.write("m.yml", yaml("m", "hosts: [m.example]"));
        fixture.look();
        fixture.write("m.yml", "tenant-id: m");
        fixture.write("a.yml", yaml("a", "hosts: [m.example]"));
        fixture.look();

        assertThat(fixture.tenants.byHost("m.example")).isSameAs(fixture.tenant("m"));
        assertThat(fixture.source.invalid()).hasSize(2);
    }

    @Test
    void removedFile_tenantGoesAfterTwoLooks() {
        fixture.write("a.yml", yaml("a"));
        fixture.write("b.yml", yaml("b"));
        fixture.look();
        fixture.delete("a.yml");

        fixture.look();
        assertThat(fixture.tenants.byId("a")).isNotNull();
        fixture.look();
        assertThat(fixture.tenants.byId("a")).isNull();
        assertThat(fixture.tenants.byId("b")).isNotNull();
        assertThat(fixture.source.invalid()).isEmpty();
    }

    @Test
    void fileThatIsAwayForOneLook_changesNothing() {
        fixture.write("a.yml", yaml("a"));
        fixture.look();
        Tenant a = fixture.tenant("a");
        for (int i = 0; i < 3; i++) {
            fixture.delete("a.yml");
            fixture.look();
            fixture.write("a.yml", yaml("a"));
            fixture.look();
        }

        assertThat(fixture.tenant("a")).isSameAs(a);
    }

    @Test
    void renamedFile_servedWithoutAGap_andWithoutAnError() throws IOException {
        fixture.write("a.yml", yaml("a", "hosts: [a.example]"));
        fixture.look();
        Files.move(folder.resolve("a.yml"), folder.resolve("b.yml"));

        for (int i = 0; i < 3; i++) {
            fixture.look();
            assertThat(fixture.tenants.byHost("a.example")).isNotNull();
            assertThat(fixture.source.invalid()).isEmpty();
        }
        fixture.write("b.yml", yaml("a", "hosts: [b.example]"));
        fixture.look();
        assertThat(fixture.tenants.byHost("b.example")).isNotNull();
    }

    @Test
    void vanishedFolder_changesNothing_andIsReported() throws IOException {
        fixture.write("a.yml", yaml("a"));
        fixture.look();
        Tenant a = fixture.tenant("a");
        Files.move(folder, root.resolve("away"));
        for (int i = 0; i < 5; i++) {
            fixture.look();
        }

        assertThat(fixture.tenant("a")).isSameAs(a);
        assertThat(fixture.source.invalid()).singleElement().satisfies(bad -> {
            assertThat(bad.file()).isEqualTo(folder.toString());
            assertThat(bad.findings().get(0).reason()).isEqualTo("no such folder");
        });

        Files.move(root.resolve("away"), folder);
        fixture.look();
        assertThat(fixture.source.invalid()).isEmpty();
        assertThat(fixture.tenant("a")).isSameAs(a);
    }

    @Test
    void folderThatIsAFile_isReported() throws IOException {
        fixture.write("a.yml", yaml("a"));
        fixture.look();
        Files.move(folder, root.resolve("away"));
        Files.writeString(folder, "");
        fixture.look();

        assertThat(fixture.tenants.byId("a")).isNotNull();
        assertThat(fixture.source.invalid().get(0).findings().get(0).reason()).isEqualTo("is not a folder");
    }

    @Test
    void otherAndHiddenFiles_areNotTenants() {
        fixture.write(".a.yml", yaml("a"));
        fixture.write("b.yml~", yaml("b"));
        fixture.write("README.md", "# Tenants");
        fixture.write("c.yaml", yaml("c"));
        fixture.look();

        assertThat(fixture.tenants.all()).extracting(Tenant::id).containsExactly("c");
        assertThat(fixture.source.invalid()).isEmpty();
    }

    @Test
    void secretFile_rewritten_isTakenIn() {
        fixture.write("secret", "first-secret-1\n");
        fixture.write(
                "a.yml", "tenant-id: a\nenvironment: sandbox\ncredentials: {client-id: c, client-secret-file: secret}");
        fixture.look();
        BasicCredentials first = fixture.tenant("a").credentials();
        fixture.write("secret", "second-secret-2\n");
        fixture.look();

        assertThat(first).isEqualTo(new BasicCredentials("c", "first-secret-1"));
        assertThat(fixture.tenant("a").credentials()).isEqualTo(new BasicCredentials("c", "second-secret-2"));
    }

    @Test
    void secretFile_thatIsAwayForAWhile_keepsTheLastGood_andIsTakenInWhenBack() {
        fixture.write("secret", "first-secret-1");
        fixture.write(
                "a.yml", "tenant-id: a\nenvironment: sandbox\ncredentials: {client-id: c, client-secret-file: secret}");
        fixture.look();
        fixture.delete("secret");
        fixture.look();
        assertThat(fixture.source.invalid().get(0).toString())
                .contains("client-secret-file")
                .doesNotContain("first-");
        assertThat(fixture.tenant("a").credentials()).isEqualTo(new BasicCredentials("c", "first-secret-1"));

        fixture.write("secret", "third-secret-3");
        fixture.look();
        assertThat(fixture.source.invalid()).isEmpty();
        assertThat(fixture.tenant("a").credentials()).isEqualTo(new BasicCredentials("c", "third-secret-3"));
    }

    @Test
    void editWithinTheSameTick_andOfTheSameSize_isSeenAtOnce() {
        fixture.write("a.yml", yaml("a", "hosts: [h0.example]"));
        fixture.look();
        for (int i = 1; i < 10; i++) {
            fixture.write("a.yml", yaml("a", "hosts: [h" + i + ".example]"));
            fixture.look();
            assertThat(fixture.tenant("a").hosts()).containsExactly("h" + i + ".example");
        }
    }

    @Test
    void editWithItsTimeSetBack_isSeen_thoughTheStampSettled() throws IOException {
        Path file = folder.resolve("a.yml");
        fixture.write("a.yml", yaml("a", "hosts: [one.example]"));
        FileTime time = Files.getLastModifiedTime(file);
        SeenFile seen = new SeenFile(file, 4096, anHourAhead());
        seen.read();
        awaitTick(file);
        fixture.write("a.yml", yaml("a", "hosts: [two.example]"));
        Files.setLastModifiedTime(file, time);

        assertThat(seen.same(false)).isFalse();
    }

    @Test
    void settledStamp_thatStaysTheSame_isNotRead() throws IOException {
        Path file = folder.resolve("a.yml");
        fixture.write("a.yml", yaml("a"));
        SeenFile settled = new SeenFile(file, 4096, anHourAhead());
        settled.read();

        assertThat(settled.undisturbed()).isTrue();
        assertThat(settled.same(false)).isTrue();
        assertThat(settled.same(true)).isTrue();
        assertThat(FileStamp.of(file).settledAt(Clock.systemUTC().instant())).isFalse();
        assertThat(FileStamp.of(file).settledAt(anHourAhead().instant())).isTrue();
    }

    /** A clock for which every stamp has settled. */
    private static Clock anHourAhead() {
        return Clock.offset(Clock.systemUTC(), Duration.ofHours(1));
    }

    /** Until the file system's clock moves on. */
    private void awaitTick(Path file) throws IOException {
        FileTime changed = (FileTime) Files.getAttribute(file, "unix:ctime");
        FileTime now;
        do {
            Path probe = Files.writeString(root.resolve("probe"), "x");
            now = (FileTime) Files.getAttribute(probe, "unix:ctime");
        } while (now.compareTo(changed) <= 0);
    }
}
