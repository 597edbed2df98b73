package io.pekopayedge;

import io.pekopayedge.ledger.redis.RedisLedger;
import io.pekopayedge.settings.EdgeSettings;
import io.pekopayedge.tenant.CheckConfig;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Stream;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Import;
import reactor.netty.ReactorNetty;

/**
 * The gateway. Reads {@code ./config/} where it is started; {@code --check-config} looks at that and ends; {@code --rehearse} ends as
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
        if (Arrays.asList(args).contains("--rehearse")) {
            rehearse(args);
        } else {
            run(args);
        }
    }

    private static ConfigurableApplicationContext run(String... args) {
        SpringApplication gateway = new SpringApplication(EdgeApplication.class);
        gateway.addListeners(new PreparedBeans());
        return gateway.run(args);
    }

    /** Both kinds of start: an archive helps with what was done while it was made. No Redis is asked anything. */
    private static void rehearse(String... args) {
        Stream<String> withRedis = Stream.of(
                "--" + LedgerBeans.WHERE + "=redis",
                "--spring.data.redis.host=localhost",
                "--spring.data.redis.port=1",
                "--logging.level." + RedisLedger.class.getPackageName() + "=OFF");
        SpringApplication.exit(run(Stream.concat(Stream.of(args), withRedis).toArray(String[]::new)));
        System.exit(SpringApplication.exit(run(args)));
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
