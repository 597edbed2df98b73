package io.pekopayedge.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;

/** Customers, products, plans and the like: what was posted can be read again. Thread-safe. */
final class TenantResources {
    private final Map<String, Map<String, JsonNode>> collections = new ConcurrentHashMap<>();
    private final AtomicLong ids = new AtomicLong(1000);

    Reply answer(Call call) {
        List<String> path = call.segments();
        if (path.size() < 3) {
            return Reply.json(200, Map.of("id", call.tenantId()));
        }
        Map<String, JsonNode> collection = collection(call.tenantId(), path.get(2));
        return path.size() == 3 ? whole(call, path.get(2), collection) : one(call, path.get(3), collection);
    }

    /** Keeps a copy of the posted fields under a new id and returns it. */
    ObjectNode keep(String tenantId, String kind, String prefix, JsonNode posted) {
        ObjectNode entry = Reply.JSON.createObjectNode();
        String id = prefix + "_" + ids.incrementAndGet();
        entry.put("id", id);
        posted.fields().forEachRemaining(field -> {
            if (!"paymentToken".equals(field.getKey()) && !"id".equals(field.getKey())) {
                entry.set(field.getKey(), field.getValue());
            }
        });
        collection(tenantId, kind).put(id, entry);
        return entry;
    }

    private Map<String, JsonNode> collection(String tenantId, String kind) {
        return collections.computeIfAbsent(tenantId + "/" + kind, key -> new ConcurrentSkipListMap<>());
    }

    private Reply whole(Call call, String kind, Map<String, JsonNode> collection) {
        return switch (call.method()) {
            case "GET" -> Reply.json(200, Map.of("data", collection.values()));
            case "POST" -> {
                ObjectNode kept = keep(call.tenantId(), kind, prefix(kind), call.json());
                yield Reply.json(201, kept)
                        .with(
                                "Location",
                                "/tenants/" + call.tenantId() + "/" + kind + "/"
                                        + kept.get("id").asText());
            }
            default -> Reply.error(405, "method_not_allowed", "Use GET or POST").with("Allow", "GET, POST");
        };
    }

    private static Reply one(Call call, String id, Map<String, JsonNode> collection) {
        JsonNode entry = collection.get(id);
        if (entry == null) {
            return Reply.error(404, "not_found", "No such resource");
        }
        return switch (call.method()) {
            case "DELETE" -> {
                collection.remove(id);
                yield Reply.empty(204);
            }
            case "PUT", "PATCH" -> {
                ObjectNode changed = entry.deepCopy();
                call.json().fields().forEachRemaining(field -> changed.set(field.getKey(), field.getValue()));
                collection.put(id, changed.put("id", id));
                yield Reply.json(200, changed);
            }
            default -> Reply.json(200, entry);
        };
    }

    private static String prefix(String kind) {
        return kind.length() < 3 ? "res" : kind.substring(0, 3);
    }
}
