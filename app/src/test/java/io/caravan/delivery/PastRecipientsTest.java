package io.caravan.delivery;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

import io.caravan.delivery.PlanOrder.CampaignRuns;
import io.caravan.delivery.PlanOrder.ExcludedRuns;
import io.caravan.delivery.PlanOrder.NotReached;
import io.caravan.delivery.PlanOrder.OfList;
import io.caravan.delivery.PlanOrder.Who;
import io.caravan.mail.CampaignId;
import io.caravan.mail.RunId;

import static io.caravan.delivery.LedgerFixture.CAMPAIGN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What plans ask of runs is answered the same after retention has removed the rows of these runs, and while it does. */
class PastRecipientsTest {

    private static final int LIST = 7;
    private static final List<String> ENDS = List.of("accepted", "complained", "failed", "expired",
            "bounced soft 4.2.2",
            "bounced policy 5.7.1", "bounced hard 5.1.1", "bounced 5.0.0", "suppressed suppression:1", "cancelled", "");
    private final LedgerFixture on = new LedgerFixture();
    private final Retention retention = new Retention(on.jdbc, on.transaction);
    private final PastRecipients past = new PastRecipients(on.jdbc);
    private final AudienceSample sample = new AudienceSample(on.jdbc);

    /** The contacts that each question finds. */
    private record Found(List<Long> fresh, List<Long> excluded, List<Long> missed, List<Long> missedInSlices,
            AudienceSample.Share freshInSample, Map<String, Long> freshDomains, Map<String, Long> missedDomains) {
    }

    @Test
    void answersAsTheRowsDidWhateverBecameOfThePersonInEachOfTwoRuns() {
        people(ENDS.size() * ENDS.size());
        RunId first = run("(c.id - 1) div 11");
        RunId second = run("(c.id - 1) % 11");
        Found before = found(first, second);
        assertThat(before.fresh()).as("in no run, or cancelled in both").hasSize(4);
        assertThat(before.excluded()).as("accepted or complained in one of them").hasSize(121 - 9 * 9);
        assertThat(before.missed()).as("no row stands against it").hasSize(7 * 7 - 3 * 3);

        retention.forget(first, CAMPAIGN);
        assertThat(found(first, second)).isEqualTo(before);
        assertCountsEqualRows();
        retention.forget(second, CAMPAIGN);

        assertThat(on.jdbc.sql("select count(*) from delivery").query(Long.class).single()).isZero();
        assertThat(found(first, second)).isEqualTo(before);
        assertCountsEqualRows();
        assertThat(past.people(CAMPAIGN)).isEqualTo(121 - 4);
        assertThat(past.notReached(CAMPAIGN)).isEqualTo(before.missed().size());
    }

    @Test
    void aPersonWithSeveralMailsOfARunIsOneOfThem() {
        people(1);
        RunId run = run("2");
        on.jdbc.sql(
                "insert into delivery (run_id, n, contact_id, contact_version, seq, address, domain, lane_id, state)"
                        + " select run_id, 2, contact_id, 1, 1, address, domain, 1, 'accepted' from delivery")
                .update();

        assertThat(retention.forget(run, CAMPAIGN)).isEqualTo(2);

        assertThat(found(run).excluded()).containsExactly(1L);
        assertThat(found(run).missed()).isEmpty();
        assertCountsEqualRows();
    }

    @Test
    void saysNothingOfAnotherCampaign() {
        people(3);
        RunId run = run("0");
        retention.forget(run, CAMPAIGN);

        Who other = new Who(new OfList(LIST), List.of(), new CampaignRuns(new CampaignId(2), List.of(new RunId(99))),
                List.of());
        assertThat(contacts(other)).hasSize(3);
    }

    @ParameterizedTest
    @ValueSource(strings = {"after insert on past_recipient for each row if new",
            "before delete on delivery for each row if old"})
    void answersTheSameInTheMiddleOfARunThatIsBeingForgotten(String where) {
        people(12_000);
        RunId run = run("if(c.id <= 11000, c.id % 10, 10)");
        Found before = found(run);
        on.jdbc.sql("create trigger crash " + where
                + ".contact_id > 7000 then signal sqlstate '45000' set message_text = 'crash'; end if").update();

        assertThatThrownBy(() -> retention.forget(run, CAMPAIGN)).hasMessageContaining("crash");

        assertThat(on.jdbc.sql("select min(contact_id) from delivery").query(Long.class).single()).isEqualTo(5_001);
        assertThat(found(run)).isEqualTo(before);
        assertCountsEqualRows();
        on.jdbc.sql("drop trigger crash").update();
        assertThat(retention.forget(run, CAMPAIGN)).isEqualTo(6_000);
        assertThat(found(run)).isEqualTo(before);
        assertCountsEqualRows();
    }

