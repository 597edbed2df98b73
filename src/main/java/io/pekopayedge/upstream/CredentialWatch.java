package io.pekopayedge.upstream;

import io.pekopayedge.tenant.BasicCredentials;
import io.pekopayedge.tenant.Tenant;
import io.pekopayedge.tenant.Tenants;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Since when each pair of credentials is in use, and when PekoPay last took or refused it: the proof that a new secret
 * works before the old one is revoked. Any thread.
 */
public final class CredentialWatch implements Tenants.Listener {
    /**
     * One pair, by its fingerprint.
     *
     * @param since when it was read
     * @param lastAccepted when PekoPay last answered a call with it, to a second, or null
     * @param lastRefused when PekoPay refused it, or null: 401; for a token any 403, for a charge one without JSON
     */
    public record Use(
            String fingerprint,
            Instant since,
            @Nullable Instant lastAccepted,
            @Nullable Instant lastRefused) {}

    private record InUse(Tenant tenant, Map<String, Use> pairs) {}

    /** Busy pairs are not written down at every call. */
    private static final Duration PRECISION = Duration.ofSeconds(1);

    private final Map<String, InUse> uses = new ConcurrentHashMap<>();
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
            return new InUse(after, now);
        });
    }

    private void keep(Map<String, Use> now, @Nullable InUse known, BasicCredentials pair) {
        Use use = known == null ? null : known.pairs.get(pair.fingerprint());
        now.put(pair.fingerprint(), use != null ? use : new Use(pair.fingerprint(), clock.instant(), null, null));
    }

    /**
     * The tenant as it is now, for a request that took its time to arrive and found its tenant long ago: its pair may be
     * dead by now. The tenant as it was, where it is gone or its PekoPay is another.
     */
    public Tenant newest(Tenant found) {
        InUse known = uses.get(found.id());
        return known != null && known.tenant.baseUrl().equals(found.baseUrl()) ? known.tenant : found;
    }

    /** PekoPay did what was asked with this pair, or said why it will not. */
    public void accepted(Tenant tenant, BasicCredentials pair) {
        Use use = of(tenant.id(), pair);
        Instant now = clock.instant();
        if (use != null
                && (use.lastAccepted() == null
                        || use.lastAccepted().plus(PRECISION).isBefore(now))) {
            note(tenant, pair, known -> new Use(known.fingerprint(), known.since(), now, known.lastRefused()));
        }
    }

    public void refused(Tenant tenant, BasicCredentials pair) {
        Instant now = clock.instant();
        note(tenant, pair, known -> new Use(known.fingerprint(), known.since(), known.lastAccepted(), now));
    }

    private void note(Tenant tenant, BasicCredentials pair, UnaryOperator<Use> change) {
        InUse known = uses.get(tenant.id());
        if (known != null) {
            known.pairs.computeIfPresent(pair.fingerprint(), (print, use) -> change.apply(use));
        }
    }

    /** Null for a pair that is not in use. */
    public @Nullable Use of(String tenant, BasicCredentials pair) {
        InUse known = uses.get(tenant);
        return known == null ? null : known.pairs.get(pair.fingerprint());
    }
}
