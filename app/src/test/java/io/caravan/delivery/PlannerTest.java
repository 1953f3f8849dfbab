package io.caravan.delivery;

import java.sql.Connection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import org.springframework.transaction.support.TransactionTemplate;

import io.caravan.mail.RowState;
import io.caravan.mail.RunId;
import io.caravan.mail.TemporaryFault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class PlannerTest {

    private final LedgerFixture on = new LedgerFixture();

    @Test
    void numbersTheRowsOfALaneAsNeighboursAndGivesEveryoneOneRow() {
        long list = on.people("l", "big.example", 0, 60);
        on.people("l", "small.example", 0, 5);
        on.people("l", "tiny.example", 0, 3);
        RunId run = on.run();

        on.planner.plan(on.order(run, list, Map.of("big.example", 7), List.of()));

        List<LedgerRow> rows = on.rows(run);
        assertThat(rows).hasSize(68);
        assertThat(rows.subList(0, 60)).allMatch(row -> row.address().endsWith("@big.example"));
        assertThat(on.claims.waiting(run)).containsExactly(new Claims.Waiting(7, 60, 0), new Claims.Waiting(99, 8, 0));
        assertThat(on.counts.of(run)).containsEntry(RowState.PENDING, 68L).isEqualTo(on.counted(run));
        assertThat(on.jdbc.sql("select (select count(*) from plan_lane) + (select count(*) from plan_number)"
                + " + (select count(*) from planning)").query(Long.class).single()).isZero();
    }

    @Test
    void domainsOfOneLaneAreNumberedTogetherAndShareAStretch() {
        long list = on.people("l", "a.example", 0, 30);
        on.people("l", "b.example", 0, 20);
        on.people("l", "c.example", 0, 10);
        on.people("l", "d.example", 0, 5);
        RunId run = on.run();

        on.planner.plan(on.order(run, list, Map.of("a.example", 7, "b.example", 8, "c.example", 7), List.of()));

        assertThat(on.rows(run)).hasSize(65);
        assertThat(on.claims.waiting(run)).containsExactlyInAnyOrder(new Claims.Waiting(7, 40, 0),
                new Claims.Waiting(8, 20, 0), new Claims.Waiting(99, 5, 0));
        assertThat(
                on.jdbc.sql("select count(*) from delivery where lane_id = 7 and domain in ('a.example', 'c.example')")
                        .query(Long.class).single())
                .isEqualTo(40);
        assertThat(on.counts.of(run)).isEqualTo(on.counted(run));
    }

    @Test
    void givesTheSuppressedAndTheExcludedTheirRowFinalAtOnceAndNamesWhy() {
        long list = on.people("l", "a.example", 0, 4);
        on.people("staff", "a.example", 1, 2);
        long staff = on.jdbc.sql("select id from list where name = 'staff'").query(Long.class).single();
        on.jdbc.sql(
                "insert into suppression (address, scope, reason, created_at, changed_at) values ('p0@a.example', 'global', 'manual', now(6), now(6)),"
                        + " ('p3@a.example', 'list:other', 'unsubscribe', now(6), now(6)), ('p2@a.example', 'list:l', 'unsubscribe', now(6) - interval 1 day, now(6))")
                .update();
        on.jdbc.sql("update suppression set expires_at = now(6) - interval 1 hour where address = 'p2@a.example'")
                .update();
        RunId run = on.run();

        on.planner.plan(on.order(run, list, Map.of(), List.of(new PlanOrder.ExcludedList("list:staff", staff))));

        assertThat(on.rows(run)).filteredOn(row -> row.state() == RowState.SUPPRESSED)
                .extracting(LedgerRow::address, LedgerRow::reason)
                .containsExactlyInAnyOrder(org.assertj.core.groups.Tuple.tuple("p0@a.example", "suppression:1"),
                        org.assertj.core.groups.Tuple.tuple("p1@a.example", "excluded:list:staff"));
        assertThat(on.claims.waiting(run)).containsExactly(new Claims.Waiting(99, 2, 0));
        assertThat(on.counts.of(run)).isEqualTo(on.counted(run));
    }

    @Test
    void goesOnWhereACrashLeftThePlanAndNumbersNobodyTwice() {
        long list = on.people("l", "a.example", 0, 70);
        on.people("l", "b.example", 0, 60);
        RunId run = on.run();
        PlanOrder order = on.order(run, list, Map.of("a.example", 1, "b.example", 2), List.of());
        on.jdbc.sql(
                "create trigger crash before insert on stretch for each row signal sqlstate '45000' set message_text = 'crash'")
                .update();

        assertThatThrownBy(() -> on.planner.plan(order)).hasMessageContaining("crash");
        on.jdbc.sql("drop trigger crash").update();
        on.planner.plan(order);
        on.planner.plan(order);

        assertThat(on.rows(run)).hasSize(130).extracting(LedgerRow::address).doesNotHaveDuplicates();
        assertThat(on.claims.waiting(run)).containsExactly(new Claims.Waiting(1, 70, 0), new Claims.Waiting(2, 60, 0));
        assertThat(on.counts.of(run)).isEqualTo(on.counted(run));
    }

    @Test
    void goesOnWithTheLanesThatThePlanBeganWithThoughItsIdentityHasGotAnotherName() {
        long list = on.people("l", "a.example", 0, 70);
        on.people("l", "b.example", 0, 5);
        on.people("l", "c.example", 0, 3);
        RunId run = on.run();
        PlanOrder before = on.order(run, list, Map.of("a.example", 7), List.of());
        on.jdbc.sql("create trigger crash before insert on delivery for each row signal sqlstate '45000'"
                + " set message_text = 'crash'").update();
        assertThatThrownBy(() -> on.planner.plan(before)).hasMessageContaining("crash");
        on.jdbc.sql("drop trigger crash").update();

        on.planner.plan(new PlanOrder(run, before.who(), before.domains(), Map.of("a.example", 17), 2));

        assertThat(on.rows(run)).hasSize(78).extracting(LedgerRow::address).doesNotHaveDuplicates();
        assertThat(on.claims.waiting(run)).containsExactly(new Claims.Waiting(7, 70, 0), new Claims.Waiting(99, 8, 0));
        assertThat(on.counts.of(run)).isEqualTo(on.counted(run));
    }

    @Test
    void knowsTheTailOfAPlanAlsoIfNobodyIsInIt() {
        PlanNumbers numbers = new PlanNumbers(on.jdbc, on.run().value());
        PlanOrder.Who nobody = PlanOrder.Who.of(new PlanOrder.OfList(1));

        numbers.setAside(new PlanOrder(new RunId(numbers.run()), nobody, Map.of(),
                Map.of("a.example", 200, "b.example", 300), 99), 0);

        assertThat(numbers.tail()).isEqualTo(99);
    }

    @Test
    void leavesAPlanThatAnotherTakesOverInTheMiddle() {
        long list = on.people("l", "a.example", 0, 70);
        RunId run = on.run();
        PlanOrder order = on.order(run, list, Map.of("a.example", 1), List.of());
        on.jdbc.sql("create trigger takeover after insert on plan_number for each row"
                + " update planning set planner = 'somebody else'").update();

        assertThatThrownBy(() -> on.planner.plan(order)).isInstanceOf(TemporaryFault.class)
                .hasMessageContaining("another node");
        on.jdbc.sql("drop trigger takeover").update();
        assertThat(on.rows(run)).isEmpty();
        on.planner.plan(order);

        assertThat(on.rows(run)).hasSize(70).extracting(LedgerRow::address).doesNotHaveDuplicates();
        assertThat(on.counts.of(run)).isEqualTo(on.counted(run));
    }

    @Test
    void leavesAPlanThatAnotherEndsInTheMiddle() {
        long list = on.people("l", "a.example", 0, 70);
        RunId run = on.run();
        PlanOrder order = on.order(run, list, Map.of("a.example", 1), List.of());
        on.jdbc.sql("create trigger ended after insert on plan_number for each row delete from planning").update();

        assertThatThrownBy(() -> on.planner.plan(order)).isInstanceOf(TemporaryFault.class)
                .hasMessageContaining("another node");
        on.planner.end(run);

        assertThat(on.rows(run)).isEmpty();
        assertThat(on.claims.waiting(run)).isEmpty();
        assertThat(on.jdbc.sql("select (select count(*) from plan_number) + (select count(*) from planning)")
                .query(Long.class).single()).isZero();
    }

    @Test
    void writesNothingOfARunThatIsCancelledBeforeItsFirstSlice() {
        long list = on.people("l", "a.example", 0, 70);
        RunId run = on.run();
        PlanOrder order = on.order(run, list, Map.of("a.example", 1), List.of());
        on.jdbc.sql("create trigger cancelled after insert on plan_number for each row"
                + " update run set state = 'cancelled' where id = new.run_id").update();

        assertThatThrownBy(() -> on.planner.plan(order)).isInstanceOf(TemporaryFault.class)
                .hasMessageContaining("became cancelled");

        assertThat(on.rows(run)).isEmpty();
        assertThat(on.jdbc.sql("select (select count(*) from plan_number) + (select count(*) from plan_lane)"
                + " + (select count(*) from planning)").query(Long.class).single()).isZero();
    }

    @Test
    void whatWasWrittenOfARunThatIsRefusedInTheMiddleCanBeCancelled() {
        long list = on.people("l", "a.example", 0, 70);
        RunId run = on.run();
        PlanOrder order = on.order(run, list, Map.of("a.example", 1), List.of());
        on.jdbc.sql("create trigger refused after update on planning for each row"
                + " update run set state = 'refused' where id = new.run_id and new.after_contact > 0").update();

        assertThatThrownBy(() -> on.planner.plan(order)).isInstanceOf(TemporaryFault.class)
                .hasMessageContaining("became refused");

        assertThat(on.claims.waiting(run)).containsExactly(new Claims.Waiting(1, 70, 0));
        assertThat(on.cancellations.cancel(run, "refused")).isEqualTo(70);
        assertThat(on.counts.of(run)).isEqualTo(on.counted(run)).containsEntry(RowState.CANCELLED, 70L);
    }

    @Test
    void waitsForWhoIsCancellingTheRunBeforeItWritesARow() throws Exception {
        long list = on.people("l", "a.example", 0, 70);
        RunId run = on.run();
        PlanOrder order = on.order(run, list, Map.of("a.example", 1), List.of());

        try (Connection connection = on.source.getConnection()) {
            SingleConnectionDataSource impatient = new SingleConnectionDataSource(connection, true);
            JdbcTemplate template = new JdbcTemplate(impatient);
            template.execute("set session innodb_lock_wait_timeout = 1");
            Planner planner = new Planner(template,
                    new TransactionTemplate(new DataSourceTransactionManager(impatient)));
            on.transaction.executeWithoutResult(_ -> {
                on.jdbc.sql("update run set state = 'cancelled' where id = ?").param(run.value()).update();
                assertThatThrownBy(() -> planner.plan(order)).hasMessageContaining("Lock wait timeout");
            });
            template.execute("set session innodb_lock_wait_timeout = default");
        }

        assertThatThrownBy(() -> on.planner.plan(order)).isInstanceOf(TemporaryFault.class);
        assertThat(on.rows(run)).isEmpty();
    }

    @Test
    void takesThePlanBackAndPlansItAnewWhenMorePeopleJoinThanWereCounted() {
        long list = on.people("l", "a.example", 0, 30);
        on.people("l", "b.example", 0, 20);
        Map<String, Integer> lanes = Map.of("a.example", 1, "b.example", 2);
        RunId run = on.run();
        PlanOrder counted = on.order(run, list, lanes, List.of());
        on.people("l", "a.example", 30, 35);

        assertThatThrownBy(() -> on.planner.plan(counted)).isInstanceOf(TemporaryFault.class)
                .hasMessageContaining("planned anew");

        assertThat(on.rows(run)).isEmpty();
        assertThat(on.counts.of(run)).isEqualTo(on.counted(run)).containsEntry(RowState.PENDING, 0L);
        on.planner.plan(counted); // now with numbers to spare
        assertThat(on.rows(run)).hasSize(55).extracting(LedgerRow::address).doesNotHaveDuplicates();
        assertThat(on.claims.waiting(run)).containsExactly(new Claims.Waiting(1, 35, 0), new Claims.Waiting(2, 20, 0));
        assertThat(on.counts.of(run)).isEqualTo(on.counted(run));
    }

    @Test
    void goesOnTakingBackWhereACrashLeftIt() {
        long list = on.people("l", "a.example", 0, 30);
        RunId run = on.run();
        PlanOrder counted = on.order(run, list, Map.of("a.example", 1), List.of());
        on.people("l", "a.example", 30, 35);
        on.jdbc.sql("create trigger crash before update on planning for each row"
                + " if new.tries > old.tries then signal sqlstate '45000' set message_text = 'crash'; end if").update();

        assertThatThrownBy(() -> on.planner.plan(counted)).hasMessageContaining("crash");
        on.jdbc.sql("drop trigger crash").update();
        on.planner.plan(on.order(run, list, Map.of("a.example", 1), List.of()));

        assertThat(on.rows(run)).hasSize(35);
        assertThat(on.counts.of(run)).isEqualTo(on.counted(run));
    }

    @Test
    void givesOneRowToEachWhenSeveralPlanTheSameRunAtOnce() throws Exception {
        long list = on.people("l", "a.example", 0, 300);
        on.people("l", "b.example", 0, 100);
        RunId run = on.run();
        PlanOrder order = on.order(run, list, Map.of("a.example", 1, "b.example", 2), List.of());
        Callable<Boolean> planning = () -> {
            try {
                new Planner(new JdbcTemplate(on.source), on.transaction).plan(order);
                return true;
            } catch (TemporaryFault takenOver) {
                return false;
            }
        };

        List<Future<Boolean>> all;
        try (var threads = Executors.newFixedThreadPool(4)) {
            all = threads.invokeAll(Collections.nCopies(8, planning));
        }

        assertThat(all).allSatisfy(each -> assertThat(each.state()).isEqualTo(Future.State.SUCCESS))
                .anySatisfy(each -> assertThat(each.resultNow()).isTrue());
        assertThat(on.rows(run)).hasSize(400).extracting(LedgerRow::address).doesNotHaveDuplicates();
        assertThat(on.rows(run)).extracting(row -> row.row().n())
                .containsExactlyInAnyOrderElementsOf(IntStream.rangeClosed(1, 400).boxed().toList());
        assertThat(on.counts.of(run)).isEqualTo(on.counted(run));
        assertThat(on.claims.waiting(run)).containsExactly(new Claims.Waiting(1, 300, 0),
                new Claims.Waiting(2, 100, 0));
    }

    @Test
    void plansOnlyThoseWhomEarlierRunsDidNotReach() {
        long list = on.people("l", "a.example", 0, 6);
        RunId first = on.run();
        on.planner.plan(on.order(first, list, Map.of(), List.of()));
        set(first, 0, "accepted", "");
        set(first, 1, "failed", "");
        set(first, 2, "bounced", "soft 5.2.2");
        set(first, 3, "bounced", "hard 5.1.1");
        set(first, 4, "complained", "");
        set(first, 5, "expired", "");
        RunId resend = on.run();

        on.planner.plan(on.order(resend, new PlanOrder.Who(new PlanOrder.NotReached(asked(first)), List.of(),
                null, List.of("global")), Map.of()));

        assertThat(on.rows(resend)).extracting(LedgerRow::address).containsExactlyInAnyOrder("p1@a.example",
                "p2@a.example", "p5@a.example");
    }

    @Test
    void skipsThoseWhoHaveARowInEarlierRunsUnlessItWasCancelled() {
        long list = on.people("l", "a.example", 0, 3);
        RunId first = on.run();
        on.planner.plan(on.order(first, list, Map.of(), List.of()));
        set(first, 0, "accepted", "");
        set(first, 1, "cancelled", "");
        set(first, 2, "bounced", "hard");
        on.people("l", "a.example", 3, 4);
        RunId next = on.run();

        on.planner.plan(on.order(next, new PlanOrder.Who(new PlanOrder.OfList(list), List.of(), asked(first),
                List.of("global")), Map.of()));

        assertThat(on.rows(next)).extracting(LedgerRow::address).containsExactlyInAnyOrder("p1@a.example",
                "p3@a.example");
    }

    private static PlanOrder.CampaignRuns asked(RunId run) {
        return new PlanOrder.CampaignRuns(LedgerFixture.CAMPAIGN, List.of(run));
    }

    private void set(RunId run, int person, String state, String reason) {
        on.jdbc.sql("update delivery set state = :s, reason = :r where run_id = :run and address = :a")
                .param("s", state).param("r", reason)
                .param("run", run.value()).param("a", "p" + person + "@a.example").update();
    }
}
