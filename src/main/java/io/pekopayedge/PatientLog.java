package io.pekopayedge;

import ch.qos.logback.classic.AsyncAppender;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.LoggerFactory;

/**
 * Nobody waits for the log: a thread of its own writes, and what it cannot write for too long is dropped, first what is
 * below WARN. How many lines were, the log says when it goes on. Any thread.
 */
final class PatientLog extends AsyncAppender {
    private static final Logger LOG = (Logger) LoggerFactory.getLogger(PatientLog.class);
    private static final String TOLD = "{} lines were dropped: what reads the log has been too slow";

    /** Some ten seconds of a busy gateway, and at most some ten megabytes. */
    private static final int MOST = 8192;

    private static final int KEPT_FOR_TROUBLE = MOST / 4;

    private final AtomicLong lost = new AtomicLong();

    PatientLog() {
        setQueueSize(MOST);
        setDiscardingThreshold(0);
        setNeverBlock(true);
    }

    @Override
    protected void append(ILoggingEvent event) {
        int room = getRemainingCapacity();
        if (room == 0 || (room < KEPT_FOR_TROUBLE && !event.getLevel().isGreaterOrEqual(Level.WARN))) {
            lost.incrementAndGet();
            return;
        }
        super.append(event);
        long lines = room > MOST / 2 && lost.get() > 0 ? lost.getAndSet(0) : 0;
        if (lines > 0) {
            super.append(dropped(lines));
        }
    }

    /** An event of its own: while one is appended, an appender takes none from its thread. */
    private static ILoggingEvent dropped(long lines) {
        return new LoggingEvent(PatientLog.class.getName(), LOG, Level.WARN, TOLD, null, new Object[] {lines});
    }
}
