package io.pekopayedge;

import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.logging.LogLevel;
import org.springframework.boot.logging.LoggerConfiguration;
import org.springframework.boot.logging.LoggerConfiguration.ConfigurationScope;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * Keeps at INFO, whatever level is asked for, the loggers that print below it what shoppers, shops and PekoPay send: raw
 * queries, header fields, bodies. Runs once, when the levels of the configuration have been set.
 */
final class QuietLoggers implements ApplicationContextInitializer<ConfigurableApplicationContext> {
    private static final Logger LOG = LoggerFactory.getLogger(QuietLoggers.class);

    private static final List<String> LOUD = List.of(
            "io.netty",
            "reactor.netty",
            "io.lettuce",
            "org.springframework.core.codec",
            "org.springframework.http",
            "org.springframework.web",
            "org.springframework.cloud.gateway");

    @Override
    public void initialize(ConfigurableApplicationContext context) {
        LoggingSystem system = LoggingSystem.get(QuietLoggers.class.getClassLoader());
        for (LoggerConfiguration logger : system.getLoggerConfigurations()) {
            var asked = logger.getLevelConfiguration(ConfigurationScope.DIRECT);
            if (asked != null && !asked.isCustom() && isBelowInfo(asked.getLevel()) && isLoud(logger.getName())) {
                LOG.warn(
                        "The level {} of {} is not taken: it would log what is secret",
                        asked.getLevel(),
                        logger.getName());
                system.setLogLevel(logger.getName(), LogLevel.INFO);
            }
        }
        for (String loud : LOUD) {
            LoggerConfiguration logger = system.getLoggerConfiguration(loud);
            if (logger == null || isBelowInfo(logger.getEffectiveLevel())) {
                system.setLogLevel(loud, LogLevel.INFO);
            }
        }
    }

    private static boolean isLoud(String name) {
        return LOUD.stream().anyMatch(loud -> name.equals(loud) || name.startsWith(loud + "."));
    }

    private static boolean isBelowInfo(LogLevel level) {
        return level.compareTo(LogLevel.INFO) < 0;
    }
}
