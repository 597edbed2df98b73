package io.pekopayedge.tenant;

import java.util.Set;

/** The keys of a tenant file; {@code config/tenant.schema.json} describes the same. */
final class TenantKeys {
    static final Set<String> FILE = Set.of(
            "tenant-id",
            "environment",
            "base-url",
            "allow-plaintext",
            "hosts",
            "origins",
            "storefront",
            "browser-charge",
            "credentials",
            "previous-credentials",
            "intents",
            "default-intent",
            "api-keys",
            "reserve",
            "card-data");
    static final Set<String> CREDENTIALS = Set.of("client-id", "client-id-file", "client-secret", "client-secret-file");
    static final Set<String> API_KEY = Set.of("id", "sha256");
    static final Set<String> RESERVE = Set.of("min", "max", "cover", "idle-after");
    static final Set<String> CARD_DATA = Set.of("skip");
    /** Intents have names of the tenant's choice. */
    static final Set<String> ANY = Set.of();

    private TenantKeys() {}
}
