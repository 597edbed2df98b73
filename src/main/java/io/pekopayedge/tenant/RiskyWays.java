package io.pekopayedge.tenant;

import java.net.URI;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a tenant file may say, and somebody should know of. */
final class RiskyWays {
    private RiskyWays() {}

    static void warn(
            Section file,
            @Nullable URI baseUrl,
            Set<String> hosts,
            Set<String> origins,
            @Nullable URI storefront,
            boolean browserCharge) {
        if (baseUrl != null && Addresses.readableOnTheWay(baseUrl)) {
            file.warning("allow-plaintext", "credentials travel in plain http", "use https");
        }
        if (storefront != null && hosts.isEmpty()) {
            file.warning("storefront", "is never reached without hosts", "add the shop's hosts");
        }
        if (storefront != null && storefront.getPort() == -1 && hosts.contains(storefront.getHost() + "")) {
            file.warning(
                    "storefront", "is one of the hosts: requests may come back here", "name the shop's own server");
        }
        if (!browserCharge && storefront == null) {
            file.warning("browser-charge", "off without a storefront: browsers cannot pay", "add the storefront");
        }
        if (origins.stream().map(URI::create).anyMatch(Addresses::readableOnTheWay)) {
            file.warning("origins", "one is plain http: others can change its pages on the way", "use https");
        }
    }

    static void warn(Section file, @Nullable BasicCredentials current, @Nullable BasicCredentials previous) {
        if (current != null && previous != null && current.equals(previous)) {
            file.warning(
                    "previous-credentials",
                    "are the current ones",
                    "remove them, or leave them until the next rotation");
        }
    }
}
