package io.pekopayedge.tenant;

import io.pekopayedge.settings.EdgeClock;
import io.pekopayedge.settings.EdgeSettings;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps {@link Tenants} as the tenant files say. Reads them once in {@link #start()}, then looks at them every
 * {@code tenants.poll} on a thread of its own, since files block. Notification by the file system is not used: it does
 * not see a {@code ..data} link that is swapped, nor network file systems.
 */
public final class TenantSource implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TenantSource.class);

    private final Path location;
    private final Duration poll;
    private final Tenants tenants;
    private final TenantFolder folder;
    private final TenantNews news = new TenantNews();
    private final ScheduledExecutorService thread;
    private @Nullable Finding unreadable;
    /** The folder says what the tenants do not say yet. */
    private boolean behind;

    private volatile List<BadFile> invalid = List.of();
    private volatile Map<String, String> files = Map.of();

    public TenantSource(EdgeSettings settings, Placeholders placeholders, Tenants tenants, EdgeClock clock) {
        this.location = settings.tenants().location();
        this.poll = settings.tenants().poll();
        this.tenants = tenants;
        this.folder = new TenantFolder(
                location,
                new TenantFileReader(settings.environments(), settings.reserve(), placeholders),
                clock.wall());
        this.thread = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread made = new Thread(task, "tenant-files");
            made.setDaemon(true);
            return made;
        });
    }

    /** Reads all files before it returns; bad files, and a missing folder, are reported and do not throw. Call once. */
    public void start() {
        poll();
        var unused = thread.scheduleWithFixedDelay(this::poll, poll.toNanos(), poll.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Ends the looking; the tenants stay as they are. */
    @Override
    public void close() {
        thread.shutdownNow();
    }

    /** What is not served as its file stands; safe for any thread. */
    public List<BadFile> invalid() {
        return invalid;
    }

    /** Path of the file that a tenant is served from, or null; safe for any thread. */
    public @Nullable String fileOf(String tenant) {
        return files.get(tenant);
    }

    /** One look. A failure of ours must not end the looking, which any throwable would, nor change what is served. */
    void poll() {
        try {
            behind |= folder.look();
            boolean back = unreadable != null;
            unreadable = null;
            if (back) {
                LOG.info("Tenants folder is readable again: {}", location);
            }
            if (behind || back) {
                take();
            }
        } catch (IOException e) {
            report(finding(location, e));
        } catch (RuntimeException | Error e) {
            LOG.error("A look at the tenant files failed; the tenants stay as they are", e);
        }
    }

    private void take() {
        publish();
        tenants.swap(folder.served());
        behind = false;
        news.tell(folder);
    }

    private void report(Finding finding) {
        if (!finding.equals(unreadable)) {
            LOG.error("Tenants folder: {}", finding);
            unreadable = finding;
            publish();
        }
    }

    /** What is wrong with the folder as a whole. */
    static Finding finding(Path location, IOException e) {
        return new Finding(
                location.toString(),
                1,
                "",
                reason(e),
                "check pekopay.edge.tenants.location; tenants stay as they were");
    }

    private static String reason(IOException e) {
        if (e instanceof NoSuchFileException) {
            return "no such folder";
        }
        if (e instanceof NotDirectoryException) {
            return "is not a folder";
        }
        return e instanceof AccessDeniedException ? "may not be read" : "cannot be read";
    }

    private void publish() {
        List<BadFile> bad = new ArrayList<>();
        if (unreadable != null) {
            bad.add(new BadFile(location.toString(), null, List.of(unreadable)));
        }
        Map<String, String> served = new HashMap<>();
        for (TenantFile file : folder.files()) {
            Tenant last = file.served();
            if (last != null) {
                served.put(last.id(), file.path().toString());
            }
            if (!file.findings().isEmpty()) {
                bad.add(new BadFile(file.path().toString(), last == null ? null : last.id(), file.findings()));
            }
        }
        invalid = List.copyOf(bad);
        files = Map.copyOf(served);
    }
}
