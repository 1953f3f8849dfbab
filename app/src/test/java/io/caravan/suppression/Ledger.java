package io.caravan.suppression;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import javax.sql.DataSource;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import io.caravan.TestDatabase;
import io.caravan.TestLedgers;
import io.caravan.suppression.Suppression.New;

/** The room on a fresh database, with a clock that tests move. */
final class Ledger {

    final DataSource source = TestDatabase.fresh();
    final JdbcClient jdbc = JdbcClient.create(source);
    final TransactionTemplate transaction = new TransactionTemplate(new DataSourceTransactionManager(source));
    private Instant now = Instant.parse("2026-11-24T09:00:00Z");
    final Clock clock = ((InstantSource) () -> now).withZone(ZoneOffset.UTC);
    final Feed feed = new Feed(jdbc, clock);
    private final SuppressionRepository rows = TestLedgers.on(source, clock).getBean(SuppressionRepository.class);
    final Suppressions suppressions = new Suppressions(rows, jdbc, transaction, feed, clock);

    /** Another node's view of the same database. */
    Suppressions elsewhere() {
        return new Suppressions(rows, jdbc, transaction, new Feed(jdbc, clock), clock);
    }

    static New global(String address) {
        return new New(address, Scope.GLOBAL, Reason.MANUAL, "", null, null);
    }

    void forward(Duration by) {
        now = now.plus(by);
    }
}
