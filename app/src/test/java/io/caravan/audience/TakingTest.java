package io.caravan.audience;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.context.ApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import io.caravan.TestDatabase;
import io.caravan.TestLedgers;
import io.caravan.mail.CampaignSpec.Mode;
import io.caravan.mail.EmailAddress;

import static org.assertj.core.api.Assertions.assertThat;

/** What was looked up before the chunk before it was taken may be old. */
class TakingTest {

    private static final DataSource DATABASE = TestDatabase.fresh();
    private static final Instant NOW = Instant.parse("2026-11-24T10:00:00.123456Z");
    private static final ApplicationContext LEDGERS = TestLedgers.on(DATABASE, () -> NOW);

    private final JdbcTemplate template = new JdbcTemplate(DATABASE);
    private final TransactionTemplate transaction = new TransactionTemplate(new JdbcTransactionManager(DATABASE));
    private final Imports imports = LEDGERS.getBean(Imports.class);
    private final Contacts contacts = LEDGERS.getBean(Contacts.class);

    @BeforeEach
    void empty() {
        for (String table : List.of("contact", "contact_version", "list", "list_member", "import", "import_row",
                "import_person", "import_stretch", "import_span", "suppression")) {
            template.execute("truncate table " + table);
        }
    }

    private static ImportRow row(long row, String written, String name) {
        return new ImportRow(row, row, written, EmailAddress.parse(written), Map.of("name", name), null);
    }

    private Import begun(String list) {
        return imports.begin("a.csv", list, "1", Mode.ADD);
    }

    private List<String> verdicts(Import of) {
        List<String> lines = new ArrayList<>();
        imports.verdicts(of.id(), v -> lines.add(v.row() + " " + v.verdict().word()));
        return lines;
    }

    private Map<String, String> attributes(String address) {
        Contact contact = contacts.find(EmailAddress.parse(address)).orElseThrow();
        return contacts.attributes(contact.id(), contact.version());
    }

    @Test
    void findsTheDuplicateOfARowInTheChunkThatWasTakenMeanwhile() {
        Import running = begun("spring");
        Taking taking = imports.taking(running);
        Looked first = taking.look(List.of(row(2, "ana@example.org", "A"), row(3, "bob@example.org", "B")));
        Looked second = taking.look(List.of(row(4, "Ana@example.org", "C"), row(5, "cid@example.org", "D")));

        taking.take(first);
        Map<Verdict, Long> counts = taking.take(second);

        assertThat(counts).isEqualTo(Map.of(Verdict.DUPLICATE, 1L, Verdict.ACCEPTED, 1L));
        assertThat(attributes("ana@example.org")).isEqualTo(Map.of("name", "A"));
    }

    @Test
    void findsTheDuplicateOfARowSeveralChunksBack() {
        Import running = begun("spring");
        Taking taking = imports.taking(running);
        Looked first = taking.look(List.of(row(2, "ana@example.org", "A")));
        Looked second = taking.look(List.of(row(3, "bob@example.org", "B")));
        Looked third = taking.look(List.of(row(4, "ana@example.org", "C")));

        taking.take(first);
        taking.take(second);
        taking.take(third);

        assertThat(verdicts(running)).containsExactly("2 accepted", "3 accepted", "4 duplicate");
    }

    @Test
    void aPersonWhoCameByAnotherImportMeanwhileIsUpdatedNotLost() {
        Import running = begun("spring");
        Import other = begun("autumn");
        Taking taking = imports.taking(running);
        Looked looked = taking.look(List.of(row(2, "ana@example.org", "A"), row(3, "bob@example.org", "B")));

        Chunks.take(imports, other, List.of(row(2, "ana@example.org", "Z")));
        Map<Verdict, Long> counts = taking.take(looked);

        assertThat(counts).isEqualTo(Map.of(Verdict.UPDATED, 1L, Verdict.ACCEPTED, 1L));
        assertThat(attributes("ana@example.org")).isEqualTo(Map.of("name", "A"));
        assertThat(template.queryForObject("select count(*) from contact", Long.class)).isEqualTo(2);
    }

    @Test
    void aPersonWhomAnotherImportChangedMeanwhileGetsTheNextVersion() {
        Chunks.take(imports, begun("all"), List.of(row(2, "ana@example.org", "A")));
        Taking taking = imports.taking(begun("spring"));
        Looked looked = taking.look(List.of(row(2, "ana@example.org", "B")));

        Chunks.take(imports, begun("autumn"), List.of(row(2, "ana@example.org", "C")));
        taking.take(looked);

        assertThat(contacts.find(EmailAddress.parse("ana@example.org")).orElseThrow().version()).isEqualTo(3);
        assertThat(attributes("ana@example.org")).isEqualTo(Map.of("name", "B"));
    }

    @Test
    void aRehearsalSeesItsOwnEarlierChunks() {
        Import running = begun("spring");

        Map<Verdict, Long> counts = transaction.execute(status -> {
            status.setRollbackOnly();
            Taking taking = imports.taking(running);
            Looked first = taking.look(List.of(row(2, "ana@example.org", "A")));
            taking.take(first);
            Looked second = taking.look(List.of(row(3, "bob@example.org", "B")));
            taking.take(second);
            return taking.take(taking.look(List.of(row(4, "ana@example.org", "C"))));
        });

        assertThat(counts).isEqualTo(Map.of(Verdict.DUPLICATE, 1L));
        assertThat(template.queryForObject("select count(*) from contact", Long.class)).isZero();
    }
}
