package io.caravan.mailbox;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import javax.sql.DataSource;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.context.ApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

import io.caravan.TestDatabase;
import io.caravan.TestLedgers;
import io.caravan.mail.RowId;

import static org.assertj.core.api.Assertions.assertThat;

class MailSearchTest {

    private static final Instant NOON = Instant.parse("2026-11-24T12:00:00Z");
    private static Mailbox mailbox;
    private static MailSearch search;
    private static JdbcClient jdbc;

    @BeforeAll
    static void open() {
        DataSource source = TestDatabase.fresh();
        ApplicationContext ledgers = TestLedgers.on(source, InstantSource.system());
        mailbox = ledgers.getBean(Mailbox.class);
        search = ledgers.getBean(MailSearch.class);
        jdbc = JdbcClient.create(source);
    }

    @BeforeEach
    void fill() {
        mailbox.clear();
        mailbox.keep(List.of(
                mail(1, 1, "spring", "Ana@example.org", "Ana's Shop <news@shop.example>", "Spring is here", NOON,
                        new Kept.About(Map.of("season", "spring", "kind", "sale"), 0)),
                mail(1, 2, "spring", "diana@example.org", "Ana's Shop <news@shop.example>", "50% off_now!", NOON,
                        new Kept.About(Map.of("season", "spring"), 2)),
                mail(2, 1, "spring-late", "ben@other.example", "Billing <bills@shop.example>", "Grüße, ÄRGER",
                        NOON.plus(Duration.ofHours(2)), new Kept.About(Map.of("spring", "x"), 1)),
                mail(30, 1, "winter", "ana@example.org", "Ana's Shop <news@shop.example>", "Snow",
                        NOON.plus(Duration.ofDays(1)), Kept.About.NOTHING)));
    }

    private static Kept mail(long run, int n, String campaign, String to, String from, String subject, Instant at,
            Kept.About about) {
        return new Kept(new RowId(run, n), campaign, "b@bounces.example", to, from, subject, "<m>",
                List.of("x".getBytes(StandardCharsets.UTF_8)), at, about);
    }

    private static MailQuery asked(String query) {
        return MailQuery.parse(query, NOON.plus(Duration.ofDays(1)));
    }

    private static List<String> found(String query) {
        return search.page(asked(query), Long.MAX_VALUE, 50).mails().stream().map(mail -> mail.row().toString())
                .toList();
    }

    @Test
    void eachTermFindsItsMailsNewestFirst() {
        assertThat(found("")).containsExactly("30.1", "2.1", "1.2", "1.1");
        assertThat(found("to:ANA@example.org")).containsExactly("30.1", "1.1");
        assertThat(found("to:ana@")).containsExactly("30.1", "1.2", "1.1");
        assertThat(found("from:bills")).containsExactly("2.1");
        assertThat(found("subject:grüsse")).isEmpty();
        assertThat(found("subject:GRÜßE")).containsExactly("2.1");
        assertThat(found("ärger")).containsExactly("2.1");
        assertThat(found("campaign:spring")).containsExactly("1.2", "1.1");
        assertThat(found("campaign:spring*")).containsExactly("2.1", "1.2", "1.1");
        assertThat(found("run:1")).containsExactly("1.2", "1.1");
        assertThat(found("has:attachment")).containsExactly("2.1", "1.2");
        assertThat(found("after:2026-11-25")).containsExactly("30.1");
        assertThat(found("before:2026-11-24T13:00:00Z")).containsExactly("1.2", "1.1");
        assertThat(found("after:23h")).containsExactly("30.1", "2.1");
    }

    @Test
    void aTagIsFoundWholeByItsNameOrByItsValue() {
        assertThat(found("tag:season=spring")).containsExactly("1.2", "1.1");
        assertThat(found("tag:SEASON")).containsExactly("1.2", "1.1");
        assertThat(found("tag:sale")).containsExactly("1.1");
        assertThat(found("tag:spring")).containsExactly("2.1", "1.2", "1.1");
        assertThat(found("tag:sprin")).isEmpty();
        assertThat(found("-tag:season")).containsExactly("30.1", "2.1");
    }

    @Test
    void termsHoldTogetherAndSignsOfPatternsAreText() {
        assertThat(found("to:ana@ campaign:spring -has:attachment")).containsExactly("1.1");
        assertThat(found("50% off_now!")).containsExactly("1.2");
        assertThat(found("%")).containsExactly("1.2");
        assertThat(found("_n")).containsExactly("1.2");
        assertThat(found("subject:\"' or 1=1 -- \"")).isEmpty();
    }

    @Test
    void stepsToTheNeighboursThatTheQueryFinds() {
        long id = mailbox.find(new RowId(1, 2)).orElseThrow().id();

        assertThat(search.newer(asked("to:ana@"), id)).get().extracting(mail -> mail.row().run()).isEqualTo(30L);
        assertThat(search.newer(MailQuery.ALL, id)).get().extracting(mail -> mail.row().run()).isEqualTo(2L);
        assertThat(search.older(MailQuery.ALL, id)).get().extracting(mail -> mail.row().n()).isEqualTo(1);
        assertThat(search.older(asked("run:30"), id)).isEmpty();
    }

