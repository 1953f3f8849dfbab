package io.caravan.delivery;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.support.TransactionTemplate;

import io.caravan.delivery.PlanNumbers.Place;
import io.caravan.delivery.PlanOrder.Who;
import io.caravan.delivery.PlanReading.Person;
import io.caravan.delivery.PlanSlice.Numbered;
import io.caravan.mail.RowState;
import io.caravan.mail.RunId;
import io.caravan.mail.RunState;
import io.caravan.mail.TemporaryFault;

/**
 * Plans a run: a row per recipient, numbered so that the rows of a lane are neighbours, and one stretch per lane.
 *
 * <p>One pass over the audience, in slices of 10,000 people so that no transaction is long; while one is written the next is read. The
 * numbers of each lane are set aside before ({@link PlanNumbers}), so each row is written once, in its place, and both keys of the ledger
 * grow at their ends. A crash leaves a plan that is simply gone on with; planning twice is harmless, at the same time too: whoever begins later takes over as if the other had crashed,
 * and the other stops at its next slice. So does whoever plans a run that is cancelled or refused meanwhile: a slice holds the run's row, so no
 * row is written after that, when the next run's plan may already ask who has one in this run.
 */
@Repository
public class Planner {

    private static final int SLICE = 10_000;
    private static final long TAKEN_BACK = -1;
    private static final Set<RunState> OVER = Set.of(RunState.CANCELLED, RunState.REFUSED);

    /** It is planned no more. */
    private static final class RunOver extends TemporaryFault {

        private static final long serialVersionUID = 1;

        RunOver(long run, RunState state) {
            super("run " + run + " became " + state.word() + " while it was planned: its plan ends here");
        }
    }

    private final JdbcTemplate template;
    private final JdbcClient jdbc;
    private final TransactionTemplate transaction;

    public Planner(JdbcTemplate template, TransactionTemplate transaction) {
        this.template = template;
        jdbc = JdbcClient.create(template);
        this.transaction = transaction;
    }

    /** How many people who are to be mailed each domain has: what lanes are decided from. Reads the audience once. */
    public Map<String, Long> domains(Who who) {
        Map<String, Long> counts = new TreeMap<>();
        AudienceSql.bind(jdbc.sql("select c.domain, count(*) from (" + AudienceSql.everybody(who)
                + ") a join contact c on c.id = a.contact_id where " + AudienceSql.reason(who)
                + " = '' group by c.domain"), who, 0, Long.MAX_VALUE)
                .query((rs, _) -> counts.put(rs.getString(1), rs.getLong(2))).list();
        return counts;
    }

    /**
     * Plans the run, or goes on where a crash left it.
     *
     * @throws TemporaryFault if somebody else began to plan the same run meanwhile; if the run is cancelled or refused: what is planned of
     *                        it is in stretches then; or if more people joined than numbers were set aside for: then what was planned is
     *                        taken back, and the next call, with domains counted anew, plans it
     */
    public void plan(PlanOrder order) {
        Turn turn = new Turn(order.run().value(), OVER);
        try {
            plan(order, turn);
        } catch (RunOver over) {
            end(order.run());
            turn.over();
            throw over;
        }
    }

    private void plan(PlanOrder order, Turn turn) {
        PlanNumbers numbers = new PlanNumbers(jdbc, order.run().value());
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

    /**
     * Of a run that is over, and so is planned no more: what is planned of it gets its stretches, by which it can be cancelled. Who is
     * planning it still stops at its next slice.
     *
     * @throws TemporaryFault if somebody else does the same
     */
    public void end(RunId run) {
        PlanNumbers numbers = new PlanNumbers(jdbc, run.value());
        if (numbers.exist()) {
            Turn turn = new Turn(run.value(), Set.of());
            if (turn.isTakenBack()) {
                takeBack(turn, numbers);
            } else {
                turn.slice(_ -> numbers.exist() && stretch(numbers));
            }
            turn.over();
        }
    }

    /** What the row of {@code planning} says: up to which contact all are planned, and how often the audience outgrew its numbers. */
    private record Taken(String planner, long after, int tries) {
    }

    /** A plan as it stands when a turn begins, perhaps by another: its lanes stay what they were. */
    private record Begun(long after, Map<Integer, Place> places, PlanSlice slice) {
    }

    /** One attempt to plan a run. Each of its slices locks the run, as claims do, and the row that says that it is still its own. */
    private final class Turn {

        private final long run;
        private final Set<RunState> not;
        private final String planner = UUID.randomUUID().toString();

        /** @param not states of the run in which it does nothing */
        Turn(long run, Set<RunState> not) {
            this.run = run;
            this.not = not;
            jdbc.sql("insert into planning (run_id, planner) values (:run, :planner)"
                    + " on duplicate key update planner = value(planner)").param("run", run).param("planner", planner)
                    .update();
        }

        boolean isTakenBack() {
            return slice(Taken::after) == TAKEN_BACK;
        }

        <T> T slice(Function<Taken, T> work) {
            return transaction.execute(_ -> {
                jdbc.sql("select state from run where id = :run lock in share mode").param("run", run)
                        .query(String.class).optional().map(RunState::of).filter(not::contains).ifPresent(state -> {
                            throw new RunOver(run, state);
                        });
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
        Begun begun = turn.slice(taken -> new Begun(taken.after(), numbers.places(),
                new PlanSlice(numbers.lanes(), numbers.tail())));
        Map<Integer, Place> places = begun.places();
        try (PlanReading reading = new PlanReading(jdbc, order.who(), begun.after(), SLICE)) {
            for (List<Person> people = reading.next(); !people.isEmpty(); people = reading.next()) {
                List<Numbered> rows = begun.slice().number(people, places);
                long last = PlanReading.last(people);
                turn.slice(_ -> {
                    insert(order.run().value(), rows);
                    numbers.used(places.values());
                    turn.reached(last);
                    return true;
                });
            }
        } catch (PlanNumbers.Outgrown outgrown) {
            turn.slice(_ -> {
                turn.reached(TAKEN_BACK);
                return true;
            });
            takeBack(turn, numbers);
            throw new TemporaryFault("the audience of run " + order.run()
                    + " grew while it was planned: it is planned anew", outgrown);
        }
    }

    /** A batch of a plain INSERT goes by the server's bulk protocol, half the cost of one long statement. */
    private void insert(long run, List<Numbered> rows) {
        template.batchUpdate("insert into delivery (run_id, n, contact_id, contact_version, address, domain, lane_id,"
                + " state, reason) values (?, ?, ?, ?, ?, ?, ?, ?, ?)", rows.stream().map(row -> {
                    Person person = row.person();
                    return new Object[]{run, row.n(), person.contact(), person.version(), person.address(),
                            person.domain(), row.lane(), state(person).word(), person.reason()};
                }).toList());
        Map<RowState, Long> counts = new EnumMap<>(RowState.class);
        rows.forEach(row -> counts.merge(state(row.person()), 1L, Long::sum));
        RunCounts.add(jdbc, run, counts);
    }

    private static RowState state(Person person) {
        return person.reason().isEmpty() ? RowState.PENDING : RowState.SUPPRESSED;
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
