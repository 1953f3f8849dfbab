package io.caravan.delivery;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Supplier;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.core.simple.JdbcClient.StatementSpec;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.support.TransactionTemplate;

import io.caravan.delivery.PlanOrder.Exclusion;
import io.caravan.mail.RowState;
import io.caravan.mail.RunId;
import io.caravan.mail.TemporaryFault;

/**
 * Plans a run: a row per recipient, numbered so that the rows of a lane are neighbours, and one stretch per lane.
 *
 * <p>Two passes in slices of 10,000, so that no transaction is long: the audience goes to {@code plan_row}, whose key is the order of the
 * numbers; then its slices become ledger rows. A crash leaves a plan that is simply gone on with; planning twice is harmless,
 * at the same time too: whoever begins later takes over as if the other had crashed, and the other stops at its next slice.
 */
@Repository
public class Planner {

    private static final int SLICE = 10_000;
    private static final int FINAL_RANK = Integer.MAX_VALUE; // the suppressed and the excluded come last and have no stretch

    private final JdbcClient jdbc;
    private final TransactionTemplate transaction;

    public Planner(JdbcClient jdbc, TransactionTemplate transaction) {
        this.jdbc = jdbc;
        this.transaction = transaction;
    }

    /** How many people of the audience each domain has: what lanes are decided from. Reads the audience once. */
    public Map<String, Long> domains(PlanOrder.Audience audience, List<RunId> skip) {
        Map<String, Long> counts = new TreeMap<>();
        jdbc.sql("select c.domain, count(*) from (" + AudienceSql.contacts(audience, skip) + ") a"
                + " join contact c on c.id = a.contact_id group by c.domain").param("after", 0L)
                .param("slice", Long.MAX_VALUE)
                .query((rs, _) -> counts.put(rs.getString(1), rs.getLong(2))).list();
        return counts;
    }

    /**
     * Plans the run, or goes on where a crash left it.
     *
     * @throws TemporaryFault if somebody else began to plan the same run meanwhile
     */
    public void plan(PlanOrder order) {
        long run = order.run().value();
        Turn turn = new Turn(run);
        long counted = counted(run);
        if (counted == 0) {
            gather(turn, order);
        }
        if (counted == 0 || isUnfinished(run)) {
            number(turn, run);
            stretch(turn, run);
        }
        while (turn.slice(() -> jdbc.sql("delete from plan_row where run_id = :run limit " + SLICE).param("run", run)
                .update()) > 0) {
            // in slices
        }
        turn.over();
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

        <T> T slice(Supplier<T> work) {
            return transaction.execute(_ -> {
                String now = jdbc.sql("select planner from planning where run_id = :run for update").param("run", run)
                        .query(String.class).optional().orElse("");
                if (!now.equals(planner)) {
                    throw new TemporaryFault("run " + run + " is being planned by another node: this one leaves it");
                }
                return work.get();
            });
        }

        void over() {
            jdbc.sql("delete from planning where run_id = :run and planner = :planner").param("run", run)
                    .param("planner", planner).update();
        }
    }

    /** The lanes of a plan go in the transaction that makes its stretches: while they stand, it is not done. */
    private boolean isUnfinished(long run) {
        return jdbc.sql("select count(*) from plan_lane where run_id = :run").param("run", run).query(Long.class)
                .single() > 0;
    }

    private void gather(Turn turn, PlanOrder order) {
        long run = order.run().value();
        turn.slice(() -> {
            jdbc.sql("delete from plan_row where run_id = :run").param("run", run).update();
            jdbc.sql("delete from plan_lane where run_id = :run").param("run", run).update();
            return rank(order);
        });
        long after = 0;
        while (after >= 0) {
            long from = after;
            after = turn.slice(() -> gatherSlice(order, from));
        }
    }

    /** How many lanes there are. */
    private int rank(PlanOrder order) {
        List<Object[]> rows = new ArrayList<>();
        Map<Integer, Integer> ranks = new HashMap<>();
        for (Map.Entry<String, Integer> lane : new TreeMap<>(order.lanes()).entrySet()) {
            int own = ranks.computeIfAbsent(lane.getValue(), _ -> ranks.size() + 1);
            rows.add(new Object[]{lane.getKey(), own, lane.getValue()});
        }
        int rank = ranks.size();
        rows.add(new Object[]{"*", ++rank, order.tailLane()});
        for (int from = 0; from < rows.size(); from += 1000) {
            List<Object[]> some = rows.subList(from, Math.min(from + 1000, rows.size()));
            StatementSpec insert = jdbc.sql("insert into plan_lane (run_id, domain, rank, lane_id) values "
                    + String.join(",", some.stream().map(_ -> "(" + order.run() + ",?,?,?)").toList()));
            int position = 0;
            for (Object[] row : some) {
                for (Object value : row) {
                    insert = insert.param(++position, value);
                }
            }
            insert.update();
        }
        return rank;
    }

