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
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import io.caravan.TestDatabase;
import io.caravan.TestLedgers;
import io.caravan.mail.CampaignSpec.Mode;
import io.caravan.mail.EmailAddress;
import io.caravan.mail.ListId;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ImportsTest {

    private static final DataSource DATABASE = TestDatabase.fresh();
    private static final Instant NOW = Instant.parse("2026-11-24T10:00:00.123456Z");
    private static final ApplicationContext LEDGERS = TestLedgers.on(DATABASE, () -> NOW);

    private final JdbcTemplate template = new JdbcTemplate(DATABASE);
    private final JdbcClient jdbc = JdbcClient.create(template);
    private final TransactionTemplate transaction = new TransactionTemplate(new JdbcTransactionManager(DATABASE));
    private final Imports imports = LEDGERS.getBean(Imports.class);
    private final Contacts contacts = LEDGERS.getBean(Contacts.class);
    private final Lists lists = LEDGERS.getBean(Lists.class);

    @BeforeEach
    void empty() {
        for (String table : List.of("contact", "contact_version", "list", "list_member", "import", "import_row",
                "import_person", "import_stretch",
                "import_span",
                "suppression")) {
            template.execute("truncate table " + table);
        }
    }

    private static ImportRow row(long row, String written, Map<String, String> attributes) {
        return new ImportRow(row, row, written, EmailAddress.parse(written), attributes, null);
    }

    private static ImportRow bad(long row, String written, String problem) {
        return new ImportRow(row, row, written, null, Map.of(), problem);
    }

    private Import all(String list, String sha, Mode mode, ImportRow... rows) {
        Import begun = imports.begin("a.csv", list, sha, mode);
        Chunks.take(imports, begun, List.of(rows));
        return imports.finish(begun);
    }

    private List<String> verdicts(Import of) {
        List<String> lines = new ArrayList<>();
        imports.verdicts(of.id(),
                v -> lines.add(v.row() + " " + v.verdict().word() + (v.reason().isEmpty() ? "" : " " + v.reason())));
        return lines;
    }

    private Map<String, String> attributes(String address) {
        Contact contact = contacts.find(EmailAddress.parse(address)).orElseThrow();
        return contacts.attributes(contact.id(), contact.version());
    }

    private void suppress(String address, String scope, String expires) {
        template.update(
                "insert into suppression (address, scope, reason, created_at, changed_at, expires_at) values (?, ?, 'manual', now(6), now(6), "
                        + expires + ")",
                address, scope);
    }

    @Test
    void givesEveryVerdictWithItsReason() {
        all("spring", "1", Mode.ADD, row(2, "known@example.org", Map.of("name", "K")),
                row(3, "same@example.org", Map.of("name", "S")));
        suppress("gone@example.org", "global", "null");
        suppress("off@example.org", "list:spring", "null");
        suppress("elsewhere@example.org", "list:winter", "null");
        suppress("back@example.org", "global", "'2026-11-24 09:59:59'");
        long gone = jdbc.sql("select id from suppression where address = 'gone@example.org'").query(Long.class)
                .single();
        long off = jdbc.sql("select id from suppression where address = 'off@example.org'").query(Long.class).single();

        Import second = all("spring", "2", Mode.ADD, row(2, "new@example.org", Map.of()),
                row(3, "KNOWN@Example.org", Map.of("name", "Kay")),
                row(4, "same@example.org", Map.of("name", "S")), row(5, "\"new\"@example.org", Map.of("name", "other")),
                row(6, "gone@example.org", Map.of("name", "G")), row(7, "off@example.org", Map.of()),
                row(8, "elsewhere@example.org", Map.of()), row(9, "back@example.org", Map.of()),
                bad(10, "nobody", "no @ in 'nobody'"));

        assertThat(verdicts(second)).containsExactly("2 accepted", "3 updated", "4 unchanged",
                "5 duplicate same address as row 2",
                "6 suppressed suppression:" + gone, "7 suppressed suppression:" + off, "8 accepted", "9 accepted",
                "10 invalid no @ in 'nobody'");
        assertThat(imports.counts(second.id()))
                .isEqualTo(Map.of(Verdict.ACCEPTED, 3L, Verdict.UPDATED, 1L, Verdict.UNCHANGED, 1L,
                        Verdict.DUPLICATE, 1L, Verdict.SUPPRESSED, 2L, Verdict.INVALID, 1L));
        assertThat(attributes("new@example.org")).isEmpty();
        assertThat(attributes("gone@example.org")).isEqualTo(Map.of("name", "G"));
        assertThat(lists.members(lists.find("spring").orElseThrow())).isEqualTo(7);
    }

    @Test
    void findsTheDuplicateOfARowInAnEarlierChunk() {
        Import begun = imports.begin("a.csv", "spring", "1", Mode.ADD);
        Chunks.take(imports, begun,
                List.of(row(2, "ana@example.org", Map.of("name", "A")), row(3, "bob@example.org", Map.of())));

        Map<Verdict, Long> counts = Chunks.take(imports, begun,
                List.of(row(4, "ANA@example.org", Map.of("name", "B"))));

        assertThat(counts).isEqualTo(Map.of(Verdict.DUPLICATE, 1L));
        assertThat(verdicts(begun)).last().isEqualTo("4 duplicate same address as row 2");
        assertThat(attributes("ana@example.org")).isEqualTo(Map.of("name", "A"));
    }

    @Test
    void anEmptyCellLeavesTheStoredValueAndVersionsStayAsTheyWere() {
        all("spring", "1", Mode.ADD,
                row(2, "Ana@example.org", Map.of("name", "Ana", "city", "Rome \"\\\n\u00fc\ud83d\ude00")));

        all("spring", "2", Mode.ADD, row(2, "ana@example.org", Map.of("name", "Anna", "lang", "it")));

        Contact ana = contacts.find(EmailAddress.parse("ana@EXAMPLE.org")).orElseThrow();
        assertThat(ana.version()).isEqualTo(2);
        assertThat(ana.address().written()).isEqualTo("Ana@example.org");
        assertThat(contacts.attributes(ana.id(), 1))
                .isEqualTo(Map.of("name", "Ana", "city", "Rome \"\\\n\u00fc\ud83d\ude00"));
        assertThat(contacts.attributes(ana.id(), 2)).isEqualTo(
                Map.of("name", "Anna", "lang", "it", "city", "Rome \"\\\n\u00fc\ud83d\ude00"));
    }

    @Test
    void aReplacingImportMakesTheListEqualToTheFile() {
        all("spring", "1", Mode.ADD, row(2, "stays@example.org", Map.of()), row(3, "leaves@example.org", Map.of()));
        all("other", "1", Mode.ADD, row(2, "leaves@example.org", Map.of()));
        suppress("quiet@example.org", "global", "null");

        all("spring", "2", Mode.REPLACE, row(2, "comes@example.org", Map.of()), row(3, "stays@example.org", Map.of()),
                row(4, "quiet@example.org", Map.of()));

        ListId spring = lists.find("spring").orElseThrow();
        assertThat(members(spring)).containsExactly("comes@example.org", "quiet@example.org", "stays@example.org");
        assertThat(members(lists.find("other").orElseThrow())).containsExactly("leaves@example.org");
    }

    private List<String> members(ListId list) {
        return jdbc.sql(
                "select c.address from list_member m join contact c on c.id = m.contact_id where m.list_id = :l order by 1")
                .param("l", list.value()).query(String.class).list();
    }

    @Test
    void theSameBytesAgainAreTheSameImportUnlessAnotherCameBetween() {
        Import first = all("spring", "1", Mode.ADD, row(2, "ana@example.org", Map.of()));

        Import again = imports.begin("b.csv", "spring", "1", Mode.ADD);
        Import replacing = imports.begin("b.csv", "spring", "1", Mode.REPLACE);
        Import elsewhere = imports.begin("b.csv", "winter", "1", Mode.ADD);
        all("spring", "2", Mode.ADD, row(2, "ana@example.org", Map.of("name", "Ana")));
        Import afterAnother = imports.begin("b.csv", "spring", "1", Mode.ADD);

        assertThat(again).isEqualTo(first);
        assertThat(again.state()).isEqualTo(Import.State.FINISHED);
        assertThat(List.of(replacing, elsewhere, afterAnother)).extracting(Import::state)
                .containsOnly(Import.State.RUNNING);
        assertThat(imports.lastFinished("spring").orElseThrow().id()).isNotEqualTo(first.id());
        assertThat(imports.lastFinished("nobody")).isEmpty();
    }

    @Test
    void goesOnAfterTheLastWholeChunkAndPassesOverWhatIsIn() {
        Import begun = imports.begin("a.csv", "spring", "1", Mode.ADD);
        Chunks.take(imports, begun, List.of(row(2, "a@example.org", Map.of()), row(3, "b@example.org", Map.of())));

        Import resumed = imports.begin("a.csv", "spring", "1", Mode.ADD);
        Map<Verdict, Long> counts = Chunks.take(imports, resumed,
                List.of(row(3, "b@example.org", Map.of()), row(4, "c@example.org", Map.of())));

        assertThat(resumed.id()).isEqualTo(begun.id());
        assertThat(resumed.throughRow()).isEqualTo(3);
        assertThat(counts).isEqualTo(Map.of(Verdict.ACCEPTED, 1L));
        assertThat(verdicts(resumed)).containsExactly("2 accepted", "3 accepted", "4 accepted");
    }

    @Test
    void aChunkIsTakenWholeOrNotAtAll() {
        Import begun = imports.begin("a.csv", "spring", "1", Mode.ADD);
        ImportRow tooLong = new ImportRow(3, 3, "x",
                EmailAddress.trusted("x@" + "y".repeat(400), "x@" + "y".repeat(400)), Map.of(), null);

        assertThatThrownBy(() -> Chunks.take(imports, begun, List.of(row(2, "a@example.org", Map.of()), tooLong)))
                .isInstanceOf(org.springframework.dao.DataAccessException.class);

        assertThat(jdbc.sql("select count(*) from contact").query(Long.class).single()).isZero();
        assertThat(imports.begin("a.csv", "spring", "1", Mode.ADD).throughRow()).isZero();
    }

    @Test
    void twoImportsOfTheSamePeopleAtOnceLoseNobody() throws Exception {
        List<List<ImportRow>> chunks = new ArrayList<>();
        for (int c = 0; c < 20; c++) {
            List<ImportRow> chunk = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                chunk.add(row(c * 50 + i + 2, "p" + (c * 50 + i) + "@example.org", Map.of()));
            }
            chunks.add(chunk);
        }
        List<Thread> threads = new ArrayList<>();
        List<Throwable> faults = java.util.Collections.synchronizedList(new ArrayList<>());

        for (String list : List.of("one", "two", "three")) {
            Import begun = imports.begin("a.csv", list, "1", Mode.ADD);
            threads.add(Thread.ofPlatform().uncaughtExceptionHandler((_, e) -> faults.add(e)).start(() -> {
                chunks.forEach(chunk -> Chunks.take(imports, begun, chunk));
                imports.finish(begun);
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }

        assertThat(faults).isEmpty();
        assertThat(jdbc.sql("select count(*) from contact").query(Long.class).single()).isEqualTo(1000);
        for (String list : List.of("one", "two", "three")) {
            assertThat(lists.members(lists.find(list).orElseThrow())).isEqualTo(1000);
        }
    }

    @Test
    void aRefusedImportIsNotGoneOnWith() {
        Import begun = imports.begin("a.csv", "spring", "1", Mode.ADD);

        imports.refuse(begun, "the disk is full");

        assertThat(imports.find(begun.id()).orElseThrow().state()).isEqualTo(Import.State.REFUSED);
        assertThat(imports.begin("a.csv", "spring", "1", Mode.ADD).id()).isNotEqualTo(begun.id());
        assertThatThrownBy(() -> Chunks.take(imports, begun, List.of(row(2, "a@example.org", Map.of()))))
                .hasMessageContaining("is not running");
    }
}
