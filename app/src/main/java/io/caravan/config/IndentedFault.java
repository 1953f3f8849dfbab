package io.caravan.config;

import java.util.stream.Collectors;

import ch.qos.logback.classic.pattern.ThrowableProxyConverter;
import ch.qos.logback.classic.spi.ILoggingEvent;

/** A fault below its log line: each of its lines is indented, so that none of them, whatever the fault says, looks like a log line. */
public final class IndentedFault extends ThrowableProxyConverter {

    @Override
    public String convert(ILoggingEvent event) {
        return super.convert(event).lines().map(line -> "\t" + OneLine.of(line.stripLeading()) + "\n")
                .collect(Collectors.joining());
    }
}
