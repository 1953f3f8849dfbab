package io.caravan.delivery;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;

import io.caravan.delivery.Claims.Claimed;
import io.caravan.delivery.Claims.Waiting;
import io.caravan.mail.RunId;

import static io.caravan.delivery.LedgerFixture.EPOCH;
import static io.caravan.delivery.LedgerFixture.NODE;
import static org.assertj.core.api.Assertions.assertThat;

/** No lane's retries keep those of another from going. */
class ClaimsTest {

    private static final int BACKLOG = 30_000;
    private static final int SMALL = 2;
    private static final int LARGE = 1;
    private static final int LATER = 3;

    private final LedgerFixture on = new LedgerFixture();
    private final RunId run = on.run();

    /** The older retries are all of the large lane. */
    private void backlog() {
        due(LARGE, 1, BACKLOG, 60);
        due(SMALL, 40_001, 3, 30);
        due(LATER, 50_001, 2, 20);
        on.jdbc.sql("analyze table retry").query().listOfRows();
    }

    private void due(int lane, int from, int rows, int minutesAgo) {
        on.jdbc.sql("insert into retry (run_id, n, lane_id, due_at) select :run, seq + :before, :lane,"
                + " now(6) - interval :minutes minute + interval seq microsecond from seq_1_to_" + rows)
                .param("run", run.value()).param("before", from - 1).param("lane", lane).param("minutes", minutesAgo)
                .update();
        on.jdbc.sql(
                "insert into run_lane (run_id, lane_id, from_n, to_n, planned) values (:run, :lane, :from, :to, :rows)")
                .param("run", run.value()).param("lane", lane).param("from", from).param("to", from + rows - 1)
                .param("rows", rows).update();
    }

    @Test
    void everyLaneGetsWhatItMayHaveBesideTheBacklogOfAnother() {
        backlog();

        Claimed claimed = on.claims.claim(run, NODE, EPOCH, Map.of(LARGE, 5, SMALL, 1, LATER, 4), Restraint.NONE)
                .orElseThrow();

        assertThat(claimed.lanes()).isEqualTo(Map.of(LARGE, 5, SMALL, 1, LATER, 2));
        assertThat(claimed.batch().size()).isEqualTo(8);
        assertThat(retries(claimed)).as("the oldest of each").containsExactly(1, 2, 3, 4, 5, 40_001, 50_001, 50_002);
    }

    @Test
    void aLaneOfWhichTheFirstLookSawSomeGetsTheRestAndNoneTwice() {
        due(LARGE, 1, 100, 60);
        due(SMALL, 40_001, 2, 90); // before the backlog
        due(SMALL + 10, 41_001, 1, 80);
        on.jdbc.sql("update retry set lane_id = :lane, due_at = now(6) where n = 100").param("lane", SMALL).update();

        Claimed claimed = on.claims.claim(run, NODE, EPOCH, Map.of(LARGE, 5, SMALL, 3), Restraint.NONE).orElseThrow();

        assertThat(claimed.lanes()).isEqualTo(Map.of(LARGE, 5, SMALL, 3));
        assertThat(retries(claimed)).containsExactly(1, 2, 3, 4, 5, 100, 40_001, 40_002);
    }

    @Test
    void aBacklogHidesNoLaneThatWaits() {
        backlog();

        assertThat(on.claims.waiting(run)).extracting(Waiting::lane).containsExactly(LARGE, SMALL, LATER);
        assertThat(on.claims.waiting(run)).filteredOn(lane -> lane.lane() != LARGE).extracting(Waiting::due)
                .containsExactly(3L, 2L);
    }

    @Test
    void aBacklogIsNotReadForTheLanesBesideIt() {
        backlog();
        Map<Integer, Integer> permits = new HashMap<>(Map.of(LARGE, 5, SMALL, 1, LATER, 4));

        on.transaction.executeWithoutResult(_ -> {
            long before = rowsRead();
            on.claims.waiting(run);
            long waiting = rowsRead();
            on.claims.claim(run, NODE, EPOCH, permits);
            assertThat(waiting - before).as("rows read to look").isLessThan(20_000);
            assertThat(rowsRead() - waiting).as("rows read to claim").isLessThan(500);
        });
    }

    /** What failed before is no sample of a lane; where nothing else is left, it goes. */
    @Test
    void aTrickleTakesMailThatWasNeverTriedBeforeRetries() {
        due(LARGE, 1, 20, 60);
        due(SMALL, 40_001, 20, 60);
        stretch(LARGE, 1_001, 1_003);
        stretch(SMALL, 41_001, 41_003);
        on.jdbc.sql("insert into lane_state (lane_id, state, since) values (:lane, 'half_open', now(6))")
                .param("lane", LARGE).update();

        Claimed first = on.claims.claim(run, NODE, EPOCH, Map.of(LARGE, 2, SMALL, 2), Restraint.NONE).orElseThrow();
        Claimed second = on.claims.claim(run, NODE, EPOCH, Map.of(LARGE, 2), Restraint.NONE).orElseThrow();
        Claimed third = on.claims.claim(run, NODE, EPOCH, Map.of(LARGE, 2), Restraint.NONE).orElseThrow();

        assertThat(retries(first)).as("of the lane that is well").containsExactly(40_001, 40_002);
        assertThat(first.lanes()).isEqualTo(Map.of(LARGE, 2, SMALL, 2));
        assertThat(retries(second)).as("one was left").containsExactly(1);
        assertThat(retries(third)).containsExactly(2, 3);
    }

    private void stretch(int lane, int from, int to) {
        on.jdbc.sql("insert into stretch (run_id, lane_id, next_n, to_n) values (:run, :lane, :from, :to)")
                .param("run", run.value()).param("lane", lane).param("from", from).param("to", to).update();
    }

    private List<Integer> retries(Claimed claimed) {
        return on.jdbc.sql("select n from retry where batch_id = :batch order by n")
                .param("batch", claimed.batch().batch()).query(Integer.class).list();
    }

    /** By this connection: a transaction keeps it. */
    private long rowsRead() {
        return on.jdbc.sql("select sum(variable_value) from information_schema.session_status"
                + " where variable_name like 'handler\\_read%'").query(Long.class).single();
    }
}
