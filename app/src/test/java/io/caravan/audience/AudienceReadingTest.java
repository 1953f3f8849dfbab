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

import io.caravan.TestDatabase;
import io.caravan.TestLedgers;
import io.caravan.campaign.ListUse;
import io.caravan.mail.CampaignSpec.Mode;
import io.caravan.mail.ContactId;
import io.caravan.mail.EmailAddress;
import io.caravan.mail.InvalidInput;
import io.caravan.mail.ListId;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

/** What the pages and the API read of the audience, and what people change by hand. */
class AudienceReadingTest {

    private static final DataSource DATABASE = TestDatabase.fresh();
    private static final Instant NOW = Instant.parse("2026-11-24T10:00:00Z");
    private static final ApplicationContext LEDGERS = TestLedgers.on(DATABASE, () -> NOW);

    private final JdbcTemplate jdbc = new JdbcTemplate(DATABASE);
    private final Imports imports = LEDGERS.getBean(Imports.class);
    private final ImportHistory history = LEDGERS.getBean(ImportHistory.class);
    private final Contacts contacts = LEDGERS.getBean(Contacts.class);
    private final Lists lists = LEDGERS.getBean(Lists.class);
    private final Members members = LEDGERS.getBean(Members.class);
    private final Uploads uploads = LEDGERS.getBean(Uploads.class);

    @BeforeEach
    void empty() {
        for (String table : List.of("contact", "contact_version", "list", "list_member", "import", "import_row",
                "import_person", "import_stretch",
                "import_span",
                "upload",
                "column_mapping", "campaign", "campaign_version")) {
            jdbc.execute("truncate table " + table);
        }
    }

    private Import taken(String list, Mode mode, String... addresses) {
        Import begun = imports.begin("a.csv", list, list + mode + addresses.length, mode);
        List<ImportRow> rows = new ArrayList<>();
        for (int i = 0; i < addresses.length; i++) {
            boolean good = addresses[i].contains("@");
            rows.add(new ImportRow(i + 2, i + 2, addresses[i], good ? EmailAddress.parse(addresses[i]) : null,
                    good ? Map.of("n", "" + i) : Map.of(), good ? null : "no @"));
        }
        Chunks.take(imports, begun, rows);
        return imports.finish(begun);
    }

    private void countsAreKept() {
        assertThat(jdbc.queryForList(
                """
                select l.name from list l where l.members <> (select count(*) from list_member m where m.list_id = l.id)"""))
                .isEmpty();
        assertThat(jdbc.queryForList(
                """
                select i.id from import i where i.accepted + i.updated + i.unchanged + i.duplicate + i.suppressed + i.invalid
                  <> (select count(*) from import_row r where r.import_id = i.id)
                   + (select coalesce(sum(to_row - from_row + 1), 0) from import_stretch s where s.import_id = i.id)
                  or i.invalid <> (select count(*) from import_row r where r.import_id = i.id and r.verdict = 'invalid')"""))
                .isEmpty();
    }

    @Test
    void aListsCountIsThatOfItsRowsHoweverPeopleComeAndGo() {
        taken("spring", Mode.ADD, "a@example.org", "b@example.org", "A@example.org", "nobody");
        taken("spring", Mode.ADD, "b@example.org", "c@example.org");
        countsAreKept();
        assertThat(lists.line("spring").orElseThrow().members()).isEqualTo(3);
        taken("spring", Mode.REPLACE, "c@example.org", "d@example.org", "e@example.org");
        countsAreKept();
        ListId list = lists.find("spring").orElseThrow();
        ContactId a = contacts.find(EmailAddress.parse("a@example.org")).orElseThrow().id();
        assertThat(members.add(list, a)).isTrue();
        assertThat(members.add(list, a)).isFalse();
        countsAreKept();
        assertThat(members.remove(list, a)).isTrue();
        assertThat(members.remove(list, a)).isFalse();
        countsAreKept();
        assertThat(lists.members(list)).isEqualTo(3);
    }

