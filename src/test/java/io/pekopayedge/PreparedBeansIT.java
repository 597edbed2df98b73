package io.pekopayedge;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.SpringProperties;

/** The beans that the build has found, and those that a start finds for itself. */
class PreparedBeansIT {
    private static final String PREPARED = "spring.aot.enabled";

    @TempDir
    Path tenants;

    @AfterEach
    void back() {
        SpringProperties.setProperty(PREPARED, null);
    }

    @Test
    void prepared_areTheVeryBeansThatAreFound() {
        Set<String> found = beans(false);
        Set<String> prepared = beans(true);
        assertThat(found).hasSizeGreaterThan(150);
        assertThat(prepared.stream().filter(bean -> !found.contains(bean)))
                .as("only prepared")
                .isEmpty();
        found.removeAll(prepared);
        assertThat(found)
                .as("what only helps to find the others")
                .containsExactly(
                        "configurableHintsRegistrationProcessor"
                                + " org.springframework.cloud.gateway.config.ConfigurableHintsRegistrationProcessor",
                        "org.springframework.boot.autoconfigure.internalCachingMetadataReaderFactory"
                                + " org.springframework.core.type.classreading.CachingMetadataReaderFactory");
    }

    /** Names and classes, without what only looks for beans. */
    private Set<String> beans(boolean prepared) {
        SpringProperties.setProperty(PREPARED, Boolean.toString(prepared));
        SpringApplication gateway = new SpringApplication(EdgeApplication.class);
        gateway.setMainApplicationClass(EdgeApplication.class);
        Set<String> beans = new TreeSet<>();
        try (ConfigurableApplicationContext context = gateway.run(
                "--server.port=0", "--management.server.port=0", "--pekopay.edge.tenants.location=" + tenants)) {
            Arrays.stream(context.getBeanDefinitionNames())
                    .filter(name -> !name.startsWith("org.springframework.context.annotation."))
                    .map(name -> name + " " + context.getType(name).getName().replaceAll("\\$\\$.*", ""))
                    .forEach(beans::add);
        }
        return beans;
    }
}
