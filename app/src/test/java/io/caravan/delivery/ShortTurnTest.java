package io.caravan.delivery;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import io.caravan.Silence;
import io.caravan.mail.RowState;
import io.caravan.mail.RunId;

import static io.caravan.delivery.LedgerFixture.EPOCH;
import static io.caravan.delivery.LedgerFixture.NODE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

/** A server whose host vanishes: connections stay open and nothing comes over them any more. */
class ShortTurnTest {

    private static final Duration ANSWER = Duration.ofSeconds(1);

    private final LedgerFixture on = new LedgerFixture();
    private final AtomicInteger booked = new AtomicInteger();

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aSettlementWhoseAnswerIsLostIsGivenUpSoonAndCountsOnceHoweverOftenItIsTried(boolean atCommit)
            throws IOException {
        long list = on.people("l", "a.example", 0, 60);
        RunId run = on.run();
        on.planner.plan(on.order(run, list, Map.of("a.example", 1), List.of()));
        BatchReference batch = on.claims.claim(run, NODE, EPOCH, on.permits(run, 60)).orElseThrow();
        Instant at = Instant.parse("2026-11-24T10:00:00Z");
        List<Outcome> outcomes = on.batches.rows(batch).stream()
                .map(row -> new Outcome(batch.batch(), row.row(), 1, row.lane(), at, RowState.ACCEPTED, "",
                        "mx.example", "2.0.0", "250 2.0.0 taken", null))
                .toList();

        try (Silence between = new Silence(port(on.source)); HikariDataSource pool = through(between)) {
            Settlements far = settlements(ShortTurn.bounded(pool));
            JdbcClient.create(pool).sql("select 1").query(Integer.class).single(); // used just now: the pool asks no more
            between.silent = !atCommit;
            between.silentFromCommit = atCommit;
            assertTimeoutPreemptively(Duration.ofSeconds(15), () -> assertThatThrownBy(
                    () -> ShortTurn.within(ANSWER, () -> settle(far, outcomes))).isInstanceOf(RuntimeException.class));
            between.silentFromCommit = false;
            between.silent = false;

            int settledNow = ShortTurn.within(Duration.ofSeconds(60), () -> settle(far, outcomes)).size();

            assertThat(settledNow).isEqualTo(atCommit ? 0 : 60);
            assertThat(on.counts.of(run)).isEqualTo(on.counted(run)).containsEntry(RowState.ACCEPTED, 60L);
            assertThat(on.jdbc.sql("select count(*) from evidence").query(Integer.class).single()).isZero();
            assertThat(on.jdbc.sql("select concat(state, ' ', settled) from batch").query(String.class).single())
                    .isEqualTo("closed 60");
        }
        assertThat(booked).as("what is in the same transaction").hasValue(1);
    }

    private List<Outcome> settle(Settlements settlements, List<Outcome> outcomes) {
        return settlements.settle(NODE, EPOCH, outcomes, _ -> booked.incrementAndGet());
    }

    private static Settlements settlements(DataSource source) {
        return new Settlements(JdbcClient.create(source),
                new TransactionTemplate(new DataSourceTransactionManager(source)));
    }

    private static int port(DataSource source) {
        return URI.create(((HikariDataSource) source).getJdbcUrl().substring("jdbc:".length())).getPort();
    }

    /** Patient, as the product's. */
    private HikariDataSource through(Silence between) {
        HikariDataSource own = (HikariDataSource) on.source;
        HikariDataSource pool = new HikariDataSource();
        own.copyStateTo(pool);
        pool.setJdbcUrl(own.getJdbcUrl().replace(":" + port(own), ":" + between.port()));
        pool.addDataSourceProperty("socketTimeout", "600000");
        return pool;
    }
}
