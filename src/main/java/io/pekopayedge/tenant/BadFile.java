package io.pekopayedge.tenant;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A file that is not served as it stands, or the whole folder if that cannot be read. Immutable.
 *
 * @param file its path
 * @param tenant the id that is served by its last good version, or null
 * @param findings at least one
 */
public record BadFile(String file, @Nullable String tenant, List<Finding> findings) {}
