package io.caravan.delivery;

import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

import io.caravan.mail.RowState;
import io.caravan.mail.RunId;

/**
 * Some people of an audience or a run, and how many of them would be mailed: what a page reckons the rest from. Reads those people by
 * key and their rows of the named runs, nothing else.
 */
@Repository
public class AudienceSample {

    /**
     * @param looked people that were looked at
     * @param fit    of them, who would be mailed
     */
    public record Share(int looked, int fit) {
    }

    // scalar, with a limit: an EXISTS may be answered by reading the whole run into memory first
    private static final String ROW_OF_PERSON = "(select o.n from %s where %s limit 1) is null";
    private static final String REACHED = """
            (o.state in ('accepted', 'complained', 'pending', 'deferred', 'in_doubt', 'suppressed')
             or o.state = 'bounced' and o.reason like 'hard%'
             or o.run_id < m.run_id and o.state in ('failed', 'expired', 'bounced'))""";

    private final JdbcClient jdbc;

    public AudienceSample(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * Who has no row in any of the runs, or a cancelled one.
     *
     * @param after only contacts with a greater id
     * @param most  how many people are looked at
     */
    public Share fresh(PlanOrder.Audience audience, PlanOrder.CampaignRuns asked, long after, int most) {
        String fresh = ROW_OF_PERSON.formatted(AudienceSql.rows(asked.runs(), "a.contact_id"), "o.state <> 'cancelled'")
                + " and " + PastRecipients.of(asked.campaign(), "a.contact_id") + " is null";
        return jdbc.sql("select count(*), coalesce(sum(" + fresh + "), 0) from ("
                + AudienceSql.contacts(PlanOrder.Who.of(audience)) + ") a").param("after", after).param("slice", most)
                .query((rs, _) -> new Share(rs.getInt(1), rs.getInt(2))).single();
    }

    /**
     * The numbers of a run's rows that ended in a state, found by the tables that note them.
     *
     * @param state failed, expired or bounced
     * @param after only greater ones
     */
    public List<Integer> ended(RunId run, RowState state, int after, int most) {
        return jdbc.sql("""
                select n from ((select distinct n from attempt where run_id = :run and outcome = :state and n > :after
                                order by n limit :most)
                         union (select n from set_aside where run_id = :run and state = :state and n > :after
                                order by n limit :most)) noted order by n limit :most""").param("run", run.value())
                .param("state", state.word()).param("after", after).param("most", most).query(Integer.class).list();
    }

    /**
     * Of these rows, whose person was reached by none of the runs and did not bounce hard; each person counts in the first such run, and
     * here in none if a run whose rows are gone did not reach them either.
     */
    public Share notReached(RunId run, Collection<Integer> numbers, PlanOrder.CampaignRuns asked) {
        if (numbers.isEmpty()) {
            return new Share(0, 0);
        }
        String rows = numbers.stream().map(String::valueOf).collect(Collectors.joining(","));
        return jdbc.sql("select count(*), coalesce(sum((m.state in ('failed', 'expired') or m.state = 'bounced' and"
                + " (m.reason like 'soft%' or m.reason like 'policy%')) and "
                + ROW_OF_PERSON.formatted(AudienceSql.rows(asked.runs(), "m.contact_id"), REACHED) + " and coalesce("
                + PastRecipients.of(asked.campaign(), "m.contact_id") + ", 4) > " + PastRecipients.NOT_REACHED
                + "), 0) from delivery m where m.run_id = :run and m.n in (" + rows + ")").param("run", run.value())
                .query((rs, _) -> new Share(rs.getInt(1), rs.getInt(2))).single();
    }
}
