package io.caravan.delivery;

import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;

import io.caravan.mail.RowState;
import io.caravan.mail.RunId;

import static io.caravan.delivery.LedgerFixture.EPOCH;
import static io.caravan.delivery.LedgerFixture.NODE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class RetentionTest {

    private static final List<String> TABLES = List.of("delivery", "run_count", "attempt", "evidence", "retry", "batch",
            "hold", "outage", "stretch");
    private final LedgerFixture on = new LedgerFixture();
    private final Retention retention = new Retention(on.jdbc, on.transaction);

    @Test
    void forgetsAllOfARunThatIsOverAndNothingOfItsNeighbours() {
        RunId old = over(12);
        RunId young = over(12);
        on.jdbc.sql("insert into attempt select run_id, n, 1, now(6), 'deferred', 'h', '', '' from delivery").update();
        on.jdbc.sql("insert into evidence (run_id, n, batch_id, epoch, at, outcome, host, reply)"
                + " select run_id, n, 1, 1, now(6), 'accepted', 'h', '' from delivery").update();

        on.jdbc.sql("insert into outage select distinct run_id, lane_id, now(6), now(6) from delivery").update();

        long rows = retention.forget(old, LedgerFixture.CAMPAIGN);

        assertThat(rows).isEqualTo(12);
        assertThat(retention.kept(List.of(old, young))).containsExactly(young);
        for (String table : TABLES) {
            assertThat(count(table, old)).as(table).isZero();
        }
        assertThat(on.jdbc.sql("select count(*) from batch_range where batch_id not in (select id from batch)")
                .query(Long.class).single()).isZero();
        assertThat(count("attempt", young)).isEqualTo(12);
        assertThat(count("evidence", young)).isEqualTo(12);
        assertThat(count("outage", young)).isPositive();
        assertThat(count("batch", young)).isPositive();
        assertThat(on.counts.of(young)).isEqualTo(on.counted(young)).containsEntry(RowState.ACCEPTED, 12L);
    }

    @Test
    void leavesARunWithARowThatIsOpenOrInDoubt() {
        RunId doubtful = over(3);
        state(doubtful, RowState.IN_DOUBT);
        RunId pending = over(3);
        state(pending, RowState.PENDING);
        RunId deferred = over(3);
        state(deferred, RowState.DEFERRED);
        RunId sending = over(3);
        on.jdbc.sql("update batch set state = 'open' where run_id = :run").param("run", sending.value()).update();

        for (RunId run : List.of(doubtful, pending, deferred, sending)) {
            assertThat(retention.forget(run, LedgerFixture.CAMPAIGN)).isEqualTo(-1);
            assertThat(count("delivery", run)).isEqualTo(3);
            assertThat(count("run_count", run)).isPositive();
        }
    }

    @Test
    void goesOnWhereACrashCutItShort() {
        RunId run = over(5);
        on.jdbc.sql("create trigger crash before delete on delivery for each row"
                + " signal sqlstate '45000' set message_text = 'crash'").update();
        assertThatThrownBy(() -> retention.forget(run, LedgerFixture.CAMPAIGN)).hasMessageContaining("crash");
        on.jdbc.sql("drop trigger crash").update();

        assertThat(retention.kept(List.of(run))).containsExactly(run);
        assertThat(retention.forget(run, LedgerFixture.CAMPAIGN)).isEqualTo(5);
        assertThat(retention.kept(List.of(run))).isEmpty();
    }

    /** A run whose people all have their mail. */
    private RunId over(int people) {
        long list = on.people("l" + people, "a.example", 0, people);
        RunId run = on.run();
        on.planner.plan(on.order(run, list, Map.of(), List.of()));
        on.claims.claim(run, NODE, EPOCH, on.permits(run, people)).orElseThrow();
        on.jdbc.sql("update delivery set state = 'accepted' where run_id = :run").param("run", run.value()).update();
        on.jdbc.sql("update batch set state = 'closed' where run_id = :run").param("run", run.value()).update();
        on.jdbc.sql("update run_count set state = 'accepted' where run_id = :run and n > 0").param("run", run.value())
                .update();
        return run;
    }

    private void state(RunId run, RowState state) {
        on.jdbc.sql("update delivery set state = :state where run_id = :run and n = 1").param("state", state.word())
                .param("run", run.value()).update();
        on.jdbc.sql("update run_count set n = n - 1 where run_id = :run and state = 'accepted'")
                .param("run", run.value()).update();
        on.jdbc.sql("insert into run_count (run_id, state, n) values (:run, :state, 1)"
                + " on duplicate key update n = n + 1").param("run", run.value()).param("state", state.word()).update();
    }

    private long count(String table, RunId run) {
        return on.jdbc.sql("select count(*) from " + table + " where run_id = :run").param("run", run.value())
                .query(Long.class).single();
    }
}
