package io.pekopayedge.tenant;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which file gets an id or a host that several claim: the one already served with it, else the first by name. A file
 * that loses one claim is not served as it says, and falls back to its last good version, whose claims then stand
 * against all others. For one thread.
 */
final class Claims {
    private final Collection<TenantFile> files;
    private final Map<TenantFile, List<Finding>> losers = new LinkedHashMap<>();
    private final Map<String, TenantFile> owners = new HashMap<>();

    private Claims(Collection<TenantFile> files) {
        this.files = files;
    }

    /** @param files in the order of their names; each is told what of it is served */
    static void settle(Collection<TenantFile> files) {
        Claims claims = new Claims(files);
        while (!claims.settled()) {
            // A loser fell back to an earlier version: its claims come first now.
        }
        for (TenantFile file : files) {
            List<Finding> lost = claims.losers.get(file);
            file.serve(lost == null ? file.wanted() : file.served(), lost == null ? List.of() : lost);
        }
    }

    /** One round over all files. @return false if a served file lost, and the round must be run again */
    private boolean settled() {
        owners.clear();
        losers.keySet().removeIf(file -> file.served() == null);
        for (TenantFile file : files) {
            held(file).forEach(claim -> owners.put(claim, file));
        }
        for (TenantFile file : files) {
            Tenant wanted = file.wanted();
            if (wanted == null || wanted.equals(file.served()) || losers.containsKey(file)) {
                continue;
            }
            Set<String> wants = of(wanted);
            List<Finding> lost = lost(file, wants);
            if (lost == null) {
                wants.forEach(claim -> owners.put(claim, file));
            } else {
                losers.put(file, lost);
                if (file.served() != null) {
                    return false;
                }
            }
        }
        return true;
    }

    /** What a file is served with, and keeps whether it wins or falls back. */
    private Set<String> held(TenantFile file) {
        Tenant served = file.served();
        if (served == null) {
            return Set.of();
        }
        Set<String> held = of(served);
        Tenant wanted = file.wanted();
        if (wanted != null && !wanted.equals(served) && !losers.containsKey(file)) {
            held.retainAll(of(wanted));
        }
        return held;
    }

    /** @return null if nothing is lost; no finding where the owner is about to go */
    private @Nullable List<Finding> lost(TenantFile file, Set<String> wants) {
        List<Finding> findings = null;
        for (String claim : wants) {
            TenantFile owner = owners.getOrDefault(claim, file);
            if (owner != file) {
                findings = findings == null ? new ArrayList<>() : findings;
                if (!owner.isAbsent()) {
                    findings.add(finding(file, claim, owner));
                }
            }
        }
        return findings;
    }

    private static Finding finding(TenantFile file, String claim, TenantFile owner) {
        boolean id = claim.startsWith("id ");
        String name = claim.substring(claim.indexOf(' ') + 1);
        Reading reading = file.reading();
        return new Finding(
                file.path().toString(),
                id ? reading.idLine() : reading.hostLines().getOrDefault(name, 1),
                id ? "tenant-id" : "hosts",
                name + " is taken by " + owner.path().getFileName(),
                "remove it from one of the two files");
    }

    private static Set<String> of(Tenant tenant) {
        Set<String> claims = new HashSet<>();
        claims.add("id " + tenant.id());
        tenant.hosts().forEach(host -> claims.add("host " + host));
        return claims;
    }
}
