package io.caravan.intake;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.Writer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.caravan.mail.InvalidInput;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class CsvSourceTest {

    private static final String UMLAUTS = "email,Name\nana@example.org,J\u00f6rg M\u00fcller \u20ac5\n";

    @TempDir
    Path folder;

    static List<CsvRow> rows(Path file, String... columns) {
        List<CsvRow> all = new ArrayList<>();
        try (CsvRows rows = CsvSource.open(file, CsvLimits.DEFAULT, List.of(columns)).rows()) {
            rows.forEachRemaining(all::add);
        }
        return all;
    }

    private Path file(byte[]... parts) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            bytes.write(part);
        }
        return Files.write(folder.resolve("list.csv"), bytes.toByteArray());
    }

    private Path file(String text) throws IOException {
        return file(text.getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] gzip(byte[] bytes) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
            out.write(bytes);
        }
        return packed.toByteArray();
    }

    private void assertUmlauts(Path file) {
        List<CsvRow> rows = rows(file);

        assertThat(rows).hasSize(1);
        assertThat(rows.getFirst().problem()).isNull();
        assertThat(rows.getFirst().attributes()).isEqualTo(Map.of("name", "J\u00f6rg M\u00fcller \u20ac5"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTF-8", "UTF-16LE", "UTF-16BE", "windows-1252"})
    void findsTheEncodingWithoutAMark(String charset) throws Exception {
        Path file = file(UMLAUTS.getBytes(Charset.forName(charset)));

        assertUmlauts(file);
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTF-8", "UTF-16LE", "UTF-16BE"})
    void findsTheEncodingByItsMark(String charset) throws Exception {
        Path file = file(("\ufeff" + UMLAUTS).getBytes(Charset.forName(charset)));

        assertUmlauts(file);
    }

    @ParameterizedTest
    @ValueSource(strings = {",", ";", "\t", "|"})
    void findsTheDelimiter(String delimiter) throws Exception {
        Path file = file("\"Name; or, nick|name\"%1$sE-Mail%1$sCity\n\"a, b; c\"%1$sana@example.org%1$sRome\n"
                .formatted(delimiter));

        List<CsvRow> rows = rows(file);

        assertThat(rows).hasSize(1);
        assertThat(rows.getFirst().problem()).isNull();
        assertThat(rows.getFirst().attributes().values()).containsExactlyInAnyOrder("a, b; c", "Rome");
    }

    @Test
    void believesALineThatDeclaresTheDelimiter() throws Exception {
        Path file = file("sep=;\r\nemail;name\r\nana@example.org;Ana\r\n");

        List<CsvRow> rows = rows(file);

        assertThat(rows).hasSize(1);
        assertThat(rows.getFirst().line()).isEqualTo(3);
        assertThat(rows.getFirst().row()).isEqualTo(2);
        assertThat(rows.getFirst().attributes()).isEqualTo(Map.of("name", "Ana"));
    }

    @Test
    void readsPackedFilesWhateverTheirName() throws Exception {
        assertUmlauts(file(gzip(UMLAUTS.getBytes(StandardCharsets.UTF_8))));
        assertUmlauts(file(gzip(UMLAUTS.getBytes(StandardCharsets.UTF_16LE))));
    }

    @Test
    void refusesDamagedAndNestedAndForeignPacking() throws Exception {
        byte[] whole = gzip(UMLAUTS.repeat(50).getBytes(StandardCharsets.UTF_8));

        assertRefused(file(java.util.Arrays.copyOf(whole, whole.length - 12)), "damaged gzip");
        assertRefused(file(gzip(whole)), "packed twice");
        assertRefused(file(new byte[]{'P', 'K', 3, 4, 1, 2, 3}), "zip archive or a workbook");
    }

    @Test
    void refusesWhatUnpacksToTooMuch() throws Exception {
        Path file = folder.resolve("bomb.csv.gz");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
            out.write("email\n".getBytes(StandardCharsets.UTF_8));
            for (int i = 0; i < 40; i++) {
                out.write(new byte[1 << 20]);
            }
        }
        CsvLimits small = new CsvLimits(1000, 10_000, 1000, 1 << 20, 100, 1000);

        assertRefused(file, "more than 100 times its size");
        assertThatThrownBy(() -> CsvSource.open(file, small, List.of())).isInstanceOf(InvalidInput.class)
                .hasMessageContaining("more than 1,048,576 bytes unpacked");
    }

    @Test
    void numbersRowsAndLinesAsEditorsDo() throws Exception {
        Path file = file("email,note\r\nana@example.org,\"two\r\nlines\"\r\n\r\nbob@example.org,x\r\n");

        List<CsvRow> rows = rows(file);

        assertThat(rows).extracting(CsvRow::row).containsExactly(2L, 4L);
        assertThat(rows).extracting(CsvRow::line).containsExactly(2L, 5L);
        assertThat(rows.getFirst().attributes()).isEqualTo(Map.of("note", "two\r\nlines"));
    }

    @Test
    void toleratesWhatSpreadsheetsDo() throws Exception {
        Path file = file(
                "\ufeffE-mail ; First Name;;\r\n ana@example.org ; \"Ana\" ;;\r\n\u00a0bob@example.org;;;;;\r\n;;;\r\n");

        List<CsvRow> rows = rows(file);

        assertThat(rows).extracting(CsvRow::address).containsExactly("ana@example.org", "bob@example.org", "");
        assertThat(rows).extracting(CsvRow::problem).containsExactly(null, null, "the row is empty");
        assertThat(rows.get(0).attributes()).isEqualTo(Map.of("first_name", "Ana"));
        assertThat(rows.get(1).attributes()).isEmpty();
    }

    @Test
    void badRowsNeverTakeGoodOnesWithThem() throws Exception {
        String text = "email,name,city\n" + "a@example.org,A\n" + "b@example.org,B,Rome,x\n" + "c@example.org,C,Rome\n"
                + "not-an-address,D,Rome\n" + "e@example.org,\"" + "x".repeat(70_000) + "\",Rome\n"
                + "f@example.org,F\u0001,Rome\n"
                + "g@example.org,\0,Rome\n" + "h@example.org,\"H \"quoted\" H\",Rome\n" + "\u00a0,I,Rome\n"
                + "j@example.org,J,Rome\n";

        List<CsvRow> rows = rows(file(text));

        assertThat(rows).hasSize(10);
        assertThat(rows).filteredOn(r -> r.problem() == null).extracting(CsvRow::address)
                .contains("c@example.org", "j@example.org")
                .doesNotContain("a@example.org", "b@example.org", "e@example.org", "f@example.org", "g@example.org");
        assertThat(rows.get(0).problem()).startsWith("2 cells where the header has 3");
        assertThat(rows.get(1).problem()).startsWith("more cells than the header's 3: cell 4 has text");
        assertThat(rows.get(3).problem()).isEqualTo("no @ in 'not-an-address'");
        assertThat(rows.get(4).problem()).isEqualTo("cell 2 has 70,000 bytes and a cell may have 65,536");
        assertThat(rows.get(5).problem()).isEqualTo("control character U+0001 in cell 2");
        assertThat(rows.get(6).problem()).isEqualTo("control character U+0000 in cell 2");
        assertThat(rows.get(8).problem()).isEqualTo("no address: the cell is empty");
    }

    @Test
    void holdsTheLimitsOfRowsAndContacts() throws Exception {
        String columns = java.util.stream.IntStream.range(0, 20).mapToObj(i -> ",c" + i)
                .collect(java.util.stream.Collectors.joining());
        String cells = ("," + "x".repeat(60_000)).repeat(20);
        String some = ("," + "y".repeat(40_000)).repeat(2) + ",".repeat(18);

        List<CsvRow> rows = rows(
                file("email" + columns + "\na@example.org" + cells + "\nb@example.org" + some + "\nc@example.org"
                        + ",".repeat(20) + "\n"));

        assertThat(rows.get(0).problem()).isEqualTo("the row has more than the 1,048,576 bytes that a row may have");
        assertThat(rows.get(1).problem()).isEqualTo("more than the 65,536 bytes of attributes that a contact may have");
        assertThat(rows.get(2).problem()).isNull();
    }

    @Test
    void aHugeCellCostsItsRowOnly() throws Exception {
        List<CsvRow> rows = rows(
                file("email,name\na@example.org,\"" + "x\n".repeat(5_000_000) + "\"\nb@example.org,B\n"));

        assertThat(rows).hasSize(2);
        assertThat(rows.get(0).problem()).contains("10,000,000 bytes");
        assertThat(rows.get(1).problem()).isNull();
        assertThat(rows.get(1).line()).isEqualTo(5_000_003);
    }

    @Test
    void keepsUtf8WhenAFewBytesAreBroken() throws Exception {
        byte[] good = "email,name\na@example.org,J\u00f6rg\nb@example.org,M\u00fcller\nd@example.org,\u00e9\u00e8\u00ea\n"
                .getBytes(
                        StandardCharsets.UTF_8);

        List<CsvRow> rows = rows(
                file(good, "c@example.org,".getBytes(StandardCharsets.US_ASCII), new byte[]{(byte) 0xfc, '\n'}));

        assertThat(rows.get(0).attributes()).isEqualTo(Map.of("name", "J\u00f6rg"));
        assertThat(rows.get(3).problem()).isEqualTo("a byte in cell 2 is not UTF-8: save the file as UTF-8");
    }

    @Test
    void refusesAQuoteThatIsNeverClosedBeforeAnythingIsTaken() throws Exception {
        String rest = "b@example.org,B\n".repeat(800_000);

        assertRefused(file("email,name\nx@example.org,X\na@example.org,\"A\n" + rest),
                "a quote is not closed in the record that begins on line 3");
    }

    @Test
    void namesColumnsAsOtherServicesDo() throws Exception {
        Path file = file(
                "Email Address,First Name,LNAME,Time-Zone,Favourite  Colour-2,topicPreferences.News,unsubscribeAll\n"
                        + "a@example.org,A,B,Europe/Rome,red,OPT_IN,false\nb@example.org,A,B,Europe/Rome,red,OPT_IN,true\n");

        CsvSource source = CsvSource.open(file, CsvLimits.DEFAULT, List.of());
        List<CsvRow> rows = rows(file);

        assertThat(source.attributes()).containsExactly("email", "first_name", "last_name", "tz", "favourite_colour_2",
                "topic_preferences_news", "unsubscribe_all");
        assertThat(source.size()).isEqualTo(2);
        assertThat(rows.get(0).attributes()).containsEntry("first_name", "A").containsEntry("favourite_colour_2",
                "red");
        assertThat(rows.get(1).problem()).startsWith("unsubscribed where the file comes from");
    }

    @ParameterizedTest
    @ValueSource(strings = {"email", "E-MAIL", "e-mail", "Email Address", "emailAddress", "ADDRESS", "\ufeffemail",
            "\"e-mail \""})
    void knowsTheColumnOfAddresses(String name) throws Exception {
        assertThat(rows(file("x," + name + "\n1,ana@example.org\n")).getFirst().problem()).isNull();
    }

    @Test
    void aStreetIsNotAMailAddress() throws Exception {
        List<CsvRow> rows = rows(file("address,email\nMain Street 1,ana@example.org\n"));

        assertThat(rows.getFirst().attributes()).isEqualTo(Map.of("address", "Main Street 1"));
    }

    @Test
    void takesColumnNamesFromElsewhereForAFileWithoutHeader() throws Exception {
        List<CsvRow> rows = rows(file("Ana;ana@example.org\nBob;bob@example.org\n"), "First Name", "email");

        assertThat(rows).extracting(CsvRow::row).containsExactly(1L, 2L);
        assertThat(rows.getFirst().attributes()).isEqualTo(Map.of("first_name", "Ana"));
    }

    @Test
    void refusesHeadersThatCannotWork() throws Exception {
        assertRefused(file("first,last\nA,B\n"),
                "no column of addresses; its columns are 'first', 'last': name one 'email'");
        assertRefused(file("ana@example.org,Ana\n"), "its first line seems to be a person already");
        assertRefused(file("email,List,contact\n"),
                "'List', which means something else in templates: rename it, to 'list_name'");
        assertRefused(file("email,List,contact\n"), "'contact', which means");
        assertRefused(file("email,First Name,fname\n"),
                "'First Name' and 'fname' would both be the attribute 'first_name'");
        assertRefused(file("email,e-mail\n"), "would both be the attribute 'email'");
        assertRefused(file("email" + ",c".repeat(1000) + "\n"), "has 1,001 columns and at most 1,000");
        assertRefused(file("\n\n"), "is empty");
        assertRefused(file(""), "is empty");
    }

    @Test
    void leavesOutRemarksBeforeTheHeader() throws Exception {
        List<CsvRow> rows = rows(
                file("# made by a program\n#\n\nemail,name\nana@example.org,Ana\n#bob@example.org,Bob\n"));

        assertThat(rows).extracting(CsvRow::address).containsExactly("ana@example.org", "#bob@example.org");
        assertThat(rows).extracting(CsvRow::row).containsExactly(2L, 3L);
        assertThat(rows).extracting(CsvRow::line).containsExactly(5L, 6L);
    }

    @Test
    void needsNoMoreMemoryForMoreRows() throws Exception {
        Path file = folder.resolve("many.csv");
        try (Writer out = Files.newBufferedWriter(file)) {
            out.write("email,first_name,city,note\n");
            for (int i = 0; i < 300_000; i++) {
                out.write("person" + i + "@example.org,Name" + i + ",Rome,\"some, text of a usual length\"\n");
            }
        }
        long before = used();
        long most = 0;
        long seen = 0;

        CsvSource source = CsvSource.open(file, CsvLimits.DEFAULT, List.of());
        try (CsvRows rows = source.rows()) {
            while (rows.hasNext()) {
                rows.next();
                if (++seen % 60_000 == 0) {
                    most = Math.max(most, used());
                }
            }
        }

        assertThat(seen).isEqualTo(300_000).isEqualTo(source.size());
        assertThat(most - before).isLessThan(8L << 20);
    }

    private static long used() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    private static void assertRefused(Path file, String reason) {
        assertThatThrownBy(() -> CsvSource.open(file, CsvLimits.DEFAULT, List.of())).isInstanceOf(InvalidInput.class)
                .hasMessageContaining(reason);
    }
}
