package io.pekopayedge.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pekopayedge.settings.EdgeSettings.Charge.Store;
import io.pekopayedge.settings.EdgeSettings.Flow.Binding;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

class EdgeSettingsTest {
    private static EdgeSettings bound(Map<String, String> properties) {
        MapConfigurationPropertySource source = new MapConfigurationPropertySource();
        properties.forEach((key, value) -> source.put("pekopay.edge." + key, value));
        return new Binder(source).bindOrCreate("pekopay.edge", Bindable.of(EdgeSettings.class));
    }

    private static EdgeSettings fromEnvironment(Map<String, Object> variables) {
        MutablePropertySources sources = new MutablePropertySources();
        sources.addFirst(new SystemEnvironmentPropertySource(
                StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, variables));
        return new Binder(ConfigurationPropertySources.from(sources))
                .bindOrCreate("pekopay.edge", Bindable.of(EdgeSettings.class));
    }

    /** The last value within the range on each side, and the first beyond it. */
    @ParameterizedTest
    @CsvSource({
        "tenants.poll,           100ms, 99ms,     1h,       3601s",
        "token.ttl,              56m,   0s,       23h,      25h",
        "token.fresh-for,        100ms, 99ms,     3299s,    55m",
        "reserve.min,            0,     -1,       500,      501",
        "reserve.max,            2,     0,        1000000,  1000001",
        "reserve.cover,          1s,    999ms,    24h,      25h",
        "reserve.idle-after,     1s,    999ms,    168h,     169h",
        "mint.timeout,           50ms,  49ms,     1m,       61s",
        "mint.wait,              50ms,  49ms,     1m,       61s",
        "mint.max-concurrent,    1,     0,        1000,     1001",
        "mint.rate,              1,     0,        100000,   100001",
        "breaker.window,         1,     0,        10000,    10001",
        "breaker.failure-rate,   1,     0,        100,      101",
        "breaker.slow-call,      1ms,   0ms,      1h,       3601s",
        "breaker.slow-rate,      1,     0,        100,      101",
        "breaker.open-for,       10ms,  9ms,      1h,       3601s",
        "breaker.probes,         1,     0,        1000,     1001",
        "flow.reuse-for,         0s,    -1s,      1h,       3601s",
        "charge.timeout,         50ms,  49ms,     10m,      601s",
        "charge.connect-timeout, 10ms,  9ms,      1m,       61s",
        "charge.max-body,        1B,    0B,       1MB,      2MB",
        "charge.max-concurrent,  1,     0,        100000,   100001",
        "charge.redis-replicas,  0,     -1,       10,       11",
        "charge.memory,          1MB,   1023KB,   1TB,   1025GB",
        "limits.refresh-per-flow,   1/1ms, 0/1m,  1000000/1m, 1000001/1m",
        "limits.refresh-per-client, 1/1ms, 0/1m,  1000000/1m, 1000001/1m",
        "limits.charge-per-client,  1/1ms, 0/1m,  1000000/1m, 1000001/1m",
        "limits.declines-per-client, 1/1ms, 0/1h, 1000000/1h, 1000001/1h",
        "limits.declines-per-flow,  1/1ms, 0/1h,  1000000/1h, 1000001/1h",
    })
    void value_outOfItsRange_isRefusedByItsKey(String key, String least, String below, String most, String above) {
        assertThat(bound(Map.of(key, least))).isNotNull();
        assertThat(bound(Map.of(key, most))).isNotNull();
        refused(key, below);
        refused(key, above);
    }

    @ParameterizedTest
    @CsvSource({
        "charge.keep-for, 3629s",
        "token.serve-until, 60m",
        "flow.cookie, a b",
        "operator.key-sha256, abc",
        "limits.trusted-proxies, 10.0.0.0/33",
        "limits.trusted-proxies, proxy.example",
        "limits.refresh-per-flow, 1/0s",
        "environments.test, ftp://pay.example",
        "environments.test, https://pay.example#f",
        "environments.test, pay.example"
    })
    void value_thatIsNotOfItsForm_isRefusedByItsKey(String key, String value) {
        refused(key, value);
    }

    private static void refused(String key, String value) {
        assertThatThrownBy(() -> bound(Map.of(key, value)))
                .as(key + ": " + value)
                .satisfies(error -> {
                    Throwable cause = error;
                    while (!(cause instanceof SettingsException) && cause.getCause() != null) {
                        cause = cause.getCause();
                    }
                    assertThat(cause).isInstanceOfSatisfying(SettingsException.class, refusal -> {
                        assertThat("pekopay.edge." + key).startsWith(refusal.key());
                        assertThat(refusal.getMessage()).contains(" (expected: ");
                    });
                });
    }

    @Test
    void environmentVariables_withOrWithoutUnderscoresForHyphens_areBound() {
        Map<String, Object> variables = new HashMap<>(Map.of(
                "PEKOPAY_EDGE_CHARGE_LEDGER", "redis",
                "PEKOPAY_EDGE_TOKEN_FRESHFOR", "11m",
                "PEKOPAY_EDGE_TOKEN_SERVE_UNTIL", "50m",
                "PEKOPAY_EDGE_FLOW_BINDING", "off",
                "PEKOPAY_EDGE_LIMITS_TRUSTEDPROXIES", "10.0.0.0/8, fd00::/8",
                "PEKOPAY_EDGE_ENVIRONMENTS_SANDBOX", "http://localhost:9090",
                "PEKOPAY_EDGE_MINT_WAIT", "4s",
                "PEKOPAY_EDGE_LIMITS_DECLINES_PER_FLOW", "3/1h"));
        EdgeSettings settings = fromEnvironment(variables);

        assertThat(settings.charge().ledger()).isEqualTo(Store.REDIS);
        assertThat(settings.token().freshFor()).isEqualTo(Duration.ofMinutes(11));
        assertThat(settings.token().serveUntil()).isEqualTo(Duration.ofMinutes(50));
        assertThat(settings.flow().binding()).isEqualTo(Binding.OFF);
        assertThat(settings.limits().trustedProxies()).isEqualTo(List.of("10.0.0.0/8", "fd00::/8"));
        assertThat(settings.mint().waitFor()).isEqualTo(Duration.ofSeconds(4));
        assertThat(settings.limits().declinesPerFlow()).isEqualTo(new Rate(3, Duration.ofHours(1)));
        assertThat(settings.environments())
                .containsOnly(
                        Map.entry("sandbox", URI.create("http://localhost:9090")),
                        Map.entry("production", URI.create("https://gateway.peko-pay.com")));
    }

    @Test
    void environment_thatIsAdded_leavesTheOthersTheirDefaults() {
        assertThat(bound(Map.of("environments.test", "https://pay.test")).environments())
                .containsOnlyKeys("sandbox", "production", "test");
    }
}
