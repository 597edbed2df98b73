package io.pekopayedge.tenant;

import static io.pekopayedge.tenant.TenantKeys.API_KEY;
import static io.pekopayedge.tenant.TenantKeys.CARD_DATA;
import static io.pekopayedge.tenant.TenantKeys.FILE;

import com.fasterxml.jackson.core.JsonPointer;
import io.pekopayedge.settings.EdgeSettings.Reserve;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Reads a tenant file into a {@link Tenant}, or says all that is wrong with it. Thread-safe. */
final class TenantFileReader {
    private final Map<String, URI> environments;
    private final Reserve reserve;
    private final Placeholders placeholders;

    /**
     * @param environments PekoPay base URLs by name
     * @param reserve what a file's {@code reserve} overrides
     */
    TenantFileReader(Map<String, URI> environments, Reserve reserve, Placeholders placeholders) {
        this.environments = environments;
        this.reserve = reserve;
        this.placeholders = placeholders;
    }

    /** @param files takes note of every file that is read */
    Reading read(Path path, SeenFiles files) {
        Findings findings = new Findings(path.toString());
        try {
            Section file = TenantYaml.open(files.read(path, TenantYaml.MOST_BYTES), FILE, findings, placeholders);
            if (file != null) {
                return tenant(file, new CredentialsReader(path.resolveSibling(""), files), findings);
            }
        } catch (Refusal refusal) {
            findings.problem(1, "", refusal);
        } catch (RuntimeException e) {
            // A bug of ours costs this tenant at most; its message could quote the file.
            findings.problem(1, "", "could not be read: " + e.getClass().getName(), "please report it");
        }
        return new Reading(null, null, 1, Map.of(), findings.problems(), findings.warnings());
    }

    private Reading tenant(Section file, CredentialsReader secrets, Findings findings) {
        String id = file.required("tenant-id", Words::tenantId, "add tenant-id: the business id of PekoPay's portal");
        URI baseUrl = baseUrl(file);
        Map<String, Integer> hosts = file.values("hosts", Addresses::host);
        Map<String, Integer> origins = file.values("origins", Addresses::origin);
        URI storefront = file.value("storefront", Addresses::storefront);
        boolean browserCharge = !Boolean.FALSE.equals(file.value("browser-charge", Words::onOff));
        if (!file.has("credentials")) {
            file.problem("credentials", "is missing", "add credentials: with client-id and client-secret");
        }
        BasicCredentials current = secrets.read(file, "credentials");
        BasicCredentials previous = secrets.read(file, "previous-credentials");
        Map<String, Intent> intents = IntentsReader.read(file, id == null ? "unknown" : id);
        String defaultIntent = IntentsReader.defaultIntent(file, intents.keySet());
        List<ApiKey> keys = apiKeys(file);
        Reserve own = ReserveReader.read(file, reserve);
        List<JsonPointer> skip = skip(file);
        RiskyWays.warn(file, baseUrl, hosts.keySet(), origins.keySet(), storefront, browserCharge);
        RiskyWays.warn(file, current, previous);
        Tenant tenant = null;
        if (findings.problems().isEmpty() && id != null && baseUrl != null && current != null) {
            tenant = new Tenant(
                    id,
                    file.value("environment", name -> name),
                    baseUrl,
                    Set.copyOf(hosts.keySet()),
                    Set.copyOf(origins.keySet()),
                    storefront,
                    browserCharge,
                    current,
                    previous,
                    intents,
                    defaultIntent,
                    keys,
                    own,
                    skip);
        }
        return new Reading(id, tenant, file.line("tenant-id"), hosts, findings.problems(), findings.warnings());
    }

    private @Nullable URI baseUrl(Section file) {
        boolean plaintext = Boolean.TRUE.equals(file.value("allow-plaintext", Words::onOff));
        if (file.has("environment") && file.has("base-url")) {
            file.problem("base-url", "stands beside environment", "remove one of the two");
            return null;
        }
        if (file.has("base-url")) {
            return file.value("base-url", text -> onlyPrivate(Addresses.url(text), plaintext));
        }
        return file.required(
                "environment",
                name -> onlyPrivate(environment(name), plaintext),
                "add environment: one of " + names() + ", or base-url: https://…");
    }

    private URI environment(String name) {
        URI url = environments.get(name);
        if (url == null) {
            throw new Refusal("no such environment", "one of " + names() + ", or add it to pekopay.edge.environments");
        }
        return Addresses.url(url.toString());
    }

    private static URI onlyPrivate(URI url, boolean plaintext) {
        if (!plaintext && Addresses.readableOnTheWay(url)) {
            throw new Refusal(
                    "plain http would show the credentials on the way",
                    "use https; or allow-plaintext: true on a network that nobody else hears");
        }
        return url;
    }

    private Set<String> names() {
        return new TreeSet<>(environments.keySet());
    }

    private static List<ApiKey> apiKeys(Section file) {
        List<ApiKey> keys = new ArrayList<>();
        Set<String> ids = new HashSet<>();
        for (Section entry : file.sections("api-keys", API_KEY)) {
            String id = entry.required("id", Words::name, "add id: a name for the key");
            String sha256 = entry.required("sha256", Words::sha256, "add sha256: echo -n KEY | sha256sum");
            if (id != null && !ids.add(id)) {
                entry.problem("id", "is taken by an earlier key", "give each key an id of its own");
            } else if (id != null && sha256 != null) {
                keys.add(new ApiKey(id, sha256));
            }
        }
        return List.copyOf(keys);
    }

    private static List<JsonPointer> skip(Section file) {
        Section cardData = file.section("card-data", CARD_DATA);
        return cardData == null
                ? List.of()
                : List.copyOf(cardData.values("skip", Words::pointer).keySet());
    }
}
