package io.pekopayedge;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * Puts a {@link PatientLog} before whatever the log is written to. A pipe that nobody empties would otherwise stop the
 * event loops, and with them every checkout. Runs once, when logging has been set up.
 */
final class LogWithoutWaiting implements ApplicationContextInitializer<ConfigurableApplicationContext> {
    @Override
    public void initialize(ConfigurableApplicationContext context) {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext logback) {
            Logger root = logback.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
            List<Appender<ILoggingEvent>> direct = new ArrayList<>();
            root.iteratorForAppenders().forEachRemaining(direct::add);
            direct.removeIf(PatientLog.class::isInstance);
            direct.forEach(appender -> putBefore(appender, root, logback));
        }
    }

    private static void putBefore(Appender<ILoggingEvent> appender, Logger root, LoggerContext logback) {
        PatientLog patient = new PatientLog();
        patient.setContext(logback);
        patient.setName(appender.getName() + "-PATIENT");
        patient.addAppender(appender);
        patient.start();
        root.addAppender(patient);
        root.detachAppender(appender);
    }
}
