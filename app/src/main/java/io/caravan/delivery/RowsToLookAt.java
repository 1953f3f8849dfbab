package io.caravan.delivery;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

import io.caravan.mail.RowState;
import io.caravan.mail.RunId;

/** Which rows of a run are worth reading for a state, so many at a time, in the order of their numbers. */
final class RowsToLookAt {

    /** Neighbouring numbers. */
    record Span(int from, int to) {
    }

    /**
     * @param to   all numbers up to here are dealt with
     * @param more whether some after it may be worth reading
     */
    record Found(List<Span> spans, int to, boolean more) {
    }

    /** Each range reads one row beyond its end. */
    private static final int MOST_RANGES = 45;
    private static final String SINGLE = "select n, n from ";

    private final JdbcClient jdbc;
    private final RunLanes lanes;

    RowsToLookAt(JdbcClient jdbc) {
        this.jdbc = jdbc;
        lanes = new RunLanes(jdbc);
    }

    /** @param most how many rows the spans hold together */
    Found of(RunId run, @Nullable RowState state, @Nullable Integer lane, int after, int most) {
        Span within = lane == null
                ? new Span(1, Integer.MAX_VALUE)
                : lanes.of(run, lane).map(of -> new Span(of.fromN(), of.toN())).orElse(new Span(1, 0));
        int from = Math.max(after, within.from() - 1);
        List<Span> all = new ArrayList<>();
        int horizon = within.to();
        for (List<Span> source : sources(run, state, from, most)) {
            all.addAll(source);
            if (source.size() == most) {
                horizon = Math.min(horizon, source.getLast().to());
            }
        }
        return cut(all, from, horizon, within.to(), last(run), most);
    }

    private List<List<Span>> sources(RunId run, @Nullable RowState state, int after, int most) {
        return switch (state) {
            case null -> everyRow(after);
            case ACCEPTED, CANCELLED -> everyRow(after);
            case PENDING -> lanes.lastOfLanes(run).isEmpty()
                    ? everyRow(after)
                    : List.of(spans("select next_n, to_n from stretch where run_id = :run and to_n > :after"
                            + " order by next_n limit :most", run, after, most, ""));
            case SENDING -> List.of(spans("""
                    select r.from_n, r.to_n from batch b straight_join batch_range r on r.batch_id = b.id
                    where b.run_id = :run and b.state = 'open' and r.to_n > :after order by r.from_n limit :most""",
                    run, after, most, ""),
                    spans(SINGLE + "retry where run_id = :run and n > :after and batch_id is not null"
                            + " order by n limit :most", run, after, most, ""));
            case DEFERRED -> List.of(spans(SINGLE + "retry where run_id = :run and n > :after and batch_id is null"
                    + " order by n limit :most", run, after, most, ""));
            case BOUNCED, EXPIRED, IN_DOUBT -> List.of(
                    spans("select distinct n, n from attempt where run_id = :run and outcome = :state and n > :after"
                            + " order by n limit :most", run, after, most, state.word()),
                    setAside(run, state, after, most));
            case SUPPRESSED -> List.of(setAside(run, state, after, most),
                    List.of(new Span(Math.max(after, lanes.lastOfLanes(run).orElse(0)) + 1, Integer.MAX_VALUE)));
            case COMPLAINED, FAILED -> List.of(setAside(run, state, after, most));
        };
    }

    private static List<List<Span>> everyRow(int after) {
        return List.of(List.of(new Span(after + 1, Integer.MAX_VALUE)));
    }

    private List<Span> setAside(RunId run, RowState state, int after, int most) {
        return spans(SINGLE + "set_aside where run_id = :run and state = :state and n > :after order by n limit :most",
                run, after, most, state.word());
    }

    private List<Span> spans(String sql, RunId run, int after, int most, String state) {
        JdbcClient.StatementSpec asked = jdbc.sql(sql).param("run", run.value()).param("after", after)
                .param("most", most);
        return (state.isEmpty() ? asked : asked.param("state", state))
                .query((rs, _) -> new Span(rs.getInt(1), rs.getInt(2))).list();
    }

    /** The last number of the run: one read at the end of its key. */
    private int last(RunId run) {
        return jdbc.sql("select coalesce(max(n), 0) from delivery where run_id = :run").param("run", run.value())
                .query(Integer.class).single();
    }

    private static Found cut(List<Span> all, int after, int horizon, int within, int last, int most) {
        int end = Math.min(last, horizon);
        List<Span> taken = new ArrayList<>();
        int dealt = after;
        int left = most;
        int ranges = 0;
        all.sort(Comparator.comparingInt(Span::from));
        for (Span span : all) {
            int from = Math.max(span.from(), dealt + 1);
            int to = Math.min(span.to(), end);
            if (from > to) {
                continue;
            }
            if (left == 0 || ranges == MOST_RANGES) {
                return new Found(taken, dealt, true);
            }
            int until = (int) Math.min(to, (long) from + left - 1);
            taken.add(new Span(from, until));
            left -= until - from + 1;
            ranges += until > from ? 1 : 0;
            dealt = until;
            if (until < to) {
                return new Found(taken, dealt, true);
            }
        }
        return new Found(taken, Math.max(after, end), end < Math.min(last, within));
    }
}
