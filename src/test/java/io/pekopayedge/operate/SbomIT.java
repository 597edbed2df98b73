package io.pekopayedge.operate;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.TreeSet;
import java.util.jar.JarFile;
import org.junit.jupiter.api.Test;

/** The jar says itself what is in it, so that a scanner of the image need not guess. */
class SbomIT {
    @Test
    void packagedJar_listsExactlyTheLibrariesItCarries() throws Exception {
        try (JarFile jar = new JarFile(System.getProperty("edge.jar"))) {
            String at = jar.getManifest().getMainAttributes().getValue("Sbom-Location");
            JsonNode sbom = new ObjectMapper().readTree(jar.getInputStream(jar.getEntry(at)));
            var listed = new TreeSet<String>();
            sbom.get("components")
                    .forEach(component -> listed.add(component.get("name").asText() + "-"
                            + component.get("version").asText() + ".jar"));
            var carried = new TreeSet<String>();
            jar.stream()
                    .map(entry -> entry.getName())
                    .filter(name -> name.startsWith("BOOT-INF/lib/") && name.endsWith(".jar"))
                    .forEach(name -> carried.add(name.substring(name.lastIndexOf('/') + 1)));
            // Spring Boot's: its starters are lists without a jar, and one tool is put in when the jar is made.
            carried.removeIf(name -> name.startsWith("spring-boot-jarmode-tools"));
            listed.removeIf(name -> name.startsWith("spring-boot-starter"));

            assertThat(sbom.get("bomFormat").asText()).isEqualTo("CycloneDX");
            assertThat(listed).isEqualTo(carried);
        }
    }
}