    @Test
    void aCancelledImportTakesNoFurtherRowsAndTheSameBytesBeginAnew() {
        Import begun = imports.begin("a.csv", "spring", "sha", Mode.ADD);
        Chunks.take(imports, begun,
                List.of(new ImportRow(2, 2, "a@example.org", EmailAddress.parse("a@example.org"), Map.of(), null)));
        assertThat(imports.cancel(begun.id())).isTrue();
        assertThat(imports.cancel(begun.id())).isFalse();

        assertThatThrownBy(() -> Chunks.take(imports, begun, List.of(new ImportRow(3, 3, "b@example.org",
                EmailAddress.parse("b@example.org"), Map.of(), null)))).isInstanceOf(ImportOver.class);
        assertThat(imports.finish(begun).state()).isEqualTo(Import.State.CANCELLED);
        ImportLine line = history.find(begun.id()).orElseThrow();
        assertThat(line.counts()).isEqualTo(Map.of(Verdict.ACCEPTED, 1L));
        assertThat(line.reason()).isEqualTo("cancelled by a person");
        assertThat(imports.begin("a.csv", "spring", "sha", Mode.ADD).id()).isNotEqualTo(begun.id());
        countsAreKept();
    }

    /** Before V033 the first attributes stood in contact_version, as all later ones do. */
    @Test
    void whoCameBeforeFirstAttributesWereKeptWithTheContactReadsAsWhoCameAfter() {
        taken("spring", Mode.ADD, "old@example.org", "new@example.org");
        ContactId old = contacts.find(EmailAddress.parse("old@example.org")).orElseThrow().id();
        ContactId fresh = contacts.find(EmailAddress.parse("new@example.org")).orElseThrow().id();
        jdbc.update("insert into contact_version select id, 1, attributes, created_at from contact where id = ?",
                old.value());
        jdbc.update("update contact set attributes = null where id = ?", old.value());

        Import again = taken("summer", Mode.ADD, "old@example.org", "new@example.org", "x");
        assertThat(imports.counts(again.id())).isEqualTo(Map.of(Verdict.UNCHANGED, 2L, Verdict.INVALID, 1L));
        for (ContactId one : List.of(old, fresh)) {
            Map<String, String> first = contacts.attributes(one, 1);
            assertThat(first).isEqualTo(Map.of("n", one.equals(old) ? "0" : "1"));
            assertThat(contacts.edit(one, 1, Map.of("n", "9"))).isEqualTo(2);
            assertThat(contacts.attributes(one, 1)).isEqualTo(first);
            assertThat(contacts.versions(one)).extracting(Contacts.Version::number, Contacts.Version::attributes)
                    .containsExactly(tuple(2, Map.of("n", "9")), tuple(1, first));
        }
        assertThat(contacts.page("", "", 9)).extracting(Member::attributes)
                .containsExactly(Map.of("n", "9"), Map.of("n", "9"));
    }

    @Test
    void rowsAreReadByVerdictAPieceAtATime() {
        Import all = taken("spring", Mode.ADD, "x1", "a@example.org", "x2", "b@example.org", "x3", "a@example.org");

        ImportHistory.Piece first = history.rows(all.id(), Verdict.INVALID, 0, 2);
        assertThat(first.rows()).extracting(RowVerdict::written).containsExactly("x1", "x2");
        ImportHistory.Piece second = history.rows(all.id(), Verdict.INVALID, first.next(), 2);
        assertThat(second.rows()).extracting(RowVerdict::row).containsExactly(6L);
        assertThat(second.next()).isNull();
        assertThat(history.rows(all.id(), Verdict.DUPLICATE, 0, 2).rows()).extracting(RowVerdict::reason)
                .containsExactly("same address as row 3");
        assertThat(history.rows(all.id(), null, 0, 100).rows()).hasSize(6);
        assertThat(history.touching(contacts.find(EmailAddress.parse("a@example.org")).orElseThrow().id()))
                .extracting(ImportHistory.Touch::row).containsExactly(3L, 7L);
    }

