package io.pekopayedge.tenant;

import static io.pekopayedge.tenant.TenantFolderFixture.yaml;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ManyTenantsTest {
    private static final int MANY = 10_000;

    @TempDir
    Path folder;

    @Test
    void tenThousandFiles_loadAndChangeInTime() {
        try (TenantFolderFixture fixture = new TenantFolderFixture(folder)) {
            for (int i = 0; i < MANY; i++) {
                fixture.write(
                        "t" + i + ".yml", yaml("t" + i, "hosts: [shop" + i + ".example, www.shop" + i + ".example]"));
            }
            Duration load = time(fixture::look);
            assertThat(fixture.tenants.all()).hasSize(MANY);
            Tenant other = fixture.tenant("t1234");
            AtomicInteger told = new AtomicInteger();
            fixture.tenants.listen((before, after) -> told.incrementAndGet());

            Duration idle = time(fixture::look);
            fixture.write("t777.yml", yaml("t777", "hosts: [changed.example]"));
            Duration change = time(fixture::look);

            System.out.printf(
                    "%,d tenant files: load %d ms, look without a change %d ms, look with one change %d ms%n",
                    MANY, load.toMillis(), idle.toMillis(), change.toMillis());
            assertThat(fixture.tenants.byHost("changed.example")).isSameAs(fixture.tenant("t777"));
            assertThat(fixture.tenant("t1234")).isSameAs(other);
            assertThat(told).hasValue(1);
            assertThat(load).isLessThan(Duration.ofSeconds(60));
            assertThat(change).isLessThan(Duration.ofSeconds(10));
        }
    }

    private static Duration time(Runnable work) {
        long start = System.nanoTime();
        work.run();
        return Duration.ofNanos(System.nanoTime() - start);
    }
}
