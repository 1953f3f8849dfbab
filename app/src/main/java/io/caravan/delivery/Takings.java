package io.caravan.delivery;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Batches whose reference crosses a broker. Between claim and taking nobody renders or sends anything of one, so it may be given back by any
 * node; from its taking on it is one node's own, by that node's journal. Each of both is a transaction on the batch's row, so a batch that is
 * claimed once is taken once or given back once, whatever the broker does with its reference.
 */
@Repository
public class Takings {

    /** What became of a reference. */
    public sealed interface Answer {
    }

    /** @param batch as the taker's own: what its claimer still hears of it counts no more */
    public record Taken(BatchReference batch) implements Answer {
    }

    /** Nothing is to be done: somebody took it before, or it is closed. */
    public record Dropped(String why) implements Answer {
    }

    /** Its run is not to send now: its rows went back. */
    public record Returned(String why) implements Answer {
    }

    private record Row(int node, int epoch, String state, boolean taken, long run) {
    }

    private final JdbcClient jdbc;
    private final TransactionTemplate transaction;
    private final Returns returns;

    public Takings(JdbcClient jdbc, TransactionTemplate transaction, Returns returns) {
        this.jdbc = jdbc;
        this.transaction = transaction;
        this.returns = returns;
    }

    /** Makes a claimed batch this node's own: node, epoch and that it is taken in one transaction, which fences whoever had it. */
    public Answer take(BatchReference claimed, int node, int epoch) {
        return transaction.execute(_ -> taken(claimed, node, epoch));
    }

    private Answer taken(BatchReference claimed, int node, int epoch) {
        String run = jdbc.sql("select state from run where id = :run lock in share mode").param("run", claimed.run())
                .query(String.class).optional().orElse("gone"); // as in a claim: pause and cancel take effect between takings
        String not = objection(claimed);
        if (not != null) {
            return new Dropped(not);
        }
        if (!run.equals("running")) {
            returns.untaken(claimed);
            return new Returned("its run is " + run);
        }
        jdbc.sql("update batch set node_id = :node, epoch = :epoch, untaken = 0 where id = :id")
                .param("node", node).param("epoch", epoch).param("id", claimed.batch()).update();
        return new Taken(claimed.of(node, epoch));
    }

    private @Nullable String objection(BatchReference claimed) {
        Optional<Row> found = jdbc.sql(
                "select node_id, epoch, state, untaken = 0, run_id from batch where id = :id for update")
                .param("id", claimed.batch()).query((rs, _) -> new Row(rs.getInt(1), rs.getInt(2), rs.getString(3),
                        rs.getBoolean(4), rs.getLong(5)))
                .optional();
        if (found.isEmpty() || found.get().run() != claimed.run()) {
            return "there is no such batch here";
        }
        Row batch = found.get();
        if (batch.taken()) {
            return "node " + batch.node() + " has taken it"
                    + (batch.state().equals("open") ? "" : ", and everything in it is settled");
        }
        if (!batch.state().equals("open")) {
            return "it was given back meanwhile";
        }
        return batch.node() == claimed.node() && batch.epoch() == claimed.epoch()
                ? null
                : "another claim has this number";
    }

    /** Gives a claim back whole, unless somebody has taken it. */
    public int giveBack(BatchReference claimed) {
        return transaction.execute(_ -> returns.untaken(claimed));
    }

    /** Claims of one life of a node that nobody has taken yet. */
    public List<BatchReference> waiting(int node, int epoch) {
        return waiting(node, epoch, "=");
    }

    private List<BatchReference> waiting(int node, int epoch, String compared) {
        return jdbc.sql("""
                select id, run_id, node_id, epoch, size from batch
                where state = 'open' and node_id = :node and epoch %s :epoch and untaken = 1""".formatted(compared))
                .param("node", node).param("epoch", epoch).query((rs, _) -> Batches.reference(rs)).list();
    }

    /** The same of all its lives. */
    public List<BatchReference> waiting(int node) {
        return waiting(node, Integer.MAX_VALUE, "<=");
    }

    /** Claims of any node that nobody has taken for so long. Open batches are few, whatever the size of the runs. */
    public List<BatchReference> waiting(Duration longer) {
        return jdbc.sql("""
                select id, run_id, node_id, epoch, size from batch
                where state = 'open' and untaken = 1 and claimed_at < now(6) - interval :micros microsecond""")
                .param("micros", longer.toNanos() / 1000).query((rs, _) -> Batches.reference(rs)).list();
    }
}
