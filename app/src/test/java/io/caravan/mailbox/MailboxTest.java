package io.caravan.mailbox;

import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import javax.sql.DataSource;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DelegatingDataSource;

import io.caravan.TestDatabase;
import io.caravan.TestLedgers;
import io.caravan.mail.RowId;

import static org.assertj.core.api.Assertions.assertThat;

class MailboxTest {

    private static final Instant NOON = Instant.parse("2026-11-24T12:00:00.123456Z");
    private static final AtomicInteger statements = new AtomicInteger();
    private static JdbcTemplate jdbc;
    private static Mailbox mailbox;

    @BeforeAll
    static void open() {
        DataSource source = new DelegatingDataSource(TestDatabase.fresh()) {
            @Override
            public Connection getConnection() throws SQLException {
                return counting(super.getConnection());
            }
        };
        jdbc = new JdbcTemplate(source);
        mailbox = TestLedgers.on(source, InstantSource.system()).getBean(Mailbox.class);
    }

    private static Connection counting(Connection connection) {
        return (Connection) Proxy.newProxyInstance(MailboxTest.class.getClassLoader(), new Class<?>[]{Connection.class},
                (_, method, arguments) -> {
                    if (method.getName().equals("prepareStatement")) {
                        statements.incrementAndGet();
                    }
                    return method.invoke(connection, arguments);
                });
    }

    @BeforeEach
    void empty() {
        mailbox.clear();
    }

    @Test
    void keepsTheBytesAsTheyWereSent() {
        byte[] head = "Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
        byte[] body = new byte[70_000];
        IntStream.range(0, body.length).forEach(i -> body[i] = (byte) i);

        mailbox.keep(List.of(new Kept(new RowId(7, 1), "spring", "b+1@bounces.example", "ana@example.org",
                "Ana's Shop <news@shop.example>",
                "Grüße 🐪", "<1@shop.example>", List.of(head, body), NOON)));

        Message kept = mailbox.page(Long.MAX_VALUE, 10).getFirst();
        assertThat(kept).isEqualTo(new Message(kept.id(), new RowId(7, 1), "spring", "b+1@bounces.example",
                "ana@example.org",
                "Ana's Shop <news@shop.example>", "Grüße 🐪", "<1@shop.example>", head.length + body.length, NOON,
                List.of(), 0));
        assertThat(mailbox.find(kept.id())).contains(kept);
        assertThat(mailbox.find(new RowId(7, 1))).contains(kept);
        byte[] raw = mailbox.raw(kept.id()).orElseThrow();
        assertThat(raw).startsWith(head).endsWith(body).hasSize(kept.size());
    }

    @Test
    void keepsARowsMailOnceHoweverOftenItComes() {
        List<Kept> first = mails(1, 60);

        assertThat(mailbox.keep(first)).isEqualTo(60);
        assertThat(mailbox.keep(mails(31, 100))).isEqualTo(40);
        assertThat(mailbox.keep(List.of(first.getFirst(), mails(200, 200).getFirst(), mails(200, 200).getFirst())))
                .isEqualTo(1);

        assertThat(mailbox.count()).isEqualTo(101);
        assertThat(jdbc.queryForObject("select count(*) from mailbox_source", Long.class)).isEqualTo(101);
        assertThat(mailbox.page(Long.MAX_VALUE, 200)).allSatisfy(
                message -> assertThat(new String(mailbox.raw(message.id()).orElseThrow(), StandardCharsets.UTF_8))
                        .isEqualTo("mail " + message.row().n()));
    }

    @Test
    void keepsAHundredMailsInTwoStatements() {
        int before = statements.get();

        mailbox.keep(mails(1, 100));

        assertThat(statements.get() - before).isEqualTo(2);
    }

    @Test
    void keepsMoreBytesThanFitIntoOnePacket() {
        byte[] quotes = "'".repeat(3 << 20).getBytes(StandardCharsets.US_ASCII);

        int kept = mailbox.keep(
                IntStream.range(0, 8).mapToObj(n -> new Kept(new RowId(1, n), "c", "", "a@example.org", "f", "s", "<m>",
                        List.of(quotes, quotes), NOON)).toList());

        assertThat(kept).isEqualTo(8);
        assertThat(mailbox.raw(mailbox.page(Long.MAX_VALUE, 1).getFirst().id()).orElseThrow()).hasSize(6 << 20);
    }

    @Test
    void pagesNewestFirst() {
        mailbox.keep(mails(1, 45));

        List<Long> seen = new ArrayList<>();
        for (List<Message> page = mailbox.page(Long.MAX_VALUE, 20); !page.isEmpty(); page = mailbox.page(seen.getLast(),
                20)) {
            page.forEach(message -> seen.add(message.id()));
        }

        assertThat(seen).hasSize(45).isSortedAccordingTo(Comparator.reverseOrder());
    }

    @Test
    void cutsWhatIsLongerThanTheListNeeds() {
        mailbox.keep(List
                .of(new Kept(new RowId(1, 1), "c", "", "a@example.org", "f".repeat(3_000), "🐪".repeat(3_000), "<m>",
                        List.of("x".getBytes(StandardCharsets.US_ASCII)), NOON)));

        assertThat(mailbox.page(Long.MAX_VALUE, 1).getFirst().subject()).startsWith("🐪").doesNotContain("?")
                .hasSize(998);
    }

    @Test
    void retentionRemovesOnlyWhatIsOlder() {
        mailbox.keep(IntStream.rangeClosed(1, 2_500).mapToObj(n -> mail(n, NOON.minus(Duration.ofDays(8)))).toList());
        mailbox.keep(IntStream.rangeClosed(2_501, 2_600).mapToObj(n -> mail(n, NOON)).toList());

        long removed = mailbox.removeBefore(NOON.minus(Duration.ofDays(7)));

        assertThat(removed).isEqualTo(2_500);
        assertThat(mailbox.count()).isEqualTo(100);
        assertThat(jdbc.queryForObject("select count(*) from mailbox_source", Long.class)).isEqualTo(100);
        assertThat(mailbox.clear()).isEqualTo(100);
        assertThat(mailbox.count()).isZero();
    }

    private static List<Kept> mails(int from, int to) {
        return IntStream.rangeClosed(from, to).mapToObj(n -> mail(n, NOON)).toList();
    }

    private static Kept mail(int n, Instant at) {
        return new Kept(new RowId(1, n), "spring", "b@bounces.example", "p" + n + "@example.org", "news@shop.example",
                "Spring " + n,
                "<" + n + "@shop.example>", List.of(("mail " + n).getBytes(StandardCharsets.UTF_8)), at);
    }
}
