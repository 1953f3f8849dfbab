package io.caravan.mailauth;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/** RFC 6376 section 3.4, its examples and its edges. */
class CanonicalizationTest {

    @Test
    void theExampleOfTheStandardComesOut() {
        String body = " C \r\nD \t E\r\n\r\n\r\n";

        assertThat(body(Canonicalization.RELAXED, body)).isEqualTo(" C\r\nD E\r\n");
        assertThat(body(Canonicalization.SIMPLE, body)).isEqualTo(" C \r\nD \t E\r\n");
        assertThat(field(Canonicalization.RELAXED, "A: X\r\n")).isEqualTo("a:X\r\n");
        assertThat(field(Canonicalization.RELAXED, "B : Y\t\r\n\tZ  \r\n")).isEqualTo("b:Y Z\r\n");
        assertThat(field(Canonicalization.SIMPLE, "B : Y\t\r\n\tZ  \r\n")).isEqualTo("B : Y\t\r\n\tZ  \r\n");
    }

    @ParameterizedTest(name = "[{0}] is [{1}] simple and [{2}] relaxed")
    @CsvSource(quoteCharacter = '"', value = {"'',^,''", "^,^,''", "^^^,^,''", "a,a^,a^", "a^,a^,a^", "a^^^,a^,a^",
            "' ',' ^',''", "_^_^,_^_^,''", "a_^_^,a_^_^,a^", "^a,^a^,^a^", "a^^b,a^^b^,a^^b^", "_a__b_,_a__b_^,_a_b^",
            "a^_^b,a^_^b^,a^^b^", "a>b,a>b^,a_b^", "a\\b,a\\b^,a\\b^", "a\\,a\\^,a\\^", "_\\,_\\^,_\\^",
            "a^\\,a^\\^,a^\\^", "a/b/,a/b/^,a/b/^", "a_^b,a_^b^,a^b^", "_,_^,''"})
    void edgesOfBodies(String body, String simple, String relaxed) {
        assertThat(body(Canonicalization.SIMPLE, plain(body))).isEqualTo(plain(simple));
        assertThat(body(Canonicalization.RELAXED, plain(body))).isEqualTo(plain(relaxed));
    }

    @ParameterizedTest(name = "[{0}] is [{1}]")
    @CsvSource(quoteCharacter = '"', value = {"Subject:_a,subject:a^", "SUBJECT_>:>_a_>_b_^,subject:a_b^",
            "Subject:^_a^>b^,subject:a_b^", "Subject:^,subject:^", "Subject:_^_^,subject:^", "X:a:_b,x:a:_b^",
            "nothing,nothing^", "X:a^_^_b,x:a_b^", "X:é,x:é^"})
    void edgesOfFields(String field, String relaxed) {
        assertThat(field(Canonicalization.RELAXED, plain(field))).isEqualTo(plain(relaxed));
    }

    @Test
    void piecesOfAnySizeMakeTheSameBody() {
        Random random = new Random(6376);
        String letters = "ab  \t\r\n\r\n\r\n\r\n";
        for (int round = 0; round < 5_000; round++) {
            StringBuilder text = new StringBuilder();
            for (int i = random.nextInt(24); i > 0; i--) {
                int at = random.nextInt(letters.length());
                text.append(letters, at, Math.min(letters.length(), at + 1 + random.nextInt(2)));
            }
            for (Canonicalization form : Canonicalization.values()) {
                assertThat(inPieces(form, text.toString(), random)).as("%s of %s", form, text)
                        .isEqualTo(body(form, text.toString())).isEqualTo(byLines(form, text.toString()));
            }
        }
    }

    /** The same by the letter of the standard, line by line. */
    private static String byLines(Canonicalization form, String body) {
        String text = body;
        if (form == Canonicalization.RELAXED) {
            String[] lines = body.split("\r\n", -1);
            for (int i = 0; i < lines.length; i++) {
                lines[i] = lines[i].replaceAll("[ \t]+", " ").replaceAll(" \\z", "");
            }
            text = String.join("\r\n", lines);
        }
        while (text.endsWith("\r\n")) {
            text = text.substring(0, text.length() - 2);
        }
        return text.isEmpty() && form == Canonicalization.RELAXED ? "" : text + "\r\n";
    }

    private static String inPieces(Canonicalization form, String body, Random random) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        CanonicalBody canonical = form.body(out::write);
        byte[] bytes = bytes(body);
        int at = 0;
        while (at < bytes.length) {
            int count = random.nextInt(Math.min(4, bytes.length - at + 1));
            canonical.update(bytes, at, count);
            at += count;
        }
        assertThat(canonical.finish()).isEqualTo(out.size());
        return out.toString(StandardCharsets.UTF_8);
    }

    private static String body(Canonicalization form, String body) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        CanonicalBody canonical = form.body(out::write);
        canonical.update(bytes(body), 0, bytes(body).length);
        assertThat(canonical.finish()).isEqualTo(out.size());
        return out.toString(StandardCharsets.UTF_8);
    }

    private static String field(Canonicalization form, String field) {
        byte[] in = bytes("??" + field + "??");
        byte[] out = new byte[1 + Canonicalization.room(in.length - 4)];
        int end = form.field(in, 2, in.length - 2, out, 1);
        return new String(out, 1, end - 1, StandardCharsets.UTF_8);
    }

    /** ^ is a line end, _ a space, > a tab, \ a CR and / an LF that stand alone. */
    private static String plain(String shown) {
        return shown.replace("''", "").replace("' ", " ").replace("'", "").replace("^", "\r\n").replace('_', ' ')
                .replace('>', '\t').replace('\\', '\r').replace('/', '\n');
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
