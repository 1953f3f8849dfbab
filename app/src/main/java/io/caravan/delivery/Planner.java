package io.caravan.delivery;

import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;

import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.support.TransactionTemplate;

import io.caravan.delivery.PlanOrder.Who;
import io.caravan.mail.RowState;
import io.caravan.mail.TemporaryFault;

/**
 * Plans a run: a row per recipient, numbered so that the rows of a lane are neighbours, and one stretch per lane.
 *
 * <p>One pass over the audience, in slices of 10,000 people so that no transaction is long. The numbers of each lane are set aside before
 * ({@link PlanNumbers}), so each row is written once, in its place, and both keys of the ledger grow at their ends. A crash leaves a plan that
 * is simply gone on with; planning twice is harmless, at the same time too: whoever begins later takes over as if the other had crashed,
 * and the other stops at its next slice.
 */
@Repository
public class Planner {

    private static final int SLICE = 10_000;
    private static final long TAKEN_BACK = -1;

    private final JdbcClient jdbc;
    private final TransactionTemplate transaction;

    public Planner(JdbcClient jdbc, TransactionTemplate transaction) {
        this.jdbc = jdbc;
        this.transaction = transaction;
    }

    /** How many people who are to be mailed each domain has: what lanes are decided from. Reads the audience once. */
    public Map<String, Long> domains(Who who) {
        Map<String, Long> counts = new TreeMap<>();
        AudienceSql.bind(jdbc.sql("select c.domain, count(*) from (" + AudienceSql.contacts(who)
                + ") a join contact c on c.id = a.contact_id where " + AudienceSql.reason(who)
                + " = '' group by c.domain"), who, 0, Long.MAX_VALUE)
                .query((rs, _) -> counts.put(rs.getString(1), rs.getLong(2))).list();
        return counts;
    }

    /**
     * Plans the run, or goes on where a crash left it.
     *
     * @throws TemporaryFault if somebody else began to plan the same run meanwhile, or if more people joined than numbers were set aside
     *                        for: then what was planned is taken back, and the next call, with domains counted anew, plans it
     */
    public void plan(PlanOrder order) {
        PlanNumbers numbers = new PlanNumbers(jdbc, order.run().value());
        Turn turn = new Turn(order.run().value());
        if (turn.isTakenBack()) {
            takeBack(turn, numbers);
        }
        if (!numbers.exist() && counted(order.run().value()) == 0) {
            turn.slice(taken -> numbers.setAside(order, taken.tries()));
        }
        if (numbers.exist()) {
            write(turn, order, numbers);
            turn.slice(_ -> stretch(numbers));
        }
        turn.over();
    }

    /** What the row of {@code planning} says: up to which contact all are planned, and how often the audience outgrew its numbers. */
    private record Taken(String planner, long after, int tries) {
    }

    /** One attempt to plan a run. Each of its slices locks the row that says that the run is still its own. */
    private final class Turn {

        private final long run;
        private final String planner = UUID.randomUUID().toString();

        Turn(long run) {
            this.run = run;
            jdbc.sql("insert into planning (run_id, planner) values (:run, :planner)"
                    + " on duplicate key update planner = value(planner)").param("run", run).param("planner", planner)
                    .update();
        }

        boolean isTakenBack() {
            return slice(Taken::after) == TAKEN_BACK;
        }

        <T> T slice(Function<Taken, T> work) {
            return transaction.execute(_ -> {
                Taken now = jdbc
                        .sql("select planner, after_contact, tries from planning where run_id = :run for update")
                        .param("run", run)
                        .query((rs, _) -> new Taken(rs.getString(1), rs.getLong(2), rs.getInt(3))).optional()
                        .orElse(new Taken("", 0, 0));
                if (!now.planner().equals(planner)) {
                    throw new TemporaryFault("run " + run + " is being planned by another node: this one leaves it");
                }
                return work.apply(now);
            });
        }

        void reached(long contact) {
            jdbc.sql("update planning set after_contact = :contact where run_id = :run").param("contact", contact)
                    .param("run", run).update();
        }

        void over() {
            jdbc.sql("delete from planning where run_id = :run and planner = :planner").param("run", run)
                    .param("planner", planner).update();
        }
    }

