package io.pekopayedge.tenant;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A mounted ConfigMap or Secret as the kubelet writes it: files are links through {@code ..data}, a link to the folder of
 * this version; a new version is a new folder and {@code ..data_tmp}, renamed over {@code ..data}.
 */
public record KubernetesVolume(Path path) {
    /** @param files name and content of each */
    public void publish(String stamp, Map<String, String> files) {
        try {
            Path version = Files.createDirectories(path.resolve("..2026_11_22_" + stamp));
            for (Map.Entry<String, String> file : files.entrySet()) {
                Files.writeString(version.resolve(file.getKey()), file.getValue());
            }
            Path data = path.resolve("..data");
            Path before = Files.exists(data) ? path.resolve(Files.readSymbolicLink(data)) : null;
            Path next = Files.createSymbolicLink(path.resolve("..data_tmp"), version.getFileName());
            Files.move(next, data, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            for (String name : files.keySet()) {
                if (!Files.isSymbolicLink(path.resolve(name))) {
                    Files.createSymbolicLink(path.resolve(name), Path.of("..data", name));
                }
            }
            if (before != null) {
                delete(before);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void delete(Path version) throws IOException {
        try (Stream<Path> old = Files.list(version)) {
            for (Path file : old.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(version);
    }
}
