package io.caravan.delivery;

import java.sql.SQLException;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

import io.caravan.TestDatabase;
import io.caravan.mail.RowState;
import io.caravan.mail.RunId;

import static org.assertj.core.api.Assertions.assertThat;

/** Twice a second each node asks in which runs that are over something waits: what it reads does not grow with those that are over. */
class RunCountsTest {

    private static final int OVER = 5_000;

    @Test
    void runsThatAreOverAndWaitAreFoundWithoutReadingThoseThatAreOver() throws SQLException {
        SingleConnectionDataSource one = new SingleConnectionDataSource(TestDatabase.fresh().getConnection(), true);
        JdbcClient jdbc = JdbcClient.create(one);
        RunCounts counts = new RunCounts(jdbc);
        jdbc.sql("insert into run (campaign_id, number, version, kind, state, scheduled_for, opened_at, finished_at)"
                + " select 1, seq, 1, 'again', if(seq % 9 = 0, 'cancelled', 'finished'), now(6) + interval seq hour, now(6), now(6)"
                + " from seq_1_to_" + OVER).update();
        for (String state : List.of("accepted", "bounced", "pending", "deferred", "sending")) {
            jdbc.sql(
                    "insert into run_count (run_id, state, n) select id, :state, if(:state in ('accepted', 'bounced'), 7, 0)"
                            + " from run")
                    .param("state", state).update();
        }
        assertThat(counts.overAndWaiting()).isEmpty();
        RunCounts.add(jdbc, 17, Map.of(RowState.DEFERRED, 2L));
        RunCounts.add(jdbc, 18, Map.of(RowState.PENDING, 1L));
        jdbc.sql("update run set state = 'running' where id = 20").update();
        RunCounts.add(jdbc, 20, Map.of(RowState.PENDING, 1L));

        assertThat(counts.overAndWaiting()).containsExactly(new RunId(17), new RunId(18));

        assertThat(new SessionReads(jdbc).of(counts::overAndWaiting)).isLessThan(50);
        RunCounts.add(jdbc, 17, Map.of(RowState.DEFERRED, -2L));
        assertThat(counts.overAndWaiting()).containsExactly(new RunId(18));
        RunCounts.add(jdbc, 19, Map.of(RowState.SENDING, 1L));
        assertThat(counts.overAndWaiting()).containsExactly(new RunId(18));
        assertThat(counts.overAndUnsettled()).containsExactly(new RunId(18), new RunId(19));
        assertThat(new SessionReads(jdbc).of(counts::overAndUnsettled)).isLessThan(50);
        one.destroy();
    }
}
