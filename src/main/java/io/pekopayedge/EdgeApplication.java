package io.pekopayedge;

import io.pekopayedge.settings.EdgeSettings;
import io.pekopayedge.tenant.CheckConfig;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Import;

/** The gateway. Reads {@code ./config/} beside it; {@code --check-config} looks at that and ends. */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
@EnableConfigurationProperties(EdgeSettings.class)
@Import({EdgeBeans.class, LedgerBeans.class, OperatorBeans.class, DrainBeans.class})
public class EdgeApplication {
    public static void main(String[] args) {
        if (CheckConfig.asked(args)) {
            System.exit(CheckConfig.run(new PrintStream(System.out, true, StandardCharsets.UTF_8), args));
        }
        SpringApplication.run(EdgeApplication.class, args);
    }
}
