package io.caravan.delivery;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import javax.sql.DataSource;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import io.caravan.TestDatabase;
import io.caravan.delivery.PlanOrder.Exclusion;
import io.caravan.mail.CampaignId;
import io.caravan.mail.RowState;
import io.caravan.mail.RunId;

import static org.assertj.core.api.Assertions.assertThat;

/** A ledger on a real database with people on a list, and the questions that its tests ask again and again. */
final class LedgerFixture {

    static final int NODE = 1;
    static final int EPOCH = 1;
    /** The campaign of all its runs. */
    static final CampaignId CAMPAIGN = new CampaignId(1);

    final DataSource source = TestDatabase.fresh();
    final JdbcClient jdbc = JdbcClient.create(source);
    final TransactionTemplate transaction = new TransactionTemplate(new DataSourceTransactionManager(source));
    final Planner planner = new Planner(new JdbcTemplate(source), transaction);
    final Claims claims = new Claims(jdbc, transaction);
    final Batches batches = new Batches(jdbc);
    final Settlements settlements = new Settlements(jdbc, transaction);
    final Returns returns = new Returns(jdbc, transaction);
    final Cancellations cancellations = new Cancellations(jdbc, transaction);
    final Ledger ledger = new Ledger(jdbc, transaction);
    final RunCounts counts = new RunCounts(jdbc);
    final RunLanes lanes = new RunLanes(jdbc);
    final Waiting waiting = new Waiting(jdbc);
    final RunPeople people = new RunPeople(jdbc);

    long people(String list, String domain, int from, int to) {
        jdbc.sql("insert ignore into list (name, created_at) values (:name, now(6))").param("name", list).update();
        long id = jdbc.sql("select id from list where name = :name").param("name", list).query(Long.class).single();
        for (int i = from; i < to; i++) {
            String address = "p" + i + "@" + domain;
            jdbc.sql("insert ignore into contact (address, written, domain, version, created_at, updated_at)"
                    + " values (:a, :a, :d, 1, now(6), now(6))").param("a", address).param("d", domain).update();
            long contact = jdbc.sql("select id from contact where address = :a").param("a", address).query(Long.class)
                    .single();
            jdbc.sql("insert ignore into contact_version (contact_id, version, attributes, created_at)"
                    + " values (:c, 1, '{\"first_name\":\"P\"}', now(6))").param("c", contact).update();
            jdbc.sql("insert ignore into list_member (list_id, contact_id) values (:l, :c)").param("l", id)
                    .param("c", contact).update();
        }
        return id;
    }

    RunId run() {
        jdbc.sql("insert ignore into campaign (id, name, state, version, created_at, updated_at)"
                + " values (1, 'c', 'running', 1, now(6), now(6))").update();
        int number = jdbc.sql("select count(*) + 1 from run").query(Integer.class).single();
        return new RunId(jdbc
                .sql("insert into run (campaign_id, number, version, kind, state, scheduled_for, opened_at)"
                        + " values (1, :n, 1, 'first', 'running', now(6), now(6)) returning id")
                .param("n", number).query(Long.class).single());
    }

    PlanOrder order(RunId run, long list, Map<String, Integer> lanes, List<Exclusion> exclude) {
        return order(run,
                new PlanOrder.Who(new PlanOrder.OfList(list), exclude, null, List.of("global", "list:l")),
                lanes);
    }

    PlanOrder order(RunId run, PlanOrder.Who who, Map<String, Integer> lanes) {
        return new PlanOrder(run, who, planner.domains(who), lanes, 99);
    }

    Map<Integer, Integer> permits(RunId run, int each) {
        Map<Integer, Integer> permits = new HashMap<>();
        claims.waiting(run).forEach(waiting -> permits.put(waiting.lane(), each));
        return permits;
    }

    /** The counts by reading every row, derived states included. */
    Map<RowState, Long> counted(RunId run) {
        Map<RowState, Long> counted = new HashMap<>();
        for (RowState state : RowState.values()) {
            counted.put(state, 0L);
        }
        ledger.rows(run, null, row -> counted.merge(row.state(), 1L, Long::sum));
        return counted;
    }

    /** What waits for its next attempt, by lane, of all runs: the kept counts, after they were held against the entries. */
    Map<Integer, Long> deferred() {
        Map<Integer, Long> read = Objects.requireNonNull(waiting.deferred(Integer.MAX_VALUE - 1));
        assertThat(waiting.deferred()).as("deferred by lane").isEqualTo(read);
        return read;
    }

    List<LedgerRow> rows(RunId run) {
        List<LedgerRow> rows = new ArrayList<>();
        ledger.rows(run, null, rows::add);
        return rows;
    }
}
