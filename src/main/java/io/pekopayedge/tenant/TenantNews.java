package io.pekopayedge.tenant;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the log what became of tenants and files, each thing once. Names and fingerprints only. For one thread. */
final class TenantNews {
    /** More at once, as at the start, are told by their number. */
    private static final int MOST_LINES = 100;

    private static final Logger LOG = LoggerFactory.getLogger(TenantNews.class);

    private Map<String, Tenant> served = Map.of();
    private Map<String, List<Finding>> bad = Map.of();
    private Set<Finding> warned = Set.of();

    void tell(TenantFolder folder) {
        tellBad(folder);
        tellWarnings(folder);
        tellChanges(folder);
    }

    private void tellBad(TenantFolder folder) {
        Map<String, List<Finding>> now = new HashMap<>();
        for (TenantFile file : folder.files()) {
            List<Finding> findings = file.findings();
            String name = file.path().toString();
            if (!findings.isEmpty()) {
                now.put(name, findings);
                if (!findings.equals(bad.get(name))) {
                    findings.forEach(finding -> LOG.error("Tenant file refused, {}: {}", state(file), finding));
                }
            } else if (bad.containsKey(name)) {
                LOG.info("Tenant file is good again: {}", name);
            }
        }
        bad = now;
    }

    private static String state(TenantFile file) {
        Tenant last = file.served();
        return last == null ? "not served" : "tenant " + last.id() + " keeps its last good version";
    }

    private void tellWarnings(TenantFolder folder) {
        Set<Finding> now = new HashSet<>();
        for (TenantFile file : folder.files()) {
            for (Finding warning : file.reading().warnings()) {
                now.add(warning);
                if (!warned.contains(warning)) {
                    LOG.warn("Tenant file is risky: {}", warning);
                }
            }
        }
        warned = now;
    }

    private void tellChanges(TenantFolder folder) {
        Map<String, Tenant> now = new HashMap<>();
        folder.served().forEach(tenant -> now.put(tenant.id(), tenant));
        List<String> lines = new ArrayList<>();
        served.forEach((id, before) -> {
            Tenant after = now.get(id);
            if (after == null) {
                lines.add("Tenant " + id + " is gone");
            } else if (!after.equals(before)) {
                lines.add("Tenant " + id + " changed: " + difference(before, after));
            }
        });
        now.forEach((id, tenant) -> {
            if (!served.containsKey(id)) {
                lines.add("Tenant " + id + " came, credentials "
                        + tenant.credentials().fingerprint());
            }
        });
        if (lines.size() > MOST_LINES) {
            LOG.info("{} tenants came, changed or went; {} are served", lines.size(), now.size());
        } else {
            lines.forEach(LOG::info);
        }
        if (now.isEmpty() && !served.isEmpty()) {
            LOG.error(
                    "No tenant is served any more: every shop is answered 404. Is the folder of tenant files mounted?");
        }
        served = now;
    }

    /** The names of what differs; of credentials the fingerprints. */
    static String difference(Tenant before, Tenant after) {
        List<String> parts = new ArrayList<>();
        if (!before.credentials().equals(after.credentials())) {
            parts.add("credentials " + before.credentials().fingerprint() + " -> "
                    + after.credentials().fingerprint());
        }
        add(parts, "previous-credentials", before.previousCredentials(), after.previousCredentials());
        add(parts, "environment", before.environment(), after.environment());
        add(parts, "address", before.baseUrl(), after.baseUrl());
        add(parts, "hosts", before.hosts(), after.hosts());
        add(parts, "origins", before.origins(), after.origins());
        add(parts, "storefront", before.storefront(), after.storefront());
        add(parts, "browser-charge", before.browserCharge(), after.browserCharge());
        add(parts, "intents", before.intents(), after.intents());
        add(parts, "default-intent", before.defaultIntent(), after.defaultIntent());
        add(parts, "api-keys", before.apiKeys(), after.apiKeys());
        add(parts, "reserve", before.reserve(), after.reserve());
        add(parts, "card-data", before.cardDataSkip(), after.cardDataSkip());
        return String.join(", ", parts);
    }

    private static void add(List<String> parts, String name, @Nullable Object before, @Nullable Object after) {
        if (!Objects.equals(before, after)) {
            parts.add(name);
        }
    }
}
