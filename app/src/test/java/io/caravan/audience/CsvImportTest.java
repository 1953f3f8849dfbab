package io.caravan.audience;

import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.ApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import io.caravan.TestDatabase;
import io.caravan.TestLedgers;
import io.caravan.flow.CsvImport;
import io.caravan.flow.ImportReport;
import io.caravan.flow.VerdictFile;
import io.caravan.intake.CsvLimits;
import io.caravan.mail.CampaignSpec.Mode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class CsvImportTest {

    private static final DataSource DATABASE = TestDatabase.fresh();
    private static final Instant NOW = Instant.parse("2026-11-24T10:00:00Z");
    private static final ApplicationContext LEDGERS = TestLedgers.on(DATABASE, () -> NOW);
    private static final List<String> TABLES = List.of("contact", "contact_version", "list", "list_member", "import",
            "import_row", "import_person", "import_stretch", "import_span");

    @TempDir
    Path folder;

    private final JdbcTemplate jdbc = new JdbcTemplate(DATABASE);
    private final Imports imports = LEDGERS.getBean(Imports.class);
    private final CsvImport csvImport = new CsvImport(imports, CsvLimits.DEFAULT);
    private final VerdictFile verdictFile = new VerdictFile(imports);

    @BeforeEach
    void empty() {
        TABLES.forEach(table -> jdbc.execute("truncate table " + table));
    }

    private Path csv(String text) throws Exception {
        return Files.writeString(folder.resolve("spring.csv"), text);
    }

    private ImportReport.Taken taken(Path file, Mode mode) {
        return (ImportReport.Taken) csvImport.importFile(file, "spring", mode, List.of());
    }

    private String verdicts(ImportReport.Taken report) throws Exception {
        Path target = VerdictFile.beside(folder.resolve("spring.csv"));
        verdictFile.write(report, target);
        return Files.readString(target);
    }

    @Test
    void writesTheVerdictFileOfTheContract() throws Exception {
        Path file = csv(
                "email,first_name\nana@example.org,Ana\nnot-an-address,X\nana@example.org,Ana\n=a@example.org,\"Y\n2\"\n\"x,y\",Z\n");

        ImportReport.Taken report = taken(file, Mode.ADD);

        assertThat(verdicts(report)).isEqualTo("""
                row,line,address,verdict,reason
                2,2,ana@example.org,accepted,
                3,3,not-an-address,invalid,"no @ in 'not-an-address'"
                4,4,ana@example.org,duplicate,same address as row 2
                5,5,=a@example.org,accepted,
                6,7,"x,y",invalid,"no @ in 'x,y'"
                """);
        assertThat(report.again()).isFalse();
        assertThat(Files.list(folder)).hasSize(2);
    }

    @Test
    void theSameBytesAgainChangeNobodyAndSaySo() throws Exception {
        Path file = csv("email,first_name\nana@example.org,Ana\nnot-an-address,X\nana@example.org,Ana\n");
        verdicts(taken(file, Mode.ADD));
        List<Object> before = tables();

        ImportReport.Taken again = taken(Files.copy(file, folder.resolve("renamed.csv")), Mode.ADD);

        assertThat(again.again()).isTrue();
        assertThat(again.counts()).isEqualTo(Map.of(Verdict.UNCHANGED, 1L, Verdict.INVALID, 1L, Verdict.DUPLICATE, 1L));
        assertThat(tables()).isEqualTo(before);
        assertThat(verdicts(again)).contains("2,2,ana@example.org,unchanged,\n").doesNotContain("accepted");
    }

    @Test
    void aFileThatCannotBeTakenChangesNothing() throws Exception {
        Path file = csv("first,second\nana@example.org,Ana\n");

        ImportReport report = csvImport.importFile(file, "spring", Mode.ADD, List.of());

        assertThat(report).isInstanceOfSatisfying(ImportReport.Refused.class,
                refused -> assertThat(refused.problems().getFirst()).contains("no column of addresses"));
        assertThat(tables()).containsOnly(List.of());
    }

    @Test
    void otherColumnNamesAreAnotherImport() throws Exception {
        Path file = csv("ana@example.org,Ana\n");
        csvImport.importFile(file, "spring", Mode.ADD, List.of("email", "wrong"));

        ImportReport report = csvImport.importFile(file, "spring", Mode.ADD, List.of("email", "first_name"));

        assertThat(((ImportReport.Taken) report).counts()).isEqualTo(Map.of(Verdict.UPDATED, 1L));
    }

    @Test
    void aCrashAtAnyChunkEndsAsOneCleanImport() throws Exception {
        Path file = large(14_000);
        ImportReport.Taken clean = taken(file, Mode.REPLACE);
        String expectedVerdicts = verdicts(clean);
        List<Object> expected = tables();

        for (int crash = 1; crash <= 4; crash++) {
            empty();
            int after = crash;
            int[] chunks = {0};
            assertThatThrownBy(() -> csvImport.importFile(file, "spring", Mode.REPLACE, List.of(), (_, _) -> {
                if (++chunks[0] == after) {
                    throw new IllegalStateException("power cut");
                }
            })).hasMessage("power cut");
            ImportReport.Taken resumed = taken(file, Mode.REPLACE);

            assertThat(tables()).as("crash after chunk " + crash).isEqualTo(expected);
            assertThat(verdicts(resumed)).isEqualTo(expectedVerdicts);
            assertThat(resumed.counts()).isEqualTo(clean.counts());
        }
    }

    @Test
    void aCrashBeforeTheVerdictFileDoesNotChangeWhatItSays() throws Exception {
        Path file = csv("email,first_name\nana@example.org,Ana\n");
        taken(file, Mode.ADD);

        ImportReport.Taken repeated = taken(file, Mode.ADD);

        assertThat(repeated.again()).isFalse();
        assertThat(verdicts(repeated)).contains("2,2,ana@example.org,accepted,");
        assertThat(taken(file, Mode.ADD).again()).isTrue();
    }

    @Test
    void aRehearsalTellsEverythingAndKeepsNothing() throws Exception {
        Path file = csv("email\nana@example.org\nbob\n");
        List<String> seen = new ArrayList<>();

        ImportReport report = csvImport.rehearse(file, "spring", Mode.ADD, List.of(), done -> imports
                .verdicts(((ImportReport.Taken) done).importId(), v -> seen.add(v.row() + " " + v.verdict().word())));

        assertThat(((ImportReport.Taken) report).counts()).isEqualTo(Map.of(Verdict.ACCEPTED, 1L, Verdict.INVALID, 1L));
        assertThat(seen).containsExactly("2 accepted", "3 invalid");
        assertThat(tables()).containsOnly(List.of());
    }

    @Test
    void needsNoMoreMemoryForMoreRows() throws Exception {
        Path file = large(60_000);
        taken(csv("email\nwarm@example.org\n"), Mode.ADD);
        long before = used();
        long[] most = {0};

        ImportReport report = csvImport.importFile(file, "large", Mode.ADD, List.of(), (done, _) -> {
            if (done % 15_000 == 0) {
                most[0] = Math.max(most[0], used());
            }
        });
        verdictFile.write((ImportReport.Taken) report, folder.resolve("v.csv"));

        assertThat(most[0] - before).isBetween(-(64L << 20), 12L << 20);
        assertThat(Files.lines(folder.resolve("v.csv"))).hasSize(60_001);
    }

    private static long used() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    /** Every seventh row is invalid, every eleventh the double of an earlier one. */
    private Path large(int rows) throws Exception {
        Path file = folder.resolve("large.csv");
        try (Writer out = Files.newBufferedWriter(file)) {
            out.write("email,first_name,city\n");
            for (int i = 0; i < rows; i++) {
                String address = i % 7 == 6 ? "broken" + i : "p" + (i % 11 == 10 ? i / 2 : i) + "@example.org";
                out.write(address + ",Name" + i + ",City" + i % 100 + "\n");
            }
        }
        return file;
    }

    /** All that the tables hold, but for the ids that the database counts up. */
    private List<Object> tables() {
        return List.of(
                jdbc.queryForList("select address, written, domain, version, attributes from contact order by address"),
                jdbc.queryForList(
                        "select c.address, v.version, v.attributes from contact_version v join contact c on c.id = v.contact_id"
                                + " order by 1, 2"),
                jdbc.queryForList("select l.name, c.address from list_member m join contact c on c.id = m.contact_id"
                        + " join list l on l.id = m.list_id order by 1, 2"),
                jdbc.queryForList("select sha256, mode, state, reason, through_row from import order by id"),
                jdbc.queryForList(
                        "select r.row_no, r.line_no, r.written, c.address, r.verdict, r.reason from import_row r"
                                + " left join contact c on c.id = r.contact_id order by r.import_id, r.row_no"),
                jdbc.queryForList(
                        "select c.address, p.row_no from import_person p join contact c on c.id = p.contact_id"
                                + " order by p.import_id, p.row_no"),
                jdbc.queryForList("select from_row, to_row, from_line, verdict from import_stretch order by 1"));
    }
}
