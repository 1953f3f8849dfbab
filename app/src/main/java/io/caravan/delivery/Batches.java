package io.caravan.delivery;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

import io.caravan.mail.RowId;
import io.caravan.mail.RunId;

/** Open batches: their unsettled rows, and those of a node's earlier epochs. */
@Repository("batchLedger")
public class Batches {

    private static final String PLANNED = """
            select d.run_id, d.n, d.lane_id, d.address, c.address as canonical, d.attempts, coalesce(d.dated_at, b.claimed_at) as dated,
                   d.first_attempt_at, coalesce(v.attributes, c.attributes, '{}')
            from %s
            straight_join contact c on c.id = d.contact_id
            left join contact_version v on v.contact_id = d.contact_id and v.version = d.contact_version
            """;

    private final JdbcClient jdbc;

    public Batches(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * The unsettled rows of an open batch: by range, and by the retries that it claimed. Empty if it is not open in this epoch.
     *
     * <p>The ranges are read first and written into the statement: joined with their table, MariaDB would read the whole ledger for each
     * batch (it makes no range of two columns of another table).
     */
    public List<Planned> rows(BatchReference batch) {
        List<String> ranges = jdbc.sql("""
                select r.from_n, r.to_n from batch b left join batch_range r on r.batch_id = b.id
                where b.id = :batch and b.epoch = :epoch and b.node_id = :node and b.state = 'open'""")
                .param("batch", batch.batch()).param("epoch", batch.epoch()).param("node", batch.node())
                .query((rs, _) -> rs.getObject(1) == null
                        ? "false"
                        : "d.n between %d and %d".formatted(rs.getInt(1), rs.getInt(2)))
                .list();
        if (ranges.isEmpty()) {
            return List.of();
        }
        String fresh = PLANNED.formatted(
                """
                batch b straight_join delivery d force index (primary) on d.run_id = b.run_id and d.state = 'pending' and (%s)"""
                        .formatted(String.join(" or ", ranges)));
        String again = PLANNED.formatted("""
                batch b straight_join retry t on t.batch_id = b.id
                straight_join delivery d on d.run_id = t.run_id and d.n = t.n""");
        String open = " where b.id = :batch and b.epoch = :epoch and b.node_id = :node and b.state = 'open'";
        return jdbc.sql(again + open + " union all " + fresh + open).param("batch", batch.batch())
                .param("epoch", batch.epoch())
                .param("node", batch.node()).query((rs, _) -> planned(rs)).list();
    }

    /**
     * What a node has open, over all its epochs.
     *
     * @param rows claimed and not settled
     */
    public record Open(int node, int batches, long rows) {
    }

    /** Nodes that have nothing open are left out, and so are claims that nobody has taken: those are in nobody's hands. */
    public List<Open> openByNode() {
        return jdbc
                .sql("""
                select node_id, count(*), coalesce(sum(size - settled), 0) from batch
                where state = 'open' and untaken = 0 group by node_id""")
                .query((row, _) -> new Open(row.getInt(1), row.getInt(2), row.getLong(3))).list();
    }

    /** Pending rows of a run in order, above {@code after}: what preflight and dry runs walk through. */
    public List<Planned> pending(RunId run, int after, int limit) {
        return jdbc.sql("""
                select d.run_id, d.n, d.lane_id, d.address, c.address as canonical, d.attempts, now(6) as dated, d.first_attempt_at,
                       coalesce(v.attributes, c.attributes, '{}')
                from (select * from delivery where run_id = :run and n > :after and state = 'pending' order by n limit :limit) d
                straight_join contact c on c.id = d.contact_id
                left join contact_version v on v.contact_id = d.contact_id and v.version = d.contact_version
                order by d.n""").param("run", run.value()).param("after", after).param("limit", limit)
                .query((rs, _) -> planned(rs)).list();
    }

    /** One row whatever its state, as it would be rendered: for the page that a mail's links lead to. */
    public java.util.Optional<Planned> row(RowId row) {
        return jdbc.sql("""
                select d.run_id, d.n, d.lane_id, d.address, c.address as canonical, d.attempts, coalesce(d.dated_at, now(6)) as dated,
                       d.first_attempt_at, coalesce(v.attributes, c.attributes, '{}')
                from delivery d straight_join contact c on c.id = d.contact_id
                left join contact_version v on v.contact_id = d.contact_id and v.version = d.contact_version
                where d.run_id = :run and d.n = :n""").param("run", row.run()).param("n", row.n())
                .query((rs, _) -> planned(rs)).optional();
    }

    /** Open batches that this node claimed in an earlier epoch: only it may settle them, from its journal. */
    public List<BatchReference> ofEarlierEpochs(int node, int epoch) {
        return open("node_id = :node and epoch < :epoch", node, epoch);
    }

    /** Batches that this node has open now, in this epoch or an earlier one, without those whose reference is still on the way to a taker. */
    public List<BatchReference> open(int node, int epoch) {
        return open("node_id = :node and epoch <= :epoch and untaken = 0", node, epoch);
    }

    /** Notes that its node was declared lost: what is heard of it from now on may end a doubt. False: it is not open any more. */
    public boolean markLost(BatchReference batch) {
        return jdbc.sql("update batch set lost_at = coalesce(lost_at, now(6)) where id = :id and state = 'open'"
                + " and node_id = :node and epoch = :epoch")
                .param("id", batch.batch()).param("node", batch.node()).param("epoch", batch.epoch()).update() == 1;
    }

    /** How many rows of a batch are neither settled nor given back. */
    public int unsettled(BatchReference batch) {
        return jdbc.sql("select size - settled from batch where id = :id").param("id", batch.batch())
                .query(Integer.class).single();
    }

    /** Batches that were settled without the journal of their node, which was declared lost in these epochs. */
    public List<BatchReference> lost(int node, Collection<Integer> epochs) {
        return epochs.isEmpty()
                ? List.of()
                : jdbc.sql(
                        "select id, run_id, node_id, epoch, size from batch where state = 'closed' and node_id = :node"
                                + " and epoch in (:epochs) and lost_at is not null order by id")
                        .param("node", node)
                        .param("epochs", epochs).query((rs, _) -> reference(rs)).list();
    }

    /** Rows of a lost batch that are in doubt since, retries too: what the declaration said of them names it. */
    public List<Planned> doubtful(BatchReference lost) {
        return jdbc.sql(PLANNED.formatted(
                """
                batch b straight_join attempt a on a.run_id = b.run_id and a.outcome = 'in_doubt'
                straight_join delivery d on d.run_id = a.run_id and d.n = a.n and d.attempts = a.attempt and d.state = 'in_doubt'
                  and locate(:whose, d.reason) > 0""")
                + " where b.id = :batch").param("batch", lost.batch()).param("whose", Ledger.lostWith(lost.batch()))
                .query((rs, _) -> planned(rs)).list();
    }

    /** Those of these batches that are still open. */
    public Set<Long> stillOpen(Collection<Long> batches) {
        return among(batches, "state = 'open'");
    }

    /** Those of these batches that were settled, in whole or in part, without the journal of their node, which was declared lost. */
    public Set<Long> lost(Collection<Long> batches) {
        return among(batches, "lost_at is not null");
    }

    private Set<Long> among(Collection<Long> batches, String what) {
        return batches.isEmpty()
                ? Set.of()
                : jdbc.sql("select id from batch where id in (:ids) and " + what).param("ids", batches)
                        .query(Long.class).set();
    }

    private List<BatchReference> open(String whose, int node, int epoch) {
        return jdbc
                .sql("select id, run_id, node_id, epoch, size from batch where state = 'open' and " + whose
                        + " order by id")
                .param("node", node).param("epoch", epoch)
                .query((rs, _) -> reference(rs)).list();
    }

    static BatchReference reference(ResultSet rs) throws SQLException {
        return new BatchReference(rs.getLong(1), rs.getLong(2), rs.getInt(3), rs.getInt(4), rs.getInt(5));
    }

    private static Planned planned(ResultSet rs) throws SQLException {
        return new Planned(new RowId(rs.getLong(1), rs.getInt(2)), rs.getInt(3), rs.getString(4), rs.getString(5),
                rs.getInt(6),
                instant(rs, 7), rs.getObject(8) == null ? null : instant(rs, 8), rs.getString(9));
    }

    static Instant instant(ResultSet rs, int column) throws SQLException {
        return rs.getObject(column, LocalDateTime.class).toInstant(ZoneOffset.UTC);
    }

    static @Nullable Instant instantOrNull(ResultSet rs, String column) throws SQLException {
        LocalDateTime time = rs.getObject(column, LocalDateTime.class);
        return time == null ? null : time.toInstant(ZoneOffset.UTC);
    }
}
