package io.caravan.config;

import java.util.ArrayDeque;
import java.util.Deque;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.PatternLayout;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.stereotype.Component;

/** The last lines of the log, kept in memory for a bug report: at most {@value #LINES}, each cut at {@value #LONGEST} characters. */
@Component
final class RecentLog extends AppenderBase<ILoggingEvent> implements DisposableBean {

    private static final int LINES = 1_000;
    private static final int LONGEST = 4_000;

    private final Deque<String> lines = new ArrayDeque<>(LINES);
    private final PatternLayout layout = new PatternLayout();
    private final Logger root;

    RecentLog() {
        LoggerContext logging = (LoggerContext) LoggerFactory.getILoggerFactory();
        layout.setContext(logging);
        layout.getInstanceConverterMap().put("oneline", OneLine::new);
        layout.getInstanceConverterMap().put("fault", IndentedFault::new);
        layout.setPattern("%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX, UTC} %-5level [%thread] %logger{0} %oneline%n%fault{30}");
        layout.start();
        root = logging.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        setContext(logging);
        setName("recent");
        start();
        root.addAppender(this);
    }

    @Override
    protected void append(ILoggingEvent event) {
        String line = layout.doLayout(event);
        synchronized (lines) {
            if (lines.size() == LINES) {
                lines.removeFirst();
            }
            lines.addLast(line.length() > LONGEST ? line.substring(0, LONGEST) + "...\n" : line);
        }
    }

    String text() {
        synchronized (lines) {
            return String.join("", lines);
        }
    }

    @Override
    public void destroy() {
        root.detachAppender(this);
        stop();
    }
}
