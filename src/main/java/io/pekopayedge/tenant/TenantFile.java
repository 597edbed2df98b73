package io.pekopayedge.tenant;

import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One tenant file over time: what it says now, and which version of it is served. For one thread. */
final class TenantFile {
    /** In one look, when something moved while it was read: half of an old pair of credentials and half of a new one. */
    private static final int TRIES = 5;

    private final Path path;
    private final TenantFileReader reader;
    private final Clock wall;
    private SeenFiles seen;
    private Reading reading;
    private List<Finding> conflicts = List.of();
    private @Nullable Tenant served;
    private int absences;
    private boolean moving;

    TenantFile(Path path, TenantFileReader reader, Clock wall) {
        this.path = path;
        this.reader = reader;
        this.wall = wall;
        this.seen = new SeenFiles(wall);
        this.reading = read();
    }

    private Reading read() {
        Reading latest;
        int tries = 0;
        do {
            seen = new SeenFiles(wall);
            latest = reader.read(path, seen);
            moving = !seen.undisturbed();
        } while (moving && ++tries < TRIES);
        return latest;
    }

    /** @return whether it says something new; what is still moving is left for the next look */
    boolean refresh(boolean thorough) {
        absences = 0;
        if (!moving && seen.same(thorough)) {
            return false;
        }
        Reading latest = read();
        if (moving || latest.equals(reading)) {
            return false;
        }
        reading = latest;
        return true;
    }

    /** @return how many polls in a row did not find it */
    int absent() {
        return ++absences;
    }

    boolean isAbsent() {
        return absences > 0;
    }

    Path path() {
        return path;
    }

    Reading reading() {
        return reading;
    }

    /** What it asks to be served: what it says now, or else its last good version. */
    @Nullable
    Tenant wanted() {
        return absences == 0 && reading.tenant() != null ? reading.tenant() : served;
    }

    @Nullable
    Tenant served() {
        return served;
    }

    void serve(@Nullable Tenant tenant, List<Finding> lost) {
        served = tenant;
        conflicts = lost;
    }

    /** Why what it says now is not served; empty if it is. */
    List<Finding> findings() {
        return reading.problems().isEmpty() ? conflicts : reading.problems();
    }
}