    @Test
    void aVerdictIsFoundByItsSpansHoweverManyRowsLieBetween() {
        Import begun = imports.begin("a.csv", "spring", "sha", Mode.ADD);
        List<ImportRow> rows = new ArrayList<>();
        for (int row = 2; row <= 3_001; row++) { // rows 2, 1502 and 2999 repeat the row before
            int person = row == 1_502 || row == 2_999 ? row - 1 : row;
            rows.add(row % 1_000 == 7
                    ? new ImportRow(row, row, "x" + row, null, Map.of(), "no @")
                    : new ImportRow(row, row, "p" + person + "@example.org",
                            EmailAddress.parse("p" + person + "@example.org"), Map.of(), null));
        }
        for (int at = 0; at < rows.size(); at += 1_000) {
            Chunks.take(imports, begun, rows.subList(at, at + 1_000));
        }

        assertThat(found(begun, Verdict.DUPLICATE, 50)).containsExactly(1_502L, 2_999L);
        assertThat(found(begun, Verdict.INVALID, 1)).containsExactly(7L, 1_007L, 2_007L);
        assertThat(found(begun, Verdict.UPDATED, 50)).isEmpty();
        assertThat(found(begun, Verdict.ACCEPTED, 500)).hasSize(2_995).isSorted().doesNotHaveDuplicates()
                .startsWith(2L, 3L).endsWith(3_000L, 3_001L);
        assertThat(history.rows(begun.id(), Verdict.ACCEPTED, 3_000, 50).next()).isNull();
    }

    private List<Long> found(Import of, Verdict verdict, int limit) {
        List<Long> rows = new ArrayList<>();
        Long after = 0L;
        while (after != null) {
            ImportHistory.Piece piece = history.rows(of.id(), verdict, after, limit);
            piece.rows().forEach(row -> rows.add(row.row()));
            after = piece.next();
        }
        return rows;
    }

    @Test
    void peopleAreFoundByTheBeginningOfTheirAddressAndNothingTypedIsAWildcard() {
        taken("spring", Mode.ADD, "ana@example.org", "ana_b@example.org", "anax@example.org", "bo@example.org");
        taken("other", Mode.ADD, "anaz@example.org");
        ListId spring = lists.find("spring").orElseThrow();

        assertThat(members.search(spring, "ANA", "", 10).members()).extracting(Member::written)
                .containsExactly("ana@example.org", "ana_b@example.org", "anax@example.org");
        assertThat(members.search(spring, "ana_", "", 10).members()).extracting(Member::written)
                .containsExactly("ana_b@example.org");
        assertThat(members.search(spring, "%", "", 10).members()).isEmpty();
        Members.Found piece = members.search(spring, "ana", "", 2);
        assertThat(piece.next()).isEqualTo("ana_b@example.org");
        assertThat(members.search(spring, "ana", "ana_b@example.org", 2).members()).extracting(Member::written)
                .containsExactly("anax@example.org");
        assertThat(contacts.page("ana", "", 10)).hasSize(4);
        assertThat(members.page(spring, 0, 2)).extracting(Member::attributes).containsExactly(Map.of("n", "0"),
                Map.of("n", "1"));
    }

    @Test
    void aSearchInALargeListGoesOnBehindThoseWhoBeginAlikeAndAreNotInIt() {
        jdbc.update(
                """
                insert into contact (id, address, written, domain)
                select 7000000 + seq, concat('p', lpad(seq, 6, '0'), '@example.org'), 'x', 'example.org' from seq_1_to_2000""");
        ListId list = lists.named("large");
        jdbc.update("insert into list_member (list_id, contact_id) select ?, 7000000 + seq from seq_1501_to_2000",
                list.value());
        jdbc.update("update list set members = 500 where id = ?", list.value());

        Members.Found first = members.search(list, "p", "", 10);
        assertThat(first.members()).isEmpty();
        assertThat(first.next()).isEqualTo("p000450@example.org");
        List<String> found = new ArrayList<>();
        for (String after = ""; after != null;) {
            Members.Found piece = members.search(list, "p", after, 200);
            piece.members().forEach(member -> found.add(member.address()));
            after = piece.next();
        }
        assertThat(found).hasSize(500).isSorted().doesNotHaveDuplicates();
        assertThat(members.search(list, "p001999@", "", 10).members()).hasSize(1);
    }

