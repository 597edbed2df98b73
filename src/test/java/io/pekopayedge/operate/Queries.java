package io.pekopayedge.operate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.yaml.snakeyaml.Yaml;

/** Every expression of {@code config/dashboard.json} and {@code config/alerts.yml}, by the panel or alert it stands in. */
final class Queries {
    static final Path DASHBOARD = Path.of("config/dashboard.json");
    static final Path ALERTS = Path.of("config/alerts.yml");

    private Queries() {}

    static Map<String, String> all() throws Exception {
        var all = new LinkedHashMap<String, String>();
        all.putAll(ofDashboard());
        alerts().forEach(alert -> all.put("alert " + alert.get("alert"), (String) alert.get("expr")));
        return all;
    }

    /** Grafana's variables are filled in as Grafana would. */
    static Map<String, String> ofDashboard() throws Exception {
        var queries = new LinkedHashMap<String, String>();
        for (JsonNode panel : dashboard().get("panels")) {
            for (JsonNode target : panel.path("targets")) {
                queries.put(
                        "panel " + panel.get("title").asText() + " "
                                + target.get("refId").asText(),
                        target.get("expr")
                                .asText()
                                .replace("$__rate_interval", "1m")
                                .replace("$namespace", ".*")
                                .replace("$tenant", ".*"));
            }
        }
        return queries;
    }

    static JsonNode dashboard() throws Exception {
        return new ObjectMapper().readTree(Files.readString(DASHBOARD));
    }

    static List<Map<String, Object>> alerts() throws Exception {
        Map<String, List<Map<String, List<Map<String, Object>>>>> file = new Yaml().load(Files.readString(ALERTS));
        var alerts = new ArrayList<Map<String, Object>>();
        file.get("groups").forEach(group -> alerts.addAll(group.get("rules")));
        return alerts;
    }
}
