package io.pekopayedge.console;

import io.pekopayedge.charge.Charges;
import io.pekopayedge.ledger.TokenLedger;
import io.pekopayedge.meter.ChargeOutcome;
import io.pekopayedge.meter.EdgeMeters;
import io.pekopayedge.meter.MintOutcome;
import io.pekopayedge.meter.TenantMeters;
import io.pekopayedge.tenant.BadFile;
import io.pekopayedge.tenant.BasicCredentials;
import io.pekopayedge.tenant.Finding;
import io.pekopayedge.tenant.Tenant;
import io.pekopayedge.tenant.TenantSource;
import io.pekopayedge.tenant.Tenants;
import io.pekopayedge.token.Reserves;
import io.pekopayedge.upstream.CredentialWatch;
import java.time.Instant;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.web.annotation.WebEndpoint;

/** {@code /actuator/tenants}: every tenant with its reserve, breakers, credentials and charges; and the bad files. */
@WebEndpoint(id = "tenants")
public final class TenantsEndpoint {
    /** The whole answer. */
    public record Report(List<TenantReport> tenants, List<Finding> invalid) {}

    /**
     * One tenant.
     *
     * @param file it is served from, as it stands or by its last good version
     * @param environment its name, or null where the file gives the address itself
     */
    public record TenantReport(
            String id,
            @Nullable String file,
            @Nullable String environment,
            String baseUrl,
            boolean active,
            @Nullable ReserveReport reserve,
            Map<String, String> breakers,
            MintReport mint,
            Map<String, CredentialWatch.@Nullable Use> credentials,
            Map<String, Long> charges,
            int unknown) {}

    /** Its reserve; null where it is not active. */
    public record ReserveReport(
            int target,
            int fresh,
            int stale,
            @Nullable Long oldestAgeSeconds,
            double demandPerSecond,
            int waiting,
            int minting,
            @Nullable Instant nextMint) {}

    /** Its mint calls. */
    public record MintReport(
            long ok, long failed, long lastMillis, @Nullable FailureReport lastFailure) {}

    /** What went wrong last. */
    public record FailureReport(Instant at, String reason) {}

    private final Tenants tenants;
    private final TenantSource source;
    private final Reserves reserves;
    private final Charges charges;
    private final TokenLedger ledger;
    private final EdgeMeters meters;
    private final CredentialWatch watch;

    public TenantsEndpoint(
            Tenants tenants,
            TenantSource source,
            Reserves reserves,
            Charges charges,
            TokenLedger ledger,
            EdgeMeters meters,
            CredentialWatch watch) {
        this.tenants = tenants;
        this.source = source;
        this.reserves = reserves;
        this.charges = charges;
        this.ledger = ledger;
        this.meters = meters;
        this.watch = watch;
    }

    @ReadOperation
    public Report report() {
        return new Report(
                tenants.all().stream()
                        .sorted(Comparator.comparing(Tenant::id))
                        .map(this::report)
                        .toList(),
                source.invalid().stream()
                        .map(BadFile::findings)
                        .flatMap(List::stream)
                        .toList());
    }

    private TenantReport report(Tenant tenant) {
        Reserves.Look look = reserves.look(tenant.id());
        TenantMeters counts = meters.peek(tenant.id());
        return new TenantReport(
                tenant.id(),
                source.fileOf(tenant.id()),
                tenant.environment(),
                tenant.baseUrl().toString(),
                look != null,
                look == null ? null : reserve(look),
                Map.of("mint", look == null ? "CLOSED" : look.breaker(), "charge", charges.breakerState(tenant.id())),
                mint(look, counts),
                credentials(tenant),
                charges(counts),
                ledger.unknownOf(tenant.id()));
    }

    private static ReserveReport reserve(Reserves.Look look) {
        return new ReserveReport(
                look.target(),
                look.fresh(),
                look.stale(),
                look.oldestAge() == null ? null : look.oldestAge().toSeconds(),
                Math.round(look.demand() * 1000) / 1000.0,
                look.waiting(),
                look.minting(),
                look.nextMint());
    }

    private static MintReport mint(Reserves.@Nullable Look look, @Nullable TenantMeters counts) {
        FailureReport failure = look == null || look.failedAt() == null || look.failure() == null
                ? null
                : new FailureReport(look.failedAt(), look.failure());
        if (counts == null) {
            return new MintReport(0, 0, 0, failure);
        }
        long failed = counts.mintsThatWere(MintOutcome.ERROR)
                + counts.mintsThatWere(MintOutcome.TIMEOUT)
                + counts.mintsThatWere(MintOutcome.CREDENTIALS_REFUSED);
        return new MintReport(counts.mintsThatWere(MintOutcome.OK), failed, counts.lastMintMillis(), failure);
    }

    private Map<String, CredentialWatch.@Nullable Use> credentials(Tenant tenant) {
        Map<String, CredentialWatch.@Nullable Use> slots = new LinkedHashMap<>();
        BasicCredentials previous = tenant.previousCredentials();
        slots.put("current", watch.of(tenant.id(), tenant.credentials()));
        slots.put("previous", previous == null ? null : watch.of(tenant.id(), previous));
        return slots;
    }

    private static Map<String, Long> charges(@Nullable TenantMeters counts) {
        Map<ChargeOutcome, Long> byOutcome = new EnumMap<>(ChargeOutcome.class);
        for (ChargeOutcome outcome : ChargeOutcome.values()) {
            byOutcome.put(outcome, counts == null ? 0 : counts.chargesThatWere(outcome));
        }
        Map<String, Long> named = new LinkedHashMap<>();
        byOutcome.forEach((outcome, count) -> named.put(outcome.name().toLowerCase(Locale.ROOT), count));
        return named;
    }
}