    @Test
    void removesWhatTheQueryFindsAndNothingElse() {
        mailbox.keep(IntStream.rangeClosed(1, 2_300).mapToObj(
                n -> mail(7, n, "flood", "p" + n + "@example.org", "x", "y", NOON, Kept.About.NOTHING)).toList());
        String before = mailbox.stamp();

        assertThat(search.remove(asked("campaign:flood"))).isEqualTo(2_300);

        assertThat(found("")).containsExactly("30.1", "2.1", "1.2", "1.1");
        assertThat(jdbc.sql("select count(*) from mailbox_source").query(Long.class).single()).isEqualTo(4);
        assertThat(mailbox.stamp()).isNotEqualTo(before);
        assertThat(search.remove(MailQuery.ALL)).isEqualTo(4);
    }

    @Test
    void saysHowFullItIsWithoutReadingItAll() {
        assertThat(search.size()).isEqualTo(new MailSearch.Size(4, true));
        mailbox.keep(IntStream.rangeClosed(1, 1_000).mapToObj(
                n -> mail(7, n, "flood", "p" + n + "@example.org", "x", "y", NOON, Kept.About.NOTHING)).toList());

        long before = read();
        MailSearch.Size size = search.size();

        assertThat(size.exact()).isFalse();
        assertThat(size.mails()).isGreaterThan(MailSearch.COUNTED);
        assertThat(read() - before).isLessThan(500);
    }

    /** What a mailbox of that size costs: a test suite that waits for one address reads no more than it finds. */
    @Test
    void oneRecipientAmongManyIsReadByKey() {
        List<Kept> many = new ArrayList<>(20_000);
        for (int n = 1; n <= 20_000; n++) {
            many.add(mail(9, n, "many", "p" + n + "@example.org", "x", "y", NOON, Kept.About.NOTHING));
        }
        mailbox.keep(many);

        for (String query : List.of("to:P77@example.org", "campaign:winter", "run:30", "campaign:many",
                "run:9 campaign:many",
                "to:P77@example.org run:9 y")) {
            long before = read();
            assertThat(search.page(asked(query), Long.MAX_VALUE, 51).mails()).as(query).isNotEmpty();
            assertThat(read() - before).as(query).isLessThan(500);
        }
    }

    @Test
    void aSearchThatNoKeyFindsLooksAtSoManyAndGoesOnToTheEnd() {
        mailbox.clear();
        mailbox.keep(IntStream.rangeClosed(1, 2_000).mapToObj(n -> mail(9, n, "many", "p" + n + "@example.org", "x",
                n == 7 ? "needle" : "hay", NOON, Kept.About.NOTHING)).toList());

        long before = read();
        MailSearch.Found first = search.page(asked("needle"), Long.MAX_VALUE, 50);
        assertThat(read() - before).isLessThan(500);
        assertThat(first.mails()).isEmpty();
        assertThat(first.back()).isEqualTo(NOON);
        List<Message> found = new ArrayList<>();
        int pieces = 0;
        for (Long next = Long.MAX_VALUE; next != null; pieces++) {
            MailSearch.Found piece = search.page(asked("needle"), next, 50);
            found.addAll(piece.mails());
            next = piece.next();
        }
        assertThat(pieces).isEqualTo(2_000 / MailSearch.LOOK + 1);
        assertThat(found).extracting(mail -> mail.row().n()).containsExactly(7);
        found.clear();
        for (Long next = Long.MAX_VALUE; next != null;) {
            MailSearch.Found piece = search.page(asked("hay"), next, 30);
            found.addAll(piece.mails());
            next = piece.next();
        }
        assertThat(found).hasSize(1_999).doesNotHaveDuplicates();
    }

    @Test
    void aTimeEndsTheSearchWhereItsMailsEnd() {
        mailbox.clear();
        mailbox.keep(IntStream.rangeClosed(1, 3_000).mapToObj(n -> mail(9, n, "many", "p" + n + "@example.org", "x",
                "y", NOON.plus(Duration.ofMinutes(n)), Kept.About.NOTHING)).toList());
        Instant late = NOON.plus(Duration.ofMinutes(2_990));

        MailSearch.Found newest = search.page(asked("after:" + late), Long.MAX_VALUE, 50);
        assertThat(newest.mails()).hasSize(11);
        assertThat(newest.next()).isNull();
        MailSearch.Found oldest = search.page(asked("campaign:many before:" + NOON.plus(Duration.ofMinutes(4))),
                Long.MAX_VALUE, 50);
        assertThat(oldest.mails()).extracting(mail -> mail.row().n()).containsExactly(3, 2, 1);
        assertThat(oldest.next()).isNull();
    }

    /** Rows that the server has read for everybody: this test's database is its own, but not its server. */
    private static long read() {
        return jdbc.sql("select sum(variable_value) from information_schema.session_status where variable_name in "
                + "('Handler_read_next','Handler_read_prev','Handler_read_rnd','Handler_read_rnd_next')")
                .query(Long.class).single();
    }
}
