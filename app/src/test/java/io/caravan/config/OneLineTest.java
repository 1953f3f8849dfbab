package io.caravan.config;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class OneLineTest {

    private static final String FORGED = "x\n2026-01-01T00:00:00.000Z INFO  Forged event=launched";

    @Test
    void nothingThatIsSaidBeginsALineOrMovesTheCursor() {
        assertThat(OneLine.of("a\r\nb\tc")).isEqualTo("a\\r\\nb\\tc");
        assertThat(OneLine.of("\u001b[2J\u009b31m\u0007\u0000\u0085\u2028\u202efdp\u2066\ufeff"))
                .isEqualTo("\\u001b[2J\\u009b31m\\u0007\\u0000\\u0085\\u2028\\u202efdp\\u2066\\ufeff");
        assertThat(OneLine.of("Grüße, 日本 \ud83d\ude00 <b>")).isEqualTo("Grüße, 日本 \ud83d\ude00 <b>");
    }

    @Test
    void aFaultStaysBelowItsLineWhateverItSays() {
        LoggerContext logging = new LoggerContext();
        Logger logger = logging.getLogger("test");
        LoggingEvent event = new LoggingEvent("", logger, Level.WARN, "said",
                new IllegalStateException(FORGED, new IllegalArgumentException(FORGED)), null);
        IndentedFault fault = new IndentedFault();
        fault.setContext(logging);
        fault.start();

        String[] lines = fault.convert(event).split("\n");

        assertThat(lines).hasSizeGreaterThan(4).allMatch(line -> line.startsWith("\t"));
        assertThat(String.join("\n", lines)).contains("\tjava.lang.IllegalStateException: x", "\t2026-01-01",
                "\tCaused by: ");
    }
}
