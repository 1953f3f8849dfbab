package io.caravan.delivery;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

import io.caravan.mail.CampaignId;
import io.caravan.mail.ContactId;
import io.caravan.mail.RowId;

/** What stands behind a single row: whose it is, what else was heard of it, and where else that person has one. */
@Repository
public class RowHistory {

    /**
     * What a row was planned with.
     *
     * @param version  of the contact's attributes
     * @param dated    the Date header of every attempt: when its first batch was claimed; null if none was
     * @param retryDue when a deferred row is tried again; null if it is not, or is being tried now
     */
    public record Planning(ContactId contact, int version, int lane, String domain, @Nullable Instant dated,
            @Nullable Instant retryDue) {
    }

    /** A result that came when nobody waited for it any more; it changed nothing. */
    public record Evidence(Instant at, String outcome, String host, String reply) {
    }

    private final JdbcClient jdbc;

    public RowHistory(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    public Optional<Planning> planning(RowId row) {
        return jdbc.sql("""
                select d.contact_id, d.contact_version, d.lane_id, d.domain, d.dated_at,
                       (select t.due_at from retry t where t.run_id = d.run_id and t.n = d.n and t.batch_id is null) as due_at
                from delivery d where d.run_id = :run and d.n = :n""").param("run", row.run()).param("n", row.n())
                .query((rs, _) -> new Planning(new ContactId(rs.getLong(1)), rs.getInt(2), rs.getInt(3),
                        rs.getString(4), Batches.instantOrNull(rs, "dated_at"), Batches.instantOrNull(rs, "due_at")))
                .optional();
    }

    /** In the order in which it came. */
    public List<Evidence> evidence(RowId row) {
        return jdbc.sql(
                "select at, outcome, host, reply from evidence where run_id = :run and n = :n order by id limit 50")
                .param("run", row.run()).param("n", row.n())
                .query((rs, _) -> new Evidence(Batches.instant(rs, 1), rs.getString(2), rs.getString(3),
                        rs.getString(4)))
                .list();
    }

    /**
     * The rows of one person, the latest run first. There is no key on the contact alone: it is asked for run by run.
     *
     * @param campaign null: of all
     * @param before   only runs with a smaller id
     */
    public List<RowId> of(String canonicalAddress, @Nullable CampaignId campaign, long before, int limit) {
        return jdbc.sql("""
                select d.run_id, d.n from contact c straight_join run r
                straight_join delivery d force index (delivery_recipient) on d.run_id = r.id and d.contact_id = c.id
                where c.address = :address and r.id < :before%s order by r.id desc, d.seq limit :limit"""
                .formatted(campaign == null ? "" : " and r.campaign_id = " + campaign.value()))
                .param("address", canonicalAddress).param("before", before).param("limit", limit)
                .query((rs, _) -> new RowId(rs.getLong(1), rs.getInt(2))).list();
    }
}
