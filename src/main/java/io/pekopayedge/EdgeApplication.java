package io.pekopayedge;

import io.pekopayedge.settings.EdgeSettings;
import io.pekopayedge.tenant.CheckConfig;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Import;
import reactor.netty.ReactorNetty;

/**
 * The gateway. Reads {@code ./config/} beside it; {@code --check-config} looks at that and ends; {@code --rehearse} ends as
 * soon as it is ready, which is what an archive of classes is made from.
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
@EnableConfigurationProperties(EdgeSettings.class)
@Import({EdgeBeans.class, LedgerBeans.class, OperatorBeans.class, DrainBeans.class})
public class EdgeApplication {
    public static void main(String[] args) {
        if (CheckConfig.asked(args)) {
            System.exit(CheckConfig.run(new PrintStream(System.out, true, StandardCharsets.UTF_8), args));
        }
        sizes();
        ConfigurableApplicationContext gateway = SpringApplication.run(EdgeApplication.class, args);
        if (Arrays.asList(args).contains("--rehearse")) {
            System.exit(SpringApplication.exit(gateway));
        }
    }

    /**
     * Reactor Netty's own least is four loops; nothing here blocks one, and where two take turns on a processor, both are
     * slower. Netty takes memory for buffers in pieces of four megabytes for each thread; bodies here are of kilobytes.
     */
    private static void sizes() {
        int processors = Runtime.getRuntime().availableProcessors();
        unlessSet(ReactorNetty.IO_WORKER_COUNT, Math.max(2, processors));
        unlessSet("io.netty.allocator.maxOrder", 7); // pieces of one megabyte
    }

    private static void unlessSet(String property, int value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, Integer.toString(value));
        }
    }
}
