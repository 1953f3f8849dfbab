package io.caravan.intake;

import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.Yaml;
import tools.jackson.databind.ObjectMapper;

import static org.assertj.core.api.Assertions.assertThat;

class CsvCorpusTest {

    private static final Path CORPUS = Path.of("app/src/test/corpora/csv");
    private static final Map<String, String> BREAKS = Map.of("\u23ce", "\n", "\u2424", "\r\n", "\u240d", "\r", "\u240a",
            "\n", "\u2420", " ");

    @TempDir
    Path folder;

    private record Case(String file, String verdict, String records, String json) {
    }

    private static List<Case> cases(String verdict) throws Exception {
        return Files.readAllLines(CORPUS.resolve("expectations.tsv")).stream().map(line -> line.split("\t", -1))
                .filter(c -> c[1].equals(verdict)).map(c -> new Case(c[0], c[1], c[4], c[5])).toList();
    }

    @TestFactory
    Stream<DynamicTest> readsRecordsAndTextOfWhatIsToBeAccepted() throws Exception {
        List<Case> cases = cases("accept");

        assertThat(cases).hasSizeGreaterThan(30);
        return cases.stream().map(c -> DynamicTest.dynamicTest(c.file, () -> {
            List<List<String>> records = records(CORPUS.resolve(c.file));

            if (c.json.endsWith(".json")) {
                Object expected = new ObjectMapper().readValue(CORPUS.resolve(c.json).toFile(), Object.class);
                assertThat((Object) objects(records)).isEqualTo(expected);
            } else if (!c.records.equals("-")) {
                assertThat(records).hasSize(Integer.parseInt(c.records));
                String text = String.join("",
                        Files.readString(CORPUS.resolve(c.file), encoding(CORPUS.resolve(c.file)).charset())
                                .replaceAll("[\ufeff,;\"\r\n ]", ""));
                assertThat(
                        String.join("", records.stream().flatMap(List::stream).toList()).replaceAll("[,;\"\r\n ]", ""))
                        .isEqualTo(text);
            }
        }));
    }

    /** As the product takes it: with the columns named by hand, every record is a row whose text is all there, or has a reason. */
    @TestFactory
    Stream<DynamicTest> losesNothingOfAnyFile() throws Exception {
        return Stream.of("accept", "policy", "reject").flatMap(v -> {
            try {
                return cases(v).stream();
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        }).map(c -> DynamicTest.dynamicTest(c.file, () -> {
            List<List<String>> records = records(CORPUS.resolve(c.file));
            List<String> columns = new ArrayList<>(List.of("email"));
            for (int i = 1; i < records.getFirst().size(); i++) {
                columns.add("c" + i);
            }

            CsvSource source = CsvSource.open(CORPUS.resolve(c.file), CsvLimits.DEFAULT, columns);

            try (CsvRows rows = source.rows()) {
                long blank = records.stream().filter(r -> r.equals(List.of(""))).count();
                long seen = 0;
                while (rows.hasNext()) {
                    CsvRow row = rows.next();
                    seen++;
                    assertThat(row.problem()).isNotNull(); // none of these files has addresses
                    if (!c.verdict.equals("accept") && records.get((int) row.row() - 1).size() != columns.size()) {
                        assertThat(row.problem()).containsAnyOf("cells", "the row is empty");
                    }
                }
                assertThat(seen).isEqualTo(records.size() - blank);
            }
        }));
    }

    @TestFactory
    Stream<DynamicTest> refusesBadRowsWithAReasonOnceTheyHaveAddresses() throws Exception {
        return Stream.of("policy", "reject").flatMap(v -> {
            try {
                return cases(v).stream();
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        }).map(c -> DynamicTest.dynamicTest(c.file, () -> {
            List<String> lines = new ArrayList<>(Files.readAllLines(CORPUS.resolve(c.file)));
            lines.set(0, "email," + lines.getFirst());
            for (int i = 1; i < lines.size(); i++) {
                lines.set(i, "p" + i + "@example.org," + lines.get(i));
            }
            Path file = Files.write(folder.resolve("with-addresses.csv"), lines);
            int width = lines.getFirst().split(",", -1).length;

            List<CsvRow> rows = CsvSourceTest.rows(file);

            assertThat(rows).hasSize(lines.size() - 1);
            for (CsvRow row : rows) {
                String line = lines.get((int) row.row() - 1);
                boolean sound = line.split(",", -1).length == width && line.indexOf('\0') < 0;
                boolean onlyBlanksBeyond = line.split(",", -1).length > width
                        && line.replaceAll("(?:[^,]*,){" + (width - 1)
                                + "}[^,]*,", "").isBlank();
                assertThat(row.problem() == null).as(line).isEqualTo(sound || onlyBlanksBeyond);
            }
        }));
    }

    @TestFactory
    Stream<DynamicTest> readsTheCasesOfTheSpecification() throws Exception {
        List<DynamicTest> tests = new ArrayList<>();
        for (Case c : cases("cases")) {
            Map<String, Object> yaml = new Yaml().load(Files.readString(CORPUS.resolve(c.file)));
            boolean comments = c.file.contains("comments");
            for (Object check : (List<?>) yaml.get("checks")) {
                Map<?, ?> one = (Map<?, ?>) check;
                tests.add(DynamicTest.dynamicTest(String.valueOf(one.get("id")), () -> {
                    List<List<String>> expected = new ArrayList<>();
                    for (Object record : (List<?>) one.get("records")) {
                        expected.add(((List<?>) record).stream().map(cell -> plain(String.valueOf(cell))).toList());
                    }

                    List<List<String>> records = parse(plain(String.valueOf(one.get("input"))), ',');

                    // a line that begins with # could be an address: it is never skipped silently, but gets a verdict as any other
                    records.removeIf(record -> comments && record.getFirst().startsWith("#"));
                    assertThat(records).isEqualTo(expected);
                }));
            }
        }
        assertThat(tests).hasSizeGreaterThanOrEqualTo(24);
        return tests.stream();
    }

    private static String plain(String text) {
        String plain = text;
        for (Map.Entry<String, String> entry : BREAKS.entrySet()) {
            plain = plain.replace(entry.getKey(), entry.getValue());
        }
        return plain;
    }

    private static CsvEncoding encoding(Path file) throws Exception {
        try (CsvBytes bytes = new CsvBytes(file, CsvLimits.DEFAULT)) {
            return CsvEncoding.of(bytes);
        }
    }

    private static List<List<String>> records(Path file) throws Exception {
        byte[] bytes = Files.readAllBytes(file);
        CsvEncoding encoding = encoding(file);
        String text = new String(bytes, encoding.mark(), bytes.length - encoding.mark(), encoding.charset());
        return parse(text, CsvDialect.of(text, true, List.of(), CsvLimits.DEFAULT).delimiter());
    }

    private static List<List<String>> parse(String text, char delimiter) {
        List<List<String>> records = new ArrayList<>();
        CsvRecords parsed = new CsvRecords(new StringReader(text), delimiter, CsvLimits.DEFAULT);
        for (CsvRecords.CsvRecord record = parsed.next(); record != null; record = parsed.next()) {
            records.add(record.cells());
        }
        return records;
    }

    private static List<Map<String, String>> objects(List<List<String>> records) {
        List<Map<String, String>> objects = new ArrayList<>();
        for (List<String> record : records.subList(1, records.size())) {
            Map<String, String> object = new LinkedHashMap<>();
            for (int i = 0; i < record.size(); i++) {
                object.put(records.getFirst().get(i), record.get(i));
            }
            objects.add(object);
        }
        return objects;
    }
}
