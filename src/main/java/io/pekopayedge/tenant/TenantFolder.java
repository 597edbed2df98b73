package io.pekopayedge.tenant;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The tenant files of one folder over time. A look at it costs one stat call for each file that is as it was; only what
 * changed is read. For one thread.
 */
final class TenantFolder {
    /** A tenant goes when so many looks in a row found no file of it. */
    private static final int ABSENCES = 2;
    /** So often a file is read whatever its stamp says, a few files at each look: for file systems that lie. */
    private static final int THOROUGH = 32;

    private final Path location;
    private final TenantFileReader reader;
    private final Clock wall;
    private final TreeMap<Path, TenantFile> files = new TreeMap<>();
    private int looks;
    /** Something was taken in and is not settled: a look that broke off half-way must not lose it. */
    private boolean unsettled;

    TenantFolder(Path location, TenantFileReader reader, Clock wall) {
        this.location = location;
        this.reader = reader;
        this.wall = wall;
    }

    /**
     * Takes in what changed since the last look.
     *
     * @return whether anything did
     * @throws IOException if the folder cannot be read; nothing is changed then
     */
    boolean look() throws IOException {
        Set<Path> present = list();
        looks++;
        for (Path path : present) {
            TenantFile known = files.get(path);
            if (known == null) {
                unsettled = true;
                files.put(path, new TenantFile(path, reader, wall));
            } else {
                boolean back = known.isAbsent();
                unsettled |= known.refresh(Math.floorMod(path.hashCode() + looks, THOROUGH) == 0) || back;
            }
        }
        unsettled |= files.values().removeIf(file -> !present.contains(file.path()) && gone(file));
        if (!unsettled) {
            return false;
        }
        Claims.settle(files.values());
        unsettled = false;
        return true;
    }

    private static boolean gone(TenantFile file) {
        return file.absent() >= ABSENCES || file.served() == null;
    }

    /** In the order of their names. */
    Collection<TenantFile> files() {
        return files.values();
    }

    Collection<Tenant> served() {
        List<Tenant> served = new ArrayList<>(files.size());
        for (TenantFile file : files.values()) {
            Tenant tenant = file.served();
            if (tenant != null) {
                served.add(tenant);
            }
        }
        return served;
    }

    private Set<Path> list() throws IOException {
        Set<Path> present = new TreeSet<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(location, TenantFolder::isTenantFile)) {
            entries.forEach(present::add);
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return present;
    }

    /** By its name alone; hidden files, {@code ..data} among them, are none. */
    private static boolean isTenantFile(Path path) {
        String name = String.valueOf(path.getFileName());
        return !name.startsWith(".") && (name.endsWith(".yml") || name.endsWith(".yaml"));
    }
}
