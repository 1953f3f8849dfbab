package io.caravan.cli;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class LinesTest {

    @Test
    void csvQuotesWhatNeedsItAndChangesNothing() {
        assertThat(Lines.csv(Arrays.asList("a", null, 3, "x,y", "say \"hi\"", "two\nlines", " padded ", "=1+1")))
                .isEqualTo("a,,3,\"x,y\",\"say \"\"hi\"\"\",\"two\nlines\",\" padded \",=1+1");
    }

    @Test
    void jsonEscapesControlsAndLoneSurrogates() {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("text", "a\"b\\c\n\u0001é😀\ud800");
        fields.put("n", 5);
        fields.put("none", null);

        assertThat(Lines.json(fields))
                .isEqualTo("{\"text\":\"a\\\"b\\\\c\\n\\u0001é😀\\ud800\",\"n\":5,\"none\":null}");
    }
}
