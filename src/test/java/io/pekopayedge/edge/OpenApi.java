package io.pekopayedge.edge;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.yaml.snakeyaml.Yaml;

/** {@code config/openapi.yml}, as far as a walk along it needs to understand it. */
final class OpenApi {
    static final Path FILE = Path.of("config/openapi.yml");
    static final String PROBLEM = "application/problem+json";
    private static final Set<String> METHODS =
            Set.of("get", "put", "post", "delete", "options", "head", "patch", "trace");
    private static final ObjectMapper JSON = new ObjectMapper();

    private final JsonNode document;

    OpenApi() throws IOException {
        document = JSON.valueToTree(new Yaml().load(Files.readString(FILE)));
    }

    /**
     * One method of one path.
     *
     * @param responses by status or range, references followed
     */
    record Operation(String id, String method, String path, JsonNode node, Map<String, JsonNode> responses) {
        /** The response that stands for a status; the exact one before the range. Null where none does. */
        JsonNode response(int status) {
            JsonNode exact = responses.get(String.valueOf(status));
            return exact != null ? exact : responses.get(status / 100 + "XX");
        }

        String statusKey(int status) {
            return responses.containsKey(String.valueOf(status)) ? String.valueOf(status) : status / 100 + "XX";
        }
    }

    JsonNode document() {
        return document;
    }

    Map<String, Operation> operations() {
        Map<String, Operation> operations = new TreeMap<>();
        for (Map.Entry<String, JsonNode> path : document.get("paths").properties()) {
            for (Map.Entry<String, JsonNode> method : path.getValue().properties()) {
                if (!METHODS.contains(method.getKey())) {
                    continue;
                }
                Map<String, JsonNode> responses = new TreeMap<>();
                method.getValue()
                        .get("responses")
                        .properties()
                        .forEach(response -> responses.put(response.getKey(), follow(response.getValue())));
                String id = method.getValue().get("operationId").asText();
                Operation before = operations.put(
                        id,
                        new Operation(id, method.getKey().toUpperCase(), path.getKey(), method.getValue(), responses));
                if (before != null) {
                    throw new AssertionError(id + " names two operations");
                }
            }
        }
        return operations;
    }

    /** Everything that may come back, as {@code operation status problem}; without a problem where it is none. */
    Set<String> outcomes() {
        Set<String> outcomes = new TreeSet<>();
        for (Operation operation : operations().values()) {
            operation.responses().forEach((status, response) -> {
                JsonNode content = response.path("content");
                content.path(PROBLEM)
                        .at("/schema/allOf/1/properties/type/enum")
                        .forEach(type -> outcomes.add(operation.id() + " " + status + " "
                                + type.asText().replaceAll(".*:", "")));
                if (content.isMissingNode() || content.size() > (content.has(PROBLEM) ? 1 : 0)) {
                    outcomes.add(operation.id() + " " + status);
                }
            });
        }
        return outcomes;
    }

    JsonNode follow(JsonNode node) {
        return node.has("$ref") ? document.at(node.get("$ref").asText().substring(1)) : node;
    }

    /** Every reference in the document. */
    List<String> references() {
        List<String> references = new ArrayList<>();
        document.findValues("$ref").forEach(reference -> references.add(reference.asText()));
        return references;
    }

    /** What is wrong with a value; nothing where it fits. JSON Schema 2020-12, as OpenAPI 3.1 has it. */
    List<String> wrong(JsonNode schema, JsonNode value) {
        ObjectNode whole = schema.deepCopy();
        whole.set("components", document.get("components"));
        return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012).getSchema(whole).validate(value).stream()
                .map(Object::toString)
                .toList();
    }
}
