package io.caravan.audience;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.sql.DataSource;

import org.junit.jupiter.api.Test;
import org.springframework.context.ApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;

import io.caravan.TestDatabase;
import io.caravan.TestLedgers;
import io.caravan.mail.CampaignSpec.Mode;
import io.caravan.mail.EmailAddress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

/** Rows that are told by their neighbours read as rows that stand for themselves do. */
class StretchesTest {

    private static final DataSource DATABASE = TestDatabase.fresh();
    private static final ApplicationContext LEDGERS = TestLedgers.on(DATABASE,
            () -> Instant.parse("2026-11-24T10:00:00Z"));

    private final JdbcTemplate jdbc = new JdbcTemplate(DATABASE);
    private final Imports imports = LEDGERS.getBean(Imports.class);
    private final ImportHistory history = LEDGERS.getBean(ImportHistory.class);
    private final Contacts contacts = LEDGERS.getBean(Contacts.class);

    private static ImportRow row(long row, String written) {
        return new ImportRow(row, row + 1, written, EmailAddress.parse(written), Map.of("n", "" + row), null);
    }

    private List<RowVerdict> verdicts(long id) {
        List<RowVerdict> all = new ArrayList<>();
        imports.verdicts(id, all::add);
        return all;
    }

    @Test
    void neighboursAreOneRowAndEachIsReadAsItStoodInTheFile() throws Exception {
        Import begun = imports.begin("a.csv", "spring", "sha", Mode.ADD);
        List<ImportRow> rows = new ArrayList<>();
        List<RowVerdict> expected = new ArrayList<>();
        for (int n = 2; n <= 101; n++) {
            rows.add(row(n, n == 60 ? "P3@Example.org" : "P" + n + "@example.org"));
            expected.add(new RowVerdict(n, n + 1, rows.getLast().written(),
                    n == 60 ? Verdict.DUPLICATE : Verdict.ACCEPTED, n == 60 ? "same address as row 3" : ""));
        }
        Chunks.take(imports, begun, rows.subList(0, 50));
        Chunks.take(imports, begun, rows.subList(50, 100));
        Import done = imports.finish(begun);

        // row 60 alone stands for itself, and the rows before it are too few since the second chunk began
        assertThat(jdbc.queryForList("select row_no from import_row order by 1", Long.class))
                .containsExactly(52L, 53L, 54L, 55L, 56L, 57L, 58L, 59L, 60L);
        assertThat(verdicts(done.id())).isEqualTo(expected);
        for (int after = 1; after <= 101; after += 7) {
            int from = after;
            assertThat(history.rows(done.id(), null, after, 20).rows())
                    .isEqualTo(expected.stream().filter(one -> one.row() > from).limit(20).toList());
            assertThat(history.rows(done.id(), Verdict.ACCEPTED, after, 20).rows()).isEqualTo(expected.stream()
                    .filter(one -> one.row() > from && one.verdict() == Verdict.ACCEPTED).limit(20).toList());
        }
        assertThat(history.touching(contacts.find(EmailAddress.parse("p3@example.org")).orElseThrow().id()))
                .extracting(ImportHistory.Touch::row, ImportHistory.Touch::verdict).containsExactly(
                        tuple(3L, Verdict.ACCEPTED),
                        tuple(60L, Verdict.DUPLICATE));
        whatAnEarlierVersionWroteIsReadTheSame(done.id(), expected);
    }

    /** As it was before V033: every row in import_row, nothing in the tables that are new. */
    private void whatAnEarlierVersionWroteIsReadTheSame(long id, List<RowVerdict> expected) throws Exception {
        List<Map<String, Object>> people = jdbc.queryForList("select * from import_person order by 1, 2");
        for (RowVerdict one : expected) {
            jdbc.update(
                    "insert ignore into import_row (import_id, row_no, line_no, written, contact_id, verdict, reason)"
                            + " select ?, ?, ?, ?, id, ?, ? from contact where address = ?",
                    id, one.row(), one.line(),
                    one.written(), one.verdict().word(), one.reason(), EmailAddress.parse(one.written()).canonical());
        }
        jdbc.update("delete from import_stretch");
        jdbc.update("delete from import_person");

        jdbc.execute(Stream.of(Files.readString(Path.of("db/migration/V033__imports_in_few_rows.sql"))
                .replaceAll("(?m)^--.*$", "").split(";")).filter(sql -> sql.contains("insert into")).findFirst()
                .orElseThrow());

        assertThat(jdbc.queryForList("select * from import_person order by 1, 2")).isEqualTo(people);
        assertThat(verdicts(id)).isEqualTo(expected);
    }
}
