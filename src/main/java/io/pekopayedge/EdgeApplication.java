package io.pekopayedge;

import io.pekopayedge.settings.EdgeSettings;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;

/** The gateway. Reads {@code ./config/} beside it. */
@SpringBootApplication(proxyBeanMethods = false)
@EnableConfigurationProperties(EdgeSettings.class)
public class EdgeApplication {
    public static void main(String[] args) {
        SpringApplication.run(EdgeApplication.class, args);
    }
}
