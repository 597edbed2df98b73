package io.pekopayedge.tenant;

import com.github.benmanes.caffeine.cache.Ticker;
import io.pekopayedge.settings.EdgeClock;
import io.pekopayedge.settings.EdgeSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import reactor.core.scheduler.Schedulers;

/** A tenants folder on disk and the source that reads it; looks happen when a test says so. */
final class TenantFolderFixture implements AutoCloseable {
    final Path folder;
    final Tenants tenants = new Tenants();
    final Map<String, String> environment = new HashMap<>();
    final TenantSource source;

    TenantFolderFixture(Path folder) {
        this.folder = folder;
        this.source = new TenantSource(settings(folder), new Placeholders(environment::get), tenants, clock());
    }

    static EdgeClock clock() {
        return new EdgeClock(Clock.systemUTC(), Ticker.systemTicker(), Schedulers.parallel(), new Random(1));
    }

    static EdgeSettings settings(Path folder) {
        MapConfigurationPropertySource properties = new MapConfigurationPropertySource();
        properties.put("pekopay.edge.tenants.location", folder.toString());
        properties.put("pekopay.edge.tenants.poll", "1h");
        return new Binder(properties).bindOrCreate("pekopay.edge", Bindable.of(EdgeSettings.class));
    }

    /** The least that is a tenant. */
    static String yaml(String id, String... more) {
        return "tenant-id: " + id + "\nenvironment: sandbox\ncredentials: {client-id: client-" + id
                + ", client-secret: secret-of-" + id + "}\n" + String.join("\n", more) + "\n";
    }

    void write(String name, String text) {
        try {
            Files.writeString(folder.resolve(name), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void delete(String name) {
        try {
            Files.delete(folder.resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void look() {
        source.poll();
    }

    Tenant tenant(String id) {
        Tenant tenant = tenants.byId(id);
        if (tenant == null) {
            throw new AssertionError("tenant " + id + " is not served; invalid: " + source.invalid());
        }
        return tenant;
    }

    @Override
    public void close() {
        source.close();
    }
}