    @Test
    void aSmallListIsSearchedAtOnceHoweverManyOthersBeginAlike() {
        jdbc.update(
                """
                insert into contact (id, address, written, domain)
                select 8000000 + seq, concat('q', lpad(seq, 6, '0'), '@example.org'), 'x', 'example.org' from seq_1_to_2000""");
        ListId list = lists.named("small");
        members.add(list, new ContactId(8_001_999));
        members.add(list, new ContactId(8_000_003));

        assertThat(members.search(list, "q", "", 10)).satisfies(found -> {
            assertThat(found.members()).extracting(Member::address).containsExactly("q000003@example.org",
                    "q001999@example.org");
            assertThat(found.next()).isNull();
        });
        assertThat(members.search(list, "q", "", 1).next()).isEqualTo("q000003@example.org");
        assertThat(members.search(list, "q", "q000003@example.org", 1).members()).hasSize(1);
    }

    @Test
    void anEditIsANewVersionUnlessNothingIsDifferentOrSomebodyWasFaster() {
        Contact contact = contacts.known(EmailAddress.parse("a@example.org"), Map.of("n", "1"));

        assertThat(contacts.edit(contact.id(), 1, Map.of("n", "1"))).isEqualTo(1);
        assertThat(contacts.edit(contact.id(), 1, Map.of("n", "2", "city", "Rom"))).isEqualTo(2);
        assertThatThrownBy(() -> contacts.edit(contact.id(), 1, Map.of("n", "3"))).isInstanceOf(InvalidInput.class)
                .hasMessageContaining("you saw 1");
        assertThat(contacts.versions(contact.id())).extracting(Contacts.Version::number).containsExactly(2, 1);
        assertThat(contacts.attributes(contact.id(), 1)).isEqualTo(Map.of("n", "1"));
        assertThat(contacts.known(EmailAddress.parse("A@example.org"), Map.of("n", "9")).version()).isEqualTo(2);
    }

    @Test
    void aMappingIsRememberedByItsHeaderAndAnUploadIsGivenAwayOnce() {
        assertThat(uploads.mapping("h")).isEmpty();
        uploads.remember("h", List.of("email", "", "x"));
        uploads.remember("h", List.of("email", "y", ""));
        assertThat(uploads.mapping("h")).containsExactly("email", "y", "");
        Upload upload = uploads.add("node", "spring.csv", 3);
        long queued = imports.queue("spring.csv", "spring", Mode.ADD, "upload").id();
        assertThat(uploads.give(upload.id(), queued, List.of(), true)).isTrue();
        assertThat(uploads.give(upload.id(), queued + 1, List.of(), true)).isFalse();
        assertThat(uploads.find("node", upload.id()).orElseThrow().importId()).isEqualTo(queued);
        assertThat(uploads.find("another", upload.id())).isEmpty();
    }

    @Test
    void listsSayWhichCampaignsMailThem() {
        for (String spec : List.of("{\"audience\":{\"list\":\"spring\",\"csv\":null}}",
                "{\"audience\":{\"csv\":\"spring.csv.gz\"}}",
                "{\"audience\":{\"csv\":\"winter.tsv\"}}")) {
            jdbc.update(
                    "insert into campaign (name, state, version, armed_at, created_at, updated_at) values (uuid(), 'draft', 1, now(), now(), now())");
            jdbc.update("insert into campaign_version select max(id), 1, '', '', '', ?, '', now() from campaign", spec);
        }
        assertThat(LEDGERS.getBean(ListUse.class).all()).extracting(ListUse.Use::list)
                .containsExactlyInAnyOrder("spring", "spring", "winter");
    }

    @Test
    void listsHaveNamesThatPagesAndFilesCanHold() {
        assertThat(lists.typed(" Newsletter 2026 ")).isEqualTo(lists.find("Newsletter 2026").orElseThrow());
        for (String bad : List.of("", "../x", "a/b", ".hidden", "a;b", "x".repeat(101), "a\u0000")) {
            assertThatThrownBy(() -> lists.typed(bad)).isInstanceOf(InvalidInput.class);
        }
        assertThat(lists.page("", 10)).hasSize(1);
    }
}
