package io.caravan.rendering;

import java.nio.charset.StandardCharsets;
import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class SevenBitTest {

    private static final String[] PIECES = {"a", "plain text ", "=", "_", "=_", "\n", "\r\n", "\r", "\t", "From ",
            "From", "\nFrom here",
            ".", "é", "\u2028", "\u0007", "\u007f", "😀", "x".repeat(70), "y".repeat(500), " ", "<p class=\"a\">"};

    private final ByteSink out = new ByteSink();

    private String written(String text) {
        out.empty();
        out.ascii("head");
        if (!SevenBit.wrote(text.toCharArray(), text.length(), out)) {
            assertThat(text(out)).isEqualTo("head");
            return "";
        }
        return text(out).substring(4);
    }

    private static String text(ByteSink sink) {
        return new String(sink.array(), 0, sink.length(), StandardCharsets.ISO_8859_1);
    }

    private static String byEncoding(String text) {
        char[] chars = text.toCharArray();
        Encoding encoding = Encoding.choose(chars, chars.length);
        if (encoding != Encoding.SEVEN_BIT || !new String(chars).equals(text)) {
            return "";
        }
        ByteSink sink = new ByteSink();
        encoding.write(chars, chars.length, sink);
        return text(sink);
    }

    @Test
    void writesWhatTheSlowWayWritesOrNothing() {
        Random random = new Random(7);
        int wrote = 0;
        for (int i = 0; i < 20_000; i++) {
            StringBuilder text = new StringBuilder();
            int odd = random.nextInt(3) == 0 ? PIECES.length : 2;
            for (int k = random.nextInt(30); k > 0; k--) {
                text.append(PIECES[random.nextInt(odd)]).append(random.nextInt(4) == 0 ? "\n" : "");
            }
            String written = written(text.toString());
            assertThat(written).as(text.toString()).isEqualTo(byEncoding(text.toString()));
            wrote += written.isEmpty() ? 0 : 1;
        }
        assertThat(wrote).isBetween(10_000, 19_900);
    }

    @Test
    void seesEveryPlaceOfAWordOfEightBytes() {
        for (int i = 0; i < 40; i++) {
            String before = "x".repeat(i);
            assertThat(written(before + "=_" + "y".repeat(9))).isEmpty();
            assertThat(written(before + "\u007f")).isEmpty();
            assertThat(written(before + "\u0000y")).isEmpty();
            assertThat(written(before + "é")).isEmpty();
            assertThat(written(before + "\tz\n_=")).isEqualTo(before + "\tz\r\n_=\r\n");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n", "\r\n\r\n", "a", "a\n", "a\r\nb"})
    void endsWithOneLineEnd(String text) {
        assertThat(written(text)).isEqualTo(byEncoding(text)).endsWith("\r\n");
    }

    @Test
    void leavesALineThatIsTooLongToTheOthers() {
        assertThat(written("x".repeat(990))).hasSize(992);
        assertThat(written("x".repeat(991))).isEmpty();
    }
}
