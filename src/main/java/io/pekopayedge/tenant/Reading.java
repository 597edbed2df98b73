package io.pekopayedge.tenant;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one tenant file says.
 *
 * @param id of the tenant, even if the rest is wrong; null if unreadable
 * @param tenant null if there are problems
 * @param hostLines the line of each host
 * @param idLine the line of the id
 */
record Reading(
        @Nullable String id,
        @Nullable Tenant tenant,
        int idLine,
        Map<String, Integer> hostLines,
        List<Finding> problems,
        List<Finding> warnings) {}
