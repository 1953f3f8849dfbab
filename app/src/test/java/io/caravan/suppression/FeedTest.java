package io.caravan.suppression;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DelegatingDataSource;

import io.caravan.suppression.Suppression.New;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

class FeedTest {

    private static Ledger ledger;
    private final AtomicBoolean reachable = new AtomicBoolean(true);
    private final AtomicLong skipped = new AtomicLong();
    private final AtomicLong databaseBehind = new AtomicLong();
    private final AtomicInteger withoutMemory = new AtomicInteger();
    private Feed feed;

    @BeforeAll
    static void open() {
        ledger = new Ledger();
    }

    @BeforeEach
    void onTheSameDatabase() {
        ledger.jdbc.sql("delete from suppression").update();
        ledger.jdbc.sql("delete from suppression_removed").update();
        feed = new Feed(JdbcClient.create(new DelegatingDataSource(ledger.source) {
            @Override
            public Connection getConnection() throws SQLException {
                if (!reachable.get()) {
                    throw new SQLException("the database is gone");
                }
                if (withoutMemory.getAndDecrement() > 0) {
                    throw new InternalError("as if there were no memory");
                }
                Connection connection = super.getConnection();
                try (Statement clock = connection.createStatement()) {
                    long behind = databaseBehind.get();
                    clock.execute("set timestamp = " + (behind == 0 ? "default" : "unix_timestamp() - " + behind));
                }
                return connection;
            }
        }), ledger.clock, () -> System.nanoTime() + skipped.get(), 1_000);
    }

    @AfterEach
    void stop() {
        feed.stop();
    }

    @Test
    void hearsAnotherNodesEntryWithinTwoSeconds() {
        feed.start();
        await().until(feed::fresh);

        long id = ledger.elsewhere().add(Ledger.global("ana@example.org"));

        await().pollInterval(20, MILLISECONDS).atMost(Duration.ofSeconds(2))
                .until(() -> ("suppression:" + id).equals(feed.suppressed("ana@example.org", "shop", "news")));
        assertThat(feed.suppressed("bo@example.org", "shop", "news")).isNull();
    }

    @Test
    void hearsAnEntryThatWasCommittedLateWithAnOlderId() {
        ledger.transaction.executeWithoutResult(_ -> {
            long older = ledger.elsewhere().add(Ledger.global("late@example.org"));
            long newer = inAnotherTransaction("early@example.org");
            feed.poll();
            assertThat(newer).isGreaterThan(older);
            assertThat(feed.suppressed("early@example.org", "", "")).isEqualTo("suppression:" + newer);
            assertThat(feed.suppressed("late@example.org", "", "")).isNull();
        });

        feed.poll();

        assertThat(feed.suppressed("late@example.org", "", "")).isNotNull();
    }

