package io.caravan.delivery;

import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import org.springframework.transaction.support.TransactionTemplate;

import io.caravan.TestDatabase;
import io.caravan.delivery.PlanOrder.CampaignRuns;
import io.caravan.delivery.PlanOrder.ExcludedRuns;
import io.caravan.delivery.PlanOrder.NotReached;
import io.caravan.delivery.PlanOrder.OfList;
import io.caravan.delivery.PlanOrder.Who;
import io.caravan.mail.RunId;

import static io.caravan.delivery.LedgerFixture.CAMPAIGN;
import static org.assertj.core.api.Assertions.assertThat;

/** What a plan asks of a campaign's earlier runs is read person by person, by the ledger's key, however many runs there are. */
class EarlierRunsTest {

    private static final int PEOPLE = 3_000;
    /** A row of each of three runs, the person, and what the server reads to get from one to the next. */
    private static final int ROWS_A_PERSON = 30;

    private final SingleConnectionDataSource one;
    private final JdbcClient jdbc;
    private final SessionReads reads;
    private final Planner planner;
    private final AudienceSample sample;

    EarlierRunsTest() throws SQLException {
        one = new SingleConnectionDataSource(TestDatabase.fresh().getConnection(), true);
        jdbc = JdbcClient.create(one);
        reads = new SessionReads(jdbc);
        planner = new Planner(new JdbcTemplate(one), new TransactionTemplate(new DataSourceTransactionManager(one)));
        sample = new AudienceSample(jdbc);
        jdbc.sql("insert into contact (address, written, domain) select concat('p', seq, '@a.example'),"
                + " concat('p', seq, '@a.example'), 'a.example' from seq_1_to_" + PEOPLE).update();
        jdbc.sql("insert into list_member (list_id, contact_id) select 7, id from contact").update();
        // a third failed in run 1, another was accepted in run 2, everybody else was cancelled each time
        run(1, "if(c.id % 3 = 0, 'failed', 'cancelled')");
        run(2, "if(c.id % 3 = 1, 'accepted', 'cancelled')");
        run(3, "'cancelled'");
    }

    private void run(int id, String state) {
        jdbc.sql(
                "insert into delivery (run_id, n, contact_id, contact_version, address, domain, lane_id, state, reason)"
                        + " select " + id + ", c.id, c.id, 1, c.address, c.domain, 1, " + state + ", '' from contact c")
                .update();
    }

    private static CampaignRuns runs(int many) {
        return new CampaignRuns(CAMPAIGN, List.of(new RunId(1), new RunId(2), new RunId(3)).subList(0, many));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void aNewRunReadsOnlyTheRowsOfItsPeople(int many) {
        Who fresh = new Who(new OfList(7), List.of(), runs(many), List.of("global"));

        assertThat(readsAPerson(() -> planner.domains(fresh))).isLessThan(ROWS_A_PERSON);
        assertThat(planner.domains(fresh)).isEqualTo(Map.of("a.example", many == 1 ? PEOPLE * 2L / 3 : PEOPLE / 3L));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void anExclusionOfRunsReadsOnlyTheRowsOfItsPeople(int many) {
        Who but = new Who(new OfList(7), List.of(new ExcludedRuns("campaign:c", runs(many))), null, List.of());

        assertThat(readsAPerson(() -> planner.domains(but))).isLessThan(ROWS_A_PERSON);
        assertThat(planner.domains(but)).isEqualTo(Map.of("a.example", many == 1 ? PEOPLE : PEOPLE * 2L / 3));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void aResendReadsOnlyTheRowsOfItsPeople(int many) {
        Who missed = new Who(new NotReached(runs(many)), List.of(), null, List.of());

        assertThat(readsAPerson(() -> planner.domains(missed))).isLessThan(ROWS_A_PERSON);
        assertThat(planner.domains(missed)).isEqualTo(Map.of("a.example", PEOPLE / 3L));
    }

    @Test
    void aPagesSampleReadsOnlyTheRowsOfTheSample() {
        assertThat(readsAPerson(() -> sample.fresh(new OfList(7), runs(3), 0, PEOPLE))).isLessThan(ROWS_A_PERSON);
        assertThat(sample.fresh(new OfList(7), runs(3), 0, PEOPLE))
                .isEqualTo(new AudienceSample.Share(PEOPLE, PEOPLE / 3));
    }

    private long readsAPerson(Supplier<?> work) {
        return reads.of(work) / PEOPLE;
    }
}
