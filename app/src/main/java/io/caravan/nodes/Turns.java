package io.caravan.nodes;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * What only one node does at a time: each task is one node's while the lease of that life lasts, however long it takes. No connection is
 * held meanwhile, and it works the same on a cluster of databases. A node that was paused beyond its lease may still be at work when the next
 * one begins, so what is done must bear that; a turn only makes it rare.
 */
@Repository
public class Turns {

    private final JdbcClient jdbc;

    public Turns(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** False: another node is at it. The same life may take again what it failed to give back. */
    public boolean take(Node node, String task) {
        jdbc.sql("""
                -- what this life left, and what lives left whose lease is over
                delete from turn where task = :task and ((node_id = :node and epoch = :epoch) or not exists (
                    select 1 from node n where n.id = turn.node_id and n.epoch = turn.epoch and n.until > utc_timestamp(6)))
                """).param("task", task).param("node", node.id()).param("epoch", node.epoch()).update();
        return jdbc.sql("""
                insert ignore into turn (task, node_id, epoch, since) values (:task, :node, :epoch, utc_timestamp(6))
                """).param("task", task).param("node", node.id()).param("epoch", node.epoch()).update() == 1;
    }

    /** What a node is at. */
    public record Held(String task, int node, int epoch, Instant since) {
    }

    /** The oldest first; those of lives whose lease is over too, until somebody takes their turn. */
    public List<Held> held() {
        return jdbc.sql("select task, node_id, epoch, since from turn order by since limit 100")
                .query((row, _) -> new Held(row.getString(1), row.getInt(2), row.getInt(3),
                        row.getObject(4, LocalDateTime.class).toInstant(ZoneOffset.UTC)))
                .list();
    }

    public void giveBack(Node node, String task) {
        jdbc.sql("delete from turn where task = :task and node_id = :node and epoch = :epoch")
                .param("task", task).param("node", node.id()).param("epoch", node.epoch()).update();
    }
}
