package io.pekopayedge.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.pekopayedge.settings.EdgeSettings;
import io.pekopayedge.tenant.BasicCredentials;
import io.pekopayedge.tenant.Tenant;
import java.net.URI;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class TenantPathsTest {
    @ParameterizedTest
    @CsvSource({
        "https://pay.example,    https://pay.example/tenants/acme/transactions/7,    /tenants/acme/transactions/7",
        "https://pay.example,    /tenants/acme/transactions/7,                       /tenants/acme/transactions/7",
        "https://pay.example,    /tenants/acme?page=2,                               /tenants/acme?page=2",
        "https://pay.example/v1, https://pay.example/v1/tenants/acme/transactions/7, /tenants/acme/transactions/7",
        "https://pay.example/v1, /v1/tenants/acme/transactions/7,                    /tenants/acme/transactions/7",
        "https://pay.example/v1, https://pay.example/v1/v1/tenants/acme/7,           ",
        "https://pay.example,    https://other.example/tenants/acme/transactions/7,  ",
        "https://pay.example,    //other.example/tenants/acme,                       ",
        "https://pay.example,    /tenants/acme/../bistro,                            ",
        "https://pay.example,    /tenants/acmeville/7,                               "
    })
    void location_isAPathHere_underTheTenantsOwn_orNone(String baseUrl, String location, String here) {
        EdgeSettings settings = new Binder(new MapConfigurationPropertySource(Map.of()))
                .bindOrCreate("pekopay.edge", Bindable.of(EdgeSettings.class));
        Tenant acme =
                Tenant.bare("acme", URI.create(baseUrl), new BasicCredentials("id", "secret"), settings.reserve());
        assertThat(TenantPaths.location(acme, location)).isEqualTo(here);
    }
}