    /** One slice of the audience into the plan. Returns the last contact id of the slice, or -1 when there was none. */
    private long gatherSlice(PlanOrder order, long after) {
        String contacts = AudienceSql.contacts(order.audience(), order.skip());
        Long last = jdbc.sql("select max(contact_id) from (" + contacts + ") a").param("after", after)
                .param("slice", SLICE)
                .query((rs, _) -> rs.getObject(1) == null ? -1L : rs.getLong(1)).single();
        if (last < 0) {
            return -1;
        }
        StatementSpec insert = jdbc
                .sql("""
                insert into plan_row (run_id, rank, spread, lane_id, contact_id, contact_version, address, domain, reason)
                select :run, if(p.reason = '', coalesce(l.rank, t.rank), :final), crc32(p.address),
                       if(p.reason = '', coalesce(l.lane_id, t.lane_id), t.lane_id), p.id, p.version, p.address, p.domain, p.reason
                from (select c.id, c.version, c.written as address, c.domain, %s as reason
                      from (%s) a join contact c on c.id = a.contact_id) p
                join plan_lane t on t.run_id = :run and t.domain = '*'
                left join plan_lane l on l.run_id = :run and l.domain = p.domain"""
                        .formatted(AudienceSql.reason(order.exclude()), contacts))
                .param("run", order.run().value()).param("final", FINAL_RANK).param("after", after)
                .param("slice", SLICE)
                .param("scopes", order.scopes());
        int i = 0;
        for (Exclusion exclusion : order.exclude()) {
            insert = insert.param("label" + i++, exclusion.label());
        }
        insert.update();
        return last;
    }

    private record Part(int fromRank, int toRank, long fromSpread, long toSpread) {
    }

    /** The plan in slices whose order is the order of the numbers; the same list each time, so that a crash can go on. */
    private List<Part> parts(long run) {
        List<Part> parts = new ArrayList<>();
        int open = -1; // small neighbouring lanes share a slice
        long inOpen = 0;
        int lastRank = -1;
        for (Map.Entry<Integer, Long> rank : ranks(run).entrySet()) {
            boolean alone = rank.getValue() > SLICE || rank.getKey() == FINAL_RANK;
            if (open >= 0 && (alone || inOpen + rank.getValue() > SLICE)) {
                parts.add(new Part(open, lastRank, 0, 1L << 32));
                open = -1;
                inOpen = 0;
            }
            if (alone) {
                long slices = (rank.getValue() + SLICE - 1) / SLICE;
                for (long i = 0; i < slices; i++) {
                    parts.add(new Part(rank.getKey(), rank.getKey(), (i << 32) / slices, ((i + 1) << 32) / slices));
                }
            } else {
                open = open < 0 ? rank.getKey() : open;
                inOpen += rank.getValue();
                lastRank = rank.getKey();
            }
        }
        if (open >= 0) {
            parts.add(new Part(open, lastRank, 0, 1L << 32));
        }
        return parts;
    }

    private Map<Integer, Long> ranks(long run) {
        Map<Integer, Long> counts = new TreeMap<>();
        jdbc.sql("select rank, count(*) from plan_row where run_id = :run group by rank").param("run", run)
                .query((rs, _) -> counts.put(rs.getInt(1), rs.getLong(2))).list();
        return counts;
    }

    private void number(Turn turn, long run) {
        long done = counted(run); // rows and counts are written together, so the counts say how far a crash let us come
        long passed = 0;
        long planned = 0;
        for (Part part : parts(run)) {
            if (planned + passed < done) {
                passed += size(run, part);
                continue;
            }
            long from = passed + planned;
            planned += turn.slice(() -> numberPart(run, part, from));
        }
    }

    private static final String OF_PART = " p.run_id = :run and p.rank between :fromRank and :toRank"
            + " and p.spread >= :fromSpread and p.spread < :toSpread ";

    private long size(long run, Part part) {
        return in(part, run, jdbc.sql("select count(*) from plan_row p where" + OF_PART)).query(Long.class).single();
    }

    private long numberPart(long run, Part part, long from) {
        RowState state = part.fromRank() == FINAL_RANK ? RowState.SUPPRESSED : RowState.PENDING;
        long rows = in(part, run, jdbc.sql("""
                insert into delivery (run_id, n, contact_id, contact_version, address, domain, lane_id, state, reason)
                select p.run_id, :from + row_number() over (order by p.rank, p.spread, p.contact_id), p.contact_id, p.contact_version,
                       p.address, p.domain, p.lane_id, :state, p.reason
                from plan_row p where""" + OF_PART)).param("from", from).param("state", state.word()).update();
        RunCounts.add(jdbc, run, Map.of(state, rows));
        return rows;
    }

    private static StatementSpec in(Part part, long run, StatementSpec statement) {
        return statement.param("run", run).param("fromRank", part.fromRank()).param("toRank", part.toRank())
                .param("fromSpread", part.fromSpread()).param("toSpread", part.toSpread());
    }

    /** One stretch per lane, all at once: a run without stretches is not yet claimable, one with them is wholly planned. */
    private void stretch(Turn turn, long run) {
        turn.slice(() -> {
            long from = 1;
            for (Map.Entry<Integer, Long> rank : ranks(run).entrySet()) {
                long to = from + rank.getValue() - 1;
                if (rank.getKey() != FINAL_RANK) {
                    jdbc.sql("insert into stretch (run_id, lane_id, next_n, to_n)"
                            + " select distinct :run, lane_id, :from, :to from plan_lane where run_id = :run and rank = :rank")
                            .param("run", run).param("from", from).param("to", to).param("rank", rank.getKey())
                            .update();
                }
                from = to + 1;
            }
            RunLanes.planned(jdbc, run);
            return jdbc.sql("delete from plan_lane where run_id = :run").param("run", run).update();
        });
    }

    private long counted(long run) {
        return jdbc.sql("select coalesce(sum(n), 0) from run_count where run_id = :run").param("run", run)
                .query(Long.class).single();
    }
}
