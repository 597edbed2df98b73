package io.pekopayedge.helm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.pekopayedge.settings.EdgeSettings;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A wrong value is refused before anything is installed, and the message names the value. */
class WrongValuesTest {
    /** In the settings, but set by other values of the chart. */
    private static final Set<String> SET_ELSEWHERE =
            Set.of("tenants.location", "charge.ledger", "limits.trusted-proxies");

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            replicas                                  | 2              | additional properties 'replicas' not allowed
            edge.charge.timout                        | 30s            | '/edge/charge': additional properties 'timout' not allowed
            edge.charge.timeout                       | 30             | '/edge/charge/timeout': got number, want string
            edge.charge.timeout                       | PT30S          | '/edge/charge/timeout'
            edge.charge.ledger                        | redis          | additional properties 'ledger' not allowed
            edge.breaker.failure-rate                 | 101            | '/edge/breaker/failure-rate': maximum: got 101, want 100
            edge.limits.charge-per-client             | many           | '/edge/limits/charge-per-client'
            edge.limits.charge-per-client             | 20/m           | '/edge/limits/charge-per-client'
            edge.limits.charge-per-client             | 0/1m           | '/edge/limits/charge-per-client'
            edge.limits.charge-per-client             | 2000000/1m     | '/edge/limits/charge-per-client'
            edge.limits.charge-per-client             | 5/0s           | '/edge/limits/charge-per-client'
            edge.reserve.cover                        | 0s             | '/edge/reserve/cover'
            edge.charge.max-body                      | 2MB            | '/edge/charge/max-body'
            edge.environments.test                    | https://my_host | '/edge/environments/test'
            edge.operator.key-sha256                  | secret         | '/edge/operator/key-sha256'
            trustedProxies[0]                         | ingress        | '/trustedProxies/0'
            trustedProxies[0]                         | 999.1.1.1/8    | '/trustedProxies/0'
            trustedProxies[0]                         | 10.0.0.0/33    | '/trustedProxies/0'
            trustedProxies[0]                         | fd00::/129     | '/trustedProxies/0'
            tenants.acme.tenant-id                    | a/b            | '/tenants/acme/tenant-id'
            tenants.acme                              | null           | '/tenants/acme': got null, want object
            tenants.acme.secret                       | x              | '/tenants/acme': additional properties 'secret' not allowed
            tenants.Acme_Shop.tenant-id               | x              | Acme_Shop
            tenants.acme.api-keys[0].key              | x              | additional properties 'key' not allowed
            tenants.acme.api-keys[0].id               | shop@backend   | '/tenants/acme/api-keys/0/id'
            tenants.acme.intents.charge               | /payments      | '/tenants/acme/intents/charge'
            tenants.acme.intents.charge               | /tenants/{tenantId}/transactions/ | '/tenants/acme/intents/charge'
            tenants.acme.intents.charge               | /tenants/{tenantId}/../x | '/tenants/acme/intents/charge'
            tenants.acme.intents.charge_or_subscription | /tenants/{tenantId}/x | charge_or_subscription
            tenants.acme.storefront                   | http://acme-web:3000/shop | '/tenants/acme/storefront'
            tenants.acme.storefront                   | http://acme-web:0 | '/tenants/acme/storefront'
            tenants.acme.hosts[0]                     | shop..example  | '/tenants/acme/hosts/0'
            tenants.acme.hosts[0]                     | a.-b           | '/tenants/acme/hosts/0'
            tenants.acme.origins[0]                   | https://my_shop | '/tenants/acme/origins/0'
            tenants.acme.base-url                     | https://p.example//x | '/tenants/acme/base-url'
            tenants.acme.reserve.cover                | 0s             | '/tenants/acme/reserve/cover'
            image.digest                              | sha256:12      | '/image/digest'
            logs.format                               | xml            | value must be one of 'ecs', 'logstash', 'gelf', 'plain'
            preStopSeconds                            | 0              | '/preStopSeconds': minimum: got 0, want 1
            service.type                              | Public         | value must be one of
            """)
    void value_outOfItsRange_isRefusedByTheSchema(String key, String value, String message) {
        assertThatThrownBy(() -> PekoPayChart.render("three-values", key, value))
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            replicaCount                              | 3              | 3 replicas need redis.host
            autoscaling.enabled                       | true           | 6 replicas need redis.host
            ingress.enabled                           | true           | trustedProxies: with an ingress or a route, name the addresses
            httpRoute.enabled                         | true           | trustedProxies: with an ingress or a route, name the addresses
            tenants.acme.base-url                     | https://x.test | tenants.acme: environment or base-url, not both
            tenants.acme.environment                  | prod           | tenants.acme.environment: prod is none of production, sandbox; add it to edge.environments
            edge.environments.sandbox                 | http://pekopay.example | tenants.acme: plain http to http://pekopay.example would show the credentials
            tenants.acme.intents.charge               | /tenants/other/transactions | tenants.acme.intents.charge: /tenants/other/transactions is not below the tenant's path
            tenants.acme.default-intent               | donation       | tenants.acme.default-intent: donation is none of charge, subscription
            tenants.acme.reserve.min                  | 501            | tenants.acme.reserve: min 501 is above max 500
            edge.reserve.max                          | 1              | edge.reserve.min is above edge.reserve.max
            tenants.acme.credentials.client-id        | x              | tenants.acme.credentials: exactly one of
            tenants.acme.previous-credentials.client-id-file | /x      | tenants.acme.previous-credentials: id and secret go together
            """)
    void values_thatDoNotGoTogether_areRefusedWithTheRemedy(String key, String value, String message) {
        assertThatThrownBy(() -> PekoPayChart.render("three-values", "tenants.acme.environment", "sandbox", key, value))
                .hasMessageContaining(message);
    }

    /** A Secret is not searched for placeholders. */
    @ParameterizedTest
    @CsvSource({
        "acme,${ACME_SECRET},a placeholder for both",
        "${ACME_ID},in-the-clear-0123456789,a placeholder for both",
        "pre-${ACME_ID},s3cret-0123456789,${ within a value stays as it is",
        "acme-id,pre-${ACME_SECRET},${ within a value stays as it is"
    })
    void halfAPlaceholder_isRefused(String id, String secret, String message) {
        assertThatThrownBy(() -> PekoPayChart.render(
                        "values-in-clear",
                        "tenants.acme.credentials.client-id",
                        id,
                        "tenants.acme.credentials.client-secret",
                        secret))
                .hasMessageContaining("tenants.acme.credentials: " + message);
    }

    @ParameterizedTest
    @CsvSource({"values-in-clear", "external-secret", "csi-volume"})
    void keyOfASecret_thatTheChartMakesOrDoesNotNeed_isRefused(String valueSet) {
        assertThatThrownBy(() -> PekoPayChart.render(valueSet, "tenants.acme.credentials.clientIdKey", "foo"))
                .hasMessageContaining(
                        "tenants.acme.credentials: clientIdKey and clientSecretKey are of an existingSecret");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            autoscaling     | resources.requests.cpu           | null                   | resources.requests.cpu: autoscaling
            replicas-redis  | metrics.serviceMonitor.interval  | 4999ms                 | interval is shorter than scrapeTimeout
            replicas-redis  | tenants.acme.hosts[0]            | BISTRO.example         | bistro.example is also that of tenants.acme
            replicas-redis  | tenants.acme.hosts[0]            | ${SHOP_HOST}           | ingress.hosts: a host of `tenants` is a placeholder
            http-route      | tenants.acme.hosts[0]            | ${SHOP_HOST}           | httpRoute.hostnames: a host of `tenants` is a placeholder
            values-in-clear | tenants.acme.allow-plaintext     | false                  | tenants.acme: plain http to http://pekopay-sandbox:9090
            """)
    void value_thatTheRestOfItsSetForbids_isRefused(String valueSet, String key, String value, String message) {
        assertThatThrownBy(() -> PekoPayChart.render(valueSet, key, value)).hasMessageContaining(message);
    }

    @Test
    void keysOfOneName_areRefused() {
        assertThatThrownBy(() -> PekoPayChart.render(
                        "replicas-redis",
                        "tenants.acme.api-keys[1].id",
                        "acme-backend",
                        "tenants.acme.api-keys[1].sha256",
                        "ab".repeat(32)))
                .hasMessageContaining("tenants.acme.api-keys: two of them have the id acme-backend");
    }

    @Test
    void twoWaysIn_orNoNameForIt_areRefused() {
        assertThatThrownBy(() -> PekoPayChart.render("http-route", "ingress.enabled", "true"))
                .hasMessageContaining("choose one way in");
        assertThatThrownBy(() -> PekoPayChart.render("http-route", "httpRoute.parentRefs", "null"))
                .hasMessageContaining("httpRoute.parentRefs: name the Gateway");
        assertThatThrownBy(() -> PekoPayChart.render(
                        "three-values", "ingress.enabled", "true", "trustedProxies[0]", "10.0.0.0/8"))
                .hasMessageContaining("ingress.hosts: no tenant");
        assertThatThrownBy(() -> PekoPayChart.render(
                        "tenant-files", "tenantFiles.configMaps", "null", "tenantFiles.secrets", "null"))
                .hasMessageContaining("tenants: at least one is needed");
        assertThatThrownBy(() -> PekoPayChart.render("external-secret", "externalSecrets.storeRef.name", ""))
                .hasMessageContaining("externalSecrets.storeRef.name: tenants.acme.credentials comes from");
        assertThatThrownBy(() -> PekoPayChart.render("values-in-clear", "tenants.bistro.tenant-id", "3f6f0d3e"))
                .hasMessageContaining("tenants.bistro: tenant-id 3f6f0d3e is also that of tenants.acme");
    }

    @Test
    void schema_everyObject_isClosedAndEveryValueDescribed() throws Exception {
        var gaps = new ArrayList<String>();
        gaps(schema(), "", gaps);

        assertThat(gaps).isEmpty();
    }

    @Test
    void schema_edge_hasEverySettingOfTheGatewayAndNoOther() throws Exception {
        var settings = new TreeSet<String>();
        settings(EdgeSettings.class, "", settings);
        var described = new TreeSet<String>();
        leaves(schema().at("/properties/edge"), "", described);

        settings.removeAll(SET_ELSEWHERE);
        assertThat(described).isEqualTo(settings);
    }

    private static JsonNode schema() throws Exception {
        return new ObjectMapper().readTree(Files.readString(PekoPayChart.FOLDER.resolve("values.schema.json")));
    }

    private static void gaps(JsonNode schema, String path, List<String> gaps) {
        if (!schema.has("description")) {
            gaps.add(path + ": no description");
        }
        if (schema.has("properties") && schema.path("additionalProperties").asBoolean(true)) {
            gaps.add(path + ": open");
        }
        for (Map.Entry<String, JsonNode> property : schema.path("properties").properties()) {
            gaps(property.getValue(), path + "/" + property.getKey(), gaps);
        }
        if (schema.path("items").has("properties")) {
            gaps(schema.get("items"), path + "[]", gaps);
        }
        if (schema.path("additionalProperties").has("properties")) {
            gaps(schema.get("additionalProperties"), path + "/*", gaps);
        }
    }

    private static void leaves(JsonNode schema, String path, Set<String> into) {
        if (!schema.has("properties")) {
            into.add(path);
            return;
        }
        for (Map.Entry<String, JsonNode> property : schema.get("properties").properties()) {
            leaves(property.getValue(), path.isEmpty() ? property.getKey() : path + "." + property.getKey(), into);
        }
    }

    private static void settings(Class<?> type, String path, Set<String> into) {
        for (RecordComponent component : type.getRecordComponents()) {
            String name = component.getName().equals("waitFor") ? "wait" : kebab(component.getName());
            String key = path.isEmpty() ? name : path + "." + name;
            // A record is a group of settings, except where it stands for one value, such as a rate.
            if (component.getType().isRecord() && component.getType().getEnclosingClass() == EdgeSettings.class) {
                settings(component.getType(), key, into);
            } else {
                into.add(key);
            }
        }
    }

    private static String kebab(String name) {
        return name.replaceAll("([a-z])([A-Z])", "$1-$2").toLowerCase(java.util.Locale.ROOT);
    }
}