    private void write(Turn turn, PlanOrder order, PlanNumbers numbers) {
        try {
            while (turn.slice(taken -> writeSlice(turn, order, numbers, taken.after()))) {
                // the next slice
            }
        } catch (PlanNumbers.Outgrown | DuplicateKeyException outgrown) { // beyond its last number a lane meets the next one's first
            turn.slice(_ -> {
                turn.reached(TAKEN_BACK);
                return true;
            });
            takeBack(turn, numbers);
            throw new TemporaryFault("the audience of run " + order.run()
                    + " grew while it was planned: it is planned anew", outgrown);
        }
    }

    /** The rows of the next 10,000 people. False: there were none left. */
    private boolean writeSlice(Turn turn, PlanOrder order, PlanNumbers numbers, long after) {
        Who who = order.who();
        String contacts = AudienceSql.contacts(who);
        Long last = AudienceSql.bind(jdbc.sql("select max(contact_id) from (" + contacts + ") a"), who, after, SLICE)
                .query((rs, _) -> rs.getObject(1) == null ? -1L : rs.getLong(1)).single();
        if (last < 0) {
            return false;
        }
        Map<Integer, Integer> lastOfLanes = new TreeMap<>();
        Map<RowState, Long> counts = new EnumMap<>(RowState.class);
        // in the tail neighbours are strangers, so that no batch is full of one small domain. The numbering sees narrow rows, and the limit keeps
        // the server from asking for each person's reason again wherever it is named: together they halve the cost of the statement
        AudienceSql.bind(jdbc.sql("""
                insert into delivery (run_id, n, contact_id, contact_version, address, domain, lane_id, state, reason)
                select s.run_id, s.next_n - 1 + w.k, c.id, c.version, c.written, c.domain, w.lane_id,
                       if(w.final, 'suppressed', 'pending'), if(w.final, %1$s, '')
                from (select p.id, p.lane_id, p.final, if(p.final, 0, p.lane_id) place,
                             row_number() over (partition by if(p.final, 0, p.lane_id) order by p.spread, p.id) k
                      from (select c.id, coalesce(l.lane_id, :tail) lane_id, if(l.lane_id is null, crc32(c.address), 0) spread,
                                   %1$s <> '' final
                            from (%2$s) a join contact c on c.id = a.contact_id
                            left join plan_lane l on l.run_id = :run and l.domain = c.domain
                            limit 9223372036854775807) p) w
                straight_join plan_number s on s.run_id = :run and s.lane_id = w.place
                straight_join contact c on c.id = w.id
                returning n, lane_id, state""".formatted(AudienceSql.reason(who), contacts)), who, after, SLICE)
                .param("run", order.run().value()).param("tail", order.tailLane()).query(rs -> {
                    RowState state = RowState.of(rs.getString(3));
                    lastOfLanes.merge(state == RowState.PENDING ? rs.getInt(2) : PlanNumbers.FINAL, rs.getInt(1),
                            Math::max);
                    counts.merge(state, 1L, Long::sum);
                });
        numbers.used(lastOfLanes);
        RunCounts.add(jdbc, order.run().value(), counts);
        turn.reached(last);
        return true;
    }

    /** One stretch per lane, all at once: a run without stretches is not yet claimable, one with them is wholly planned. */
    private boolean stretch(PlanNumbers numbers) {
        numbers.becomeStretches();
        RunLanes.planned(jdbc, numbers.run());
        numbers.forget();
        return true;
    }

    private void takeBack(Turn turn, PlanNumbers numbers) {
        while (turn.slice(_ -> jdbc.sql("delete from delivery where run_id = :run limit " + SLICE)
                .param("run", numbers.run()).update()) > 0) {
            // in slices
        }
        turn.slice(_ -> {
            jdbc.sql("delete from run_count where run_id = :run").param("run", numbers.run()).update();
            numbers.forget();
            return jdbc.sql("update planning set after_contact = 0, tries = tries + 1 where run_id = :run")
                    .param("run", numbers.run()).update();
        });
    }

    private long counted(long run) {
        return jdbc.sql("select coalesce(sum(n), 0) from run_count where run_id = :run").param("run", run)
                .query(Long.class).single();
    }
}
