package io.caravan.delivery;

import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

import io.caravan.mail.CampaignId;

/**
 * Who was in runs whose rows are gone: a number for each person of a campaign, which is all that {@code start --new}, a re-send and an
 * exclusion of the campaign ask of such runs. Of several runs the lowest number stays; it answers the same as their rows did together.
 */
@Repository
public class PastRecipients {

    /** Had the mail: accepted, complained. */
    static final int REACHED = 1;
    /** Suppressed, or bounced hard: no re-send tries again. */
    static final int NEVER = 2;
    /** Failed, expired, bounced soft or by policy: a re-send tries again. */
    static final int NOT_REACHED = 3;
    /** Bounced in a way that is none of these: has had a run, and no more is said. */
    static final int OTHERWISE = 4;

    private static final String OUTCOME = """
            case when d.state in ('failed', 'expired') or d.state = 'bounced' and (d.reason like 'soft%%' or d.reason like 'policy%%') then %d
                 when d.state = 'suppressed' or d.state = 'bounced' and d.reason like 'hard%%' then %d
                 when d.state = 'bounced' then %d else %d end""".formatted(NOT_REACHED, NEVER, OTHERWISE, REACHED);
    private static final String SLICE = "delivery d force index (delivery_recipient)"
            + " where d.run_id = :run and d.contact_id > :after and d.contact_id <= :last";

    private final JdbcClient jdbc;

    public PastRecipients(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** How many people are kept. */
    public long people(CampaignId campaign) {
        return counted(campaign, "1, 2, 3, 4");
    }

    /** How many of them no such run reached, nor gave up for good. */
    public long notReached(CampaignId campaign) {
        return counted(campaign, String.valueOf(NOT_REACHED));
    }

    private long counted(CampaignId campaign, String outcomes) {
        return jdbc.sql("select coalesce(sum(n), 0) from past_count where campaign_id = :campaign and outcome in ("
                + outcomes + ")").param("campaign", campaign.value()).query(Long.class).single();
    }

    /** A scalar expression: the person's number, null if none is kept. By its key; an EXISTS may be answered by reading the whole campaign first. */
    static String of(CampaignId campaign, String contact) {
        return "(select p.outcome from past_recipient p where p.campaign_id = " + campaign + " and p.contact_id = "
                + contact + ")";
    }

    /** Whoever else would keep people of the campaign waits for the end of the caller's transaction. */
    static void lock(JdbcClient jdbc, CampaignId campaign) {
        jdbc.sql(
                "insert into past_count (campaign_id, outcome, n) values (:c, 1, 0), (:c, 2, 0), (:c, 3, 0), (:c, 4, 0)"
                        + " on duplicate key update n = n")
                .param("c", campaign.value()).update();
    }

    /** A slice of a run's rows in the order of their contacts. */
    record Slice(CampaignId campaign, long run, long after, long last) {
    }

    /** Keeps what the slice's rows say, but for cancelled ones, which ask for nothing; in the caller's transaction, which holds {@link #lock}. */
    static void keep(JdbcClient jdbc, Slice slice) {
        Map<Integer, Long> change = known(jdbc, slice);
        change.replaceAll((_, n) -> -n);
        bind(jdbc.sql(
                "insert into past_recipient (campaign_id, contact_id, outcome) select :campaign, d.contact_id, min("
                        + OUTCOME + ") from " + SLICE + " and d.state <> 'cancelled' group by d.contact_id"
                        + " on duplicate key update outcome = least(past_recipient.outcome, value(outcome))"),
                slice).update();
        known(jdbc, slice).forEach((outcome, n) -> change.merge(outcome, n, Long::sum));
        if (!change.isEmpty()) {
            jdbc.sql("insert into past_count (campaign_id, outcome, n) values " + change.entrySet().stream()
                    .map(entry -> "(%s,%d,%d)".formatted(slice.campaign, entry.getKey(), entry.getValue()))
                    .collect(Collectors.joining(",")) + " on duplicate key update n = n + value(n)").update();
        }
    }

    /** How many of the slice's people are kept, by outcome. */
    private static Map<Integer, Long> known(JdbcClient jdbc, Slice slice) {
        Map<Integer, Long> known = new TreeMap<>();
        bind(jdbc.sql("select p.outcome, count(*) from (select distinct d.contact_id from " + SLICE + ") s"
                + " straight_join past_recipient p on p.campaign_id = :campaign and p.contact_id = s.contact_id"
                + " group by p.outcome"), slice).query(rs -> {
                    known.put(rs.getInt(1), rs.getLong(2));
                });
        return known;
    }

    /** @return how many rows went */
    static int remove(JdbcClient jdbc, Slice slice) {
        return bind(jdbc.sql("delete d from " + SLICE), slice).update();
    }

    private static JdbcClient.StatementSpec bind(JdbcClient.StatementSpec statement, Slice slice) {
        return statement.param("campaign", slice.campaign.value()).param("run", slice.run).param("after", slice.after)
                .param("last", slice.last);
    }
}
