package io.pekopayedge.helm;

import static io.pekopayedge.helm.PekoPayChart.at;
import static io.pekopayedge.helm.PekoPayChart.object;
import static io.pekopayedge.helm.PekoPayChart.objects;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The volumes of a rendered pod, as the kubelet makes them: each file is a link through {@code ..data} into a folder of
 * its own, which is renamed over when a ConfigMap or Secret changes.
 */
final class PodFiles {
    private final Path root;
    private final String rendered;
    /** ConfigMaps and Secrets by {@code kind/name}: those of the chart, and those that stand in the cluster already. */
    private final Map<String, Map<String, String>> cluster = new HashMap<>();

    private int version;

    /** @param root stands for {@code /} */
    PodFiles(Path root, String rendered) {
        this.root = root;
        this.rendered = rendered;
        for (Map<String, Object> object : objects(rendered)) {
            Map<String, String> data = new TreeMap<>();
            Map<String, String> given = at(object, "data");
            if (object.get("kind").equals("ConfigMap")) {
                data.putAll(given);
            } else if (object.get("kind").equals("Secret")) {
                given.forEach((key, value) ->
                        data.put(key, new String(Base64.getDecoder().decode(value), StandardCharsets.UTF_8)));
            } else {
                continue;
            }
            cluster.put(object.get("kind") + "/" + at(object, "metadata", "name"), data);
        }
    }

    PodFiles with(String kind, String name, Map<String, String> data) {
        cluster.put(kind + "/" + name, data);
        return this;
    }

    /** Secrets that the pod names and nobody has made yet; each of their keys holds this. */
    PodFiles withMissingSecrets(String content) {
        List<Map<String, Object>> volumes = pod("volumes");
        for (Map<String, Object> volume : volumes) {
            for (Map<String, Object> source : sources(volume)) {
                List<Map<String, String>> items = at(source, "secret", "items");
                if (items != null) {
                    Map<String, String> data =
                            cluster.computeIfAbsent("Secret/" + at(source, "secret", "name"), name -> new HashMap<>());
                    items.forEach(item -> data.putIfAbsent(item.get("key"), content));
                }
            }
        }
        return this;
    }

    private <T> T pod(Object... path) {
        Map<String, Object> deployment = object(rendered, "Deployment", "edge");
        return at((Object) at(deployment, "spec", "template", "spec"), path);
    }

    Path path(String absolute) {
        return root.resolve(absolute.substring(1));
    }

    /** The container's environment. */
    Map<String, String> environment() {
        Map<String, String> environment = new LinkedHashMap<>();
        List<Map<String, String>> entries = pod("containers", 0, "env");
        entries.forEach(entry -> environment.put(entry.get("name"), entry.get("value")));
        return environment;
    }

    /** Makes every volume, or brings it up to date. */
    void mount() throws IOException {
        List<Map<String, Object>> mounts = pod("containers", 0, "volumeMounts");
        for (Map<String, Object> mount : mounts) {
            Path path = path((String) mount.get("mountPath"));
            Map<String, Object> volume = volume((String) mount.get("name"));
            if (volume.containsKey("emptyDir") || volume.containsKey("csi")) {
                Files.createDirectories(path);
            } else if (mount.containsKey("subPath")) {
                Files.createDirectories(path.getParent());
                Files.writeString(path, contents(volume).get((String) mount.get("subPath")));
                Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("r--r--r--"));
            } else {
                publish(Files.createDirectories(path), contents(volume));
            }
        }
    }

    private Map<String, Object> volume(String name) {
        List<Map<String, Object>> volumes = pod("volumes");
        return volumes.stream()
                .filter(volume -> volume.get("name").equals(name))
                .findFirst()
                .orElseThrow();
    }

    private Map<String, String> contents(Map<String, Object> volume) {
        Map<String, String> files = new TreeMap<>();
        for (Map<String, Object> source : sources(volume)) {
            boolean secret = source.containsKey("secret");
            Map<String, Object> reference = at(source, secret ? "secret" : "configMap");
            Map<String, String> data = cluster.get((secret ? "Secret/" : "ConfigMap/") + reference.get("name"));
            if (data == null && Boolean.TRUE.equals(reference.get("optional"))) {
                continue;
            }
            List<Map<String, String>> items = at(reference, "items");
            if (items == null) {
                files.putAll(data);
            } else {
                items.forEach(item -> files.put(item.get("path"), data.get(item.get("key"))));
            }
        }
        return files;
    }

    private static List<Map<String, Object>> sources(Map<String, Object> volume) {
        return volume.containsKey("projected") ? at(volume, "projected", "sources") : List.of(volume);
    }

    private void publish(Path volume, Map<String, String> files) throws IOException {
        Path folder = Files.createDirectory(volume.resolve("..2026_11_24_%03d".formatted(version++)));
        for (Map.Entry<String, String> file : files.entrySet()) {
            Path path = folder.resolve(file.getKey());
            Files.createDirectories(path.getParent());
            Files.writeString(path, file.getValue());
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("r--r-----"));
            Path first = Path.of(file.getKey()).getName(0);
            if (!Files.isSymbolicLink(volume.resolve(first))) {
                Files.createSymbolicLink(
                        volume.resolve(first), Path.of("..data").resolve(first));
            }
        }
        Path next = Files.createSymbolicLink(volume.resolve("..data_tmp"), folder.getFileName());
        Files.move(next, volume.resolve("..data"), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
