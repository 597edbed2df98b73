package io.pekopayedge.upstream;

import io.pekopayedge.tenant.BasicCredentials;
import io.pekopayedge.tenant.Tenant;
import io.pekopayedge.tenant.Tenants;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Since when each pair of credentials is in use, and when PekoPay last refused it. Any thread. */
public final class CredentialWatch implements Tenants.Listener {
    /**
     * One pair, by its fingerprint.
     *
     * @param since when it was read
     * @param lastRefused when PekoPay answered 401 or 403 to it, or null
     */
    public record Use(
            String fingerprint, Instant since, @Nullable Instant lastRefused) {}

    private final Map<String, Map<String, Use>> uses = new ConcurrentHashMap<>();
    private final Clock clock;

    public CredentialWatch(Clock clock) {
        this.clock = clock;
    }

    @Override
    public void changed(@Nullable Tenant before, @Nullable Tenant after) {
        if (after == null) {
            if (before != null) {
                uses.remove(before.id());
            }
            return;
        }
        uses.compute(after.id(), (id, known) -> {
            Map<String, Use> now = new ConcurrentHashMap<>();
            keep(now, known, after.credentials());
            BasicCredentials previous = after.previousCredentials();
            if (previous != null) {
                keep(now, known, previous);
            }
            return now;
        });
    }

    private void keep(Map<String, Use> now, @Nullable Map<String, Use> known, BasicCredentials pair) {
        Use use = known == null ? null : known.get(pair.fingerprint());
        now.put(pair.fingerprint(), use != null ? use : new Use(pair.fingerprint(), clock.instant(), null));
    }

    public void refused(Tenant tenant, BasicCredentials pair) {
        Map<String, Use> known = uses.get(tenant.id());
        if (known != null) {
            known.computeIfPresent(pair.fingerprint(), (print, use) -> new Use(print, use.since(), clock.instant()));
        }
    }

    /** Null for a pair that is not in use. */
    public @Nullable Use of(String tenant, BasicCredentials pair) {
        Map<String, Use> known = uses.get(tenant);
        return known == null ? null : known.get(pair.fingerprint());
    }
}
