package io.pekopayedge.helm;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.google.gson.Gson;
import com.google.gson.JsonElement;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.HTTPRoute;
import io.fabric8.openshift.api.model.monitoring.v1.PrometheusRule;
import io.fabric8.openshift.api.model.monitoring.v1.ServiceMonitor;
import io.kubernetes.client.util.Yaml;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Refuses what a Kubernetes API server would refuse or drop: unknown fields, wrong types, absent required fields.
 * {@code Yaml.load} finds unknown fields and {@code validateJsonElement} absent ones; only together are they strict.
 */
final class KubernetesTypes {
    private static final ObjectMapper STRICT = new ObjectMapper()
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .setAnnotationIntrospector(new JacksonAnnotationIntrospector() {
                /** The models collect unknown fields in a map; without it they are an error. */
                @Override
                public Boolean hasAnySetter(Annotated annotated) {
                    return false;
                }
            });
    private static final Map<String, Class<?>> CUSTOM = Map.of(
            "HTTPRoute", HTTPRoute.class,
            "ServiceMonitor", ServiceMonitor.class,
            "PrometheusRule", PrometheusRule.class,
            "ExternalSecret", ExternalSecret.class);

    /** Each {@code Yaml.load} would name six fields of a type that the chart does not use. Kept, or it is collected. */
    private static final Logger SNAKE_YAML = Logger.getLogger("org.yaml.snakeyaml");

    static {
        SNAKE_YAML.setLevel(Level.SEVERE);
    }

    private KubernetesTypes() {}

    static void check(Map<String, Object> object) throws Exception {
        Class<?> custom = CUSTOM.get((String) object.get("kind"));
        if (custom != null) {
            STRICT.convertValue(object, custom);
            return;
        }
        Object typed = Yaml.load(Yaml.dump(object));
        JsonElement json = new Gson().toJsonTree(object);
        typed.getClass().getMethod("validateJsonElement", JsonElement.class).invoke(null, json);
    }

    /** No published model: the fields of external-secrets.io/v1 that the chart uses. */
    record ExternalSecret(String apiVersion, String kind, Metadata metadata, Spec spec) {
        record Metadata(String name, Map<String, String> labels) {}

        record Spec(String refreshInterval, StoreRef secretStoreRef, Target target, List<Entry> data) {
            Spec {
                if (!refreshInterval.matches("[0-9]+[smh]")) {
                    throw new IllegalArgumentException(refreshInterval);
                }
            }
        }

        record StoreRef(String name, String kind) {
            StoreRef {
                if (!Set.of("SecretStore", "ClusterSecretStore").contains(kind)) {
                    throw new IllegalArgumentException(kind);
                }
            }
        }

        record Target(String name, String creationPolicy) {}

        record Entry(String secretKey, RemoteRef remoteRef) {}

        record RemoteRef(String key, String property, String version) {}
    }
}
