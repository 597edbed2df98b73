package io.pekopayedge.tenant;

import com.fasterxml.jackson.core.JsonPointer;
import io.pekopayedge.settings.EdgeSettings.Reserve;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One merchant, as its file says. Immutable: a changed file makes a new one.
 *
 * @param id PekoPay's {@code tenantId}, {@code [A-Za-z0-9_-]{1,64}}
 * @param environment the name under which {@code pekopay.edge.environments} gives the address, or null
 * @param baseUrl of this tenant's PekoPay, without trailing slash; its credentials go nowhere else
 * @param hosts names under which its shop is reached, lower case, without port
 * @param origins that may call the browser face from elsewhere, as {@code scheme://host[:port]} in lower case
 * @param storefront where all other paths of its hosts go, or null
 * @param browserCharge false: {@code /api/checkout/charge} goes to the storefront too
 * @param credentials the current pair
 * @param previousCredentials tried once when the current pair is refused, or null
 * @param intents by name
 * @param defaultIntent name of the intent of a body that names none
 * @param apiKeys of the backend face; empty: nobody may use it
 * @param reserve this tenant's reserve: the gateway's, with the file's overrides
 * @param cardDataSkip values of a charge's body that are not scanned for card numbers
 */
public record Tenant(
        String id,
        @Nullable String environment,
        URI baseUrl,
        Set<String> hosts,
        Set<String> origins,
        @Nullable URI storefront,
        boolean browserCharge,
        BasicCredentials credentials,
        @Nullable BasicCredentials previousCredentials,
        Map<String, Intent> intents,
        String defaultIntent,
        List<ApiKey> apiKeys,
        Reserve reserve,
        List<JsonPointer> cardDataSkip) {

    /** Only what a call to PekoPay needs: without host, shop, key or intents. */
    public static Tenant bare(String id, URI baseUrl, BasicCredentials credentials, Reserve reserve) {
        return new Tenant(
                id,
                null,
                baseUrl,
                Set.of(),
                Set.of(),
                null,
                true,
                credentials,
                null,
                Map.of(),
                "charge",
                List.of(),
                reserve,
                List.of());
    }

    /** The intent whose path this is, or null. */
    public @Nullable Intent intentAt(String decodedPath) {
        String match = Intent.normalize(decodedPath);
        for (Intent intent : intents.values()) {
            if (intent.match().equals(match)) {
                return intent;
            }
        }
        return null;
    }

    /**
     * Whether a server that trims, decodes twice or drops an ending would take the path for an intent's: what follows that
     * is neither a slash nor of a name. What lies below an intent's path, or is called otherwise, is another resource.
     */
    public boolean nearlyIntent(String decodedPath) {
        String path = Intent.normalize(decodedPath);
        if (path.indexOf('%') >= 0) {
            return true;
        }
        for (Intent intent : intents.values()) {
            int end = intent.match().length();
            if (path.length() > end && path.startsWith(intent.match()) && !goesOn(path.charAt(end))) {
                return true;
            }
        }
        return false;
    }

    private static boolean goesOn(char next) {
        return next == '/' || next == '_' || next == '-' || Character.isLetterOrDigit(next);
    }

    /** Whether tokens of that earlier version are of no use to this one: another address or another client. */
    public boolean mintsElsewhereThan(Tenant earlier) {
        return !baseUrl.equals(earlier.baseUrl) || !credentials.client().equals(earlier.credentials.client());
    }
}