    private static long inAnotherTransaction(String address) {
        long[] id = new long[1];
        Thread writer = Thread.ofPlatform().start(() -> id[0] = ledger.elsewhere().add(Ledger.global(address)));
        try {
            writer.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        return id[0];
    }

    @Test
    void isNotFreshWhileTheDatabaseIsAwayAndCatchesUpAfterwards() {
        feed.start();
        await().until(feed::fresh);

        reachable.set(false);
        await().atMost(Duration.ofSeconds(4)).until(() -> !feed.fresh());
        long id = ledger.elsewhere().add(Ledger.global("ana@example.org"));
        reachable.set(true);

        await().atMost(Duration.ofSeconds(3)).until(feed::fresh);
        assertThat(feed.suppressed("ana@example.org", "", "")).isEqualTo("suppression:" + id);
    }

    @Test
    void looksBackOverTheWholeOfAnOutage() {
        feed.poll();
        ledger.elsewhere().add(Ledger.global("ana@example.org"));
        ledger.jdbc.sql("update suppression set changed_at = changed_at - interval 40 minute").update();
        skipped.addAndGet(Duration.ofMinutes(40).toNanos());

        feed.poll();

        assertThat(feed.suppressed("ana@example.org", "", "")).isNotNull();
    }

    /** The monotonic clock stands still meanwhile. */
    @Test
    void isNotFreshAfterASleepOfTheMachineAndReadsWhatItSleptThrough() {
        long checked = System.nanoTime();
        databaseBehind.set(3_600);
        feed.poll();
        assertThat(feed.covers(checked)).isTrue();
        ledger.elsewhere().add(Ledger.global("ana@example.org"));
        ledger.jdbc.sql("update suppression set changed_at = sysdate(6) - interval 30 minute").update();
        databaseBehind.set(0);

        ledger.forward(Duration.ofHours(1));

        assertThat(feed.fresh()).isFalse();
        assertThat(feed.covers(checked)).isFalse();
        feed.poll();
        assertThat(feed.covers(checked)).isTrue();
        assertThat(feed.suppressed("ana@example.org", "", "")).isNotNull();
    }

    @Test
    void readsOnAfterATurnThatHadNoMemory() {
        withoutMemory.set(2);

        feed.start();

        await().atMost(Duration.ofSeconds(10)).until(feed::fresh);
    }

    @Test
    void isFreshForTwoSecondsFromTheStartOfAPoll() {
        assertThat(feed.fresh()).isFalse();

        feed.poll();

        assertThat(feed.fresh()).isTrue();
        skipped.addAndGet(Duration.ofMillis(2_000).toNanos());
        assertThat(feed.fresh()).isFalse();
        reachable.set(false);
        assertThatThrownBy(feed::poll).hasMessageContaining("Failed to obtain JDBC Connection");
        assertThat(feed.fresh()).isFalse();
    }

    @Test
    void hearsOwnWritesAtOnceAndForgetsWhatIsRolledBack() {
        ledger.suppressions.add(Ledger.global("own@example.org"));
        ledger.transaction.executeWithoutResult(status -> {
            ledger.suppressions.add(Ledger.global("undone@example.org"));
            status.setRollbackOnly();
        });

        assertThat(ledger.feed.suppressed("own@example.org", "", "")).isNotNull();
        assertThat(ledger.feed.suppressed("undone@example.org", "", "")).isNull();
    }

    @Test
    void honoursScopeAndExpiry() {
        ledger.suppressions.add(new New("list@example.org", Scope.list("news"), Reason.UNSUBSCRIBE, "", null, null));
        ledger.suppressions
                .add(new New("shop@example.org", Scope.identity("shop"), Reason.UNSUBSCRIBE, "", null, null));
        ledger.suppressions.add(new New("ends@example.org", Scope.GLOBAL, Reason.MANUAL, "", null,
                ledger.clock.instant().plus(Duration.ofMinutes(5))));

        feed.poll();

        assertThat(feed.suppressed("list@example.org", "shop", "news")).isNotNull();
        assertThat(feed.suppressed("list@example.org", "shop", "other")).isNull();
        assertThat(feed.suppressed("shop@example.org", "shop", "")).isNotNull();
        assertThat(feed.suppressed("shop@example.org", "other", "")).isNull();
        assertThat(feed.suppressed("ends@example.org", "", "")).isNotNull();
        ledger.forward(Duration.ofMinutes(5));
        assertThat(feed.suppressed("ends@example.org", "", "")).isNull();
    }

    @Test
    void forgetsWhatAnotherNodeTookBack() {
        long id = ledger.elsewhere().add(Ledger.global("ana@example.org"));
        feed.poll();

        ledger.elsewhere().remove(id, "asked");
        feed.poll();

        assertThat(feed.suppressed("ana@example.org", "", "")).isNull();
    }

    @Test
    void keepsTwoHoursAndAtMostItsBound() {
        long checked = System.nanoTime();
        feed.poll();
        IntStream.range(0, 1_000)
                .forEach(i -> feed.hear(new Suppression.Added(i, "p" + i + "@example.org", Scope.GLOBAL, null)));
        assertThat(feed.covers(checked)).isTrue();

        feed.hear(new Suppression.Added(2_000, "one-too-many@example.org", Scope.GLOBAL, null));

        assertThat(feed.size()).isEqualTo(1_000);
        assertThat(feed.covers(checked)).isFalse();
        assertThat(feed.covers(System.nanoTime())).isTrue();
        skipped.addAndGet(Duration.ofMinutes(119).toNanos());
        feed.poll();
        assertThat(feed.size()).isEqualTo(1_000);
        skipped.addAndGet(Duration.ofMinutes(2).toNanos());
        feed.poll();
        assertThat(feed.size()).isZero();
    }
}
