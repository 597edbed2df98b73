package io.pekopayedge.upstream;

import io.pekopayedge.tenant.Tenant;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/** Which of PekoPay's addresses a backend caller may see: those under its own tenant's path, as paths of ours. */
public final class TenantPaths {
    private TenantPaths() {}

    /** The {@code Location} as a path here, or null where it leads elsewhere. */
    public static @Nullable String location(Tenant tenant, @Nullable String location) {
        if (location == null) {
            return null;
        }
        URI address = tenant.baseUrl();
        String base = location.startsWith("/") ? address.getRawPath() : address.toString();
        String path = location.startsWith(base + "/") ? location.substring(base.length()) : location;
        String own = "/tenants/" + tenant.id();
        boolean under = path.equals(own) || path.startsWith(own + "/") || path.startsWith(own + "?");
        return under && !path.contains("..") ? path : null;
    }
}