    @Test
    void whoeverAsksWhileRowsGoFindsEachPerson() throws Exception {
        people(30_000);
        RunId run = run("if(c.id % 2 = 0, 0, 2)");
        Map<String, Long> fresh = on.planner.domains(fresh(run));
        Map<String, Long> missed = on.planner.domains(missed(run));
        assertThat(fresh).isEmpty();
        assertThat(missed).isEqualTo(Map.of("a.example", 15_000L));

        List<Map<String, Long>> seenFresh = new ArrayList<>();
        List<Map<String, Long>> seenMissed = new ArrayList<>();
        try (ExecutorService beside = Executors.newSingleThreadExecutor()) {
            Future<Long> forgotten = beside.submit(() -> retention.forget(run, CAMPAIGN));
            do {
                seenFresh.add(on.planner.domains(fresh(run)));
                seenMissed.add(on.planner.domains(missed(run)));
            } while (!forgotten.isDone());
            assertThat(forgotten.get()).isEqualTo(30_000);
        }

        assertThat(seenFresh).containsOnly(fresh);
        assertThat(seenMissed).containsOnly(missed);
    }

    @Test
    void readsTheKeptOfEachPersonByTheirKey() throws SQLException {
        people(3_000);
        RunId run = run("c.id % 11");
        retention.forget(run, CAMPAIGN);
        SingleConnectionDataSource one = new SingleConnectionDataSource(on.source.getConnection(), true);
        JdbcClient jdbc = JdbcClient.create(one);
        SessionReads reads = new SessionReads(jdbc);
        Planner planner = new Planner(new JdbcTemplate(one), on.transaction);
        CampaignRuns asked = asked(run);
        Who but = new Who(new OfList(LIST), List.of(new ExcludedRuns("campaign:c", asked)), null, List.of());

        for (Who who : List.of(fresh(run), but, missed(run))) {
            assertThat(reads.of(() -> planner.domains(who)) / 3_000).isLessThan(30);
        }
        assertThat(reads.of(() -> new AudienceSample(jdbc).fresh(new OfList(LIST), asked, 1_000, 10))).isLessThan(300);
        one.destroy();
    }

    private void people(int many) {
        on.jdbc.sql("insert into contact (id, address, written, domain) select seq, concat('p', seq, '@a.example'),"
                + " concat('p', seq, '@a.example'), 'a.example' from seq_1_to_" + many).update();
        on.jdbc.sql("insert into list_member (list_id, contact_id) select " + LIST + ", id from contact").update();
    }

    /**
     * A run that is over.
     *
     * @param end SQL: how it ended for contact {@code c}, an index of {@link #ENDS}, of which the last is no row
     */
    private RunId run(String end) {
        RunId run = on.run();
        for (int i = 0; i < ENDS.size() - 1; i++) {
            String[] state = ENDS.get(i).split(" ", 2);
            on.jdbc.sql(
                    "insert into delivery (run_id, n, contact_id, contact_version, address, domain, lane_id, state, reason)"
                            + " select :run, c.id, c.id, 1, c.address, c.domain, 1, :state, :reason from contact c where "
                            + end
                            + " = :end")
                    .param("run", run.value()).param("state", state[0])
                    .param("reason", state.length == 1 ? "" : state[1]).param("end", i).update();
        }
        return run;
    }

    private static CampaignRuns asked(RunId... runs) {
        return new CampaignRuns(CAMPAIGN, List.of(runs));
    }

    private static Who fresh(RunId... runs) {
        return new Who(new OfList(LIST), List.of(), asked(runs), List.of());
    }

    private static Who missed(RunId... runs) {
        return new Who(new NotReached(asked(runs)), List.of(), null, List.of());
    }

    private Found found(RunId... runs) {
        Who but = new Who(new OfList(LIST), List.of(new ExcludedRuns("campaign:c", asked(runs))), null, List.of());
        List<Long> excluded = AudienceSql.bind(on.jdbc.sql("select c.id from contact c where " + AudienceSql.reason(but)
                + " = 'excluded:campaign:c' order by c.id"), but, 0, 0).query(Long.class).list();
        return new Found(contacts(fresh(runs)), excluded, contacts(missed(runs)), inSlices(missed(runs)),
                sample.fresh(new OfList(LIST), asked(runs), 0, 200), on.planner.domains(fresh(runs)),
                on.planner.domains(missed(runs)));
    }

    private List<Long> contacts(Who who) {
        return slice(who, 0, 100_000);
    }

    private List<Long> slice(Who who, long after, int most) {
        return AudienceSql.bind(on.jdbc.sql(AudienceSql.contacts(who)), who, after, most).query(Long.class).list();
    }

    private List<Long> inSlices(Who who) {
        List<Long> all = new ArrayList<>();
        for (List<Long> some = slice(who, 0, 700); !some.isEmpty(); some = slice(who, all.getLast(), 700)) {
            assertThat(some).isSorted();
            all.addAll(some);
        }
        return all;
    }

    private void assertCountsEqualRows() {
        assertThat(on.jdbc.sql("select concat(outcome, ':', n) from past_count where n <> 0 order by outcome")
                .query(String.class).list())
                .isEqualTo(on.jdbc.sql("select concat(outcome, ':', count(*)) from past_recipient group by outcome"
                        + " order by outcome").query(String.class).list());
    }
}
