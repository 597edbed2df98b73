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
        loopPerProcessor();
        ConfigurableApplicationContext gateway = SpringApplication.run(EdgeApplication.class, args);
        if (Arrays.asList(args).contains("--rehearse")) {
            System.exit(SpringApplication.exit(gateway));
        }
    }

    /** Reactor Netty's own least is four; nothing here blocks a loop, and where two take turns on a processor, both are slower. */
    private static void loopPerProcessor() {
        if (System.getProperty(ReactorNetty.IO_WORKER_COUNT) == null) {
            int processors = Runtime.getRuntime().availableProcessors();
            System.setProperty(ReactorNetty.IO_WORKER_COUNT, Integer.toString(Math.max(2, processors)));
        }
    }
}
