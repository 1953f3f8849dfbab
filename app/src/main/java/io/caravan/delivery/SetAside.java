package io.caravan.delivery;

import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

import org.springframework.jdbc.core.simple.JdbcClient;

import io.caravan.mail.RowId;
import io.caravan.mail.RowState;

/** Where rows are noted that ended otherwise than by an attempt, so that they are found without an index on the state. */
final class SetAside {

    private static final Set<RowState> NOTED = Set.of(RowState.BOUNCED, RowState.COMPLAINED, RowState.EXPIRED,
            RowState.SUPPRESSED, RowState.FAILED);

    private SetAside() {
    }

    /** Those of the outcomes that were no attempt, in the caller's transaction. */
    static void settled(JdbcClient jdbc, Collection<Outcome> outcomes) {
        note(jdbc, outcomes.stream().filter(outcome -> !outcome.isAttempt()).map(
                outcome -> "(%d,'%s',%d)".formatted(outcome.row().run(), outcome.state().word(), outcome.row().n()))
                .toList());
    }

    /** A person's decision, or a late report. What stood there of an earlier state is harmless: rows are read with their state. */
    static void moved(JdbcClient jdbc, RowId row, RowState to) {
        if (NOTED.contains(to)) {
            note(jdbc, List.of("(%d,'%s',%d)".formatted(row.run(), to.word(), row.n())));
        }
    }

    private static void note(JdbcClient jdbc, List<String> values) {
        if (!values.isEmpty()) {
            jdbc.sql("insert ignore into set_aside (run_id, state, n) values "
                    + values.stream().sorted().collect(Collectors.joining(","))).update();
        }
    }
}
