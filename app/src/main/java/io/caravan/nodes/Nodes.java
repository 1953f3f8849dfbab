package io.caravan.nodes;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;

import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Transactional;

/** The ledger of nodes. All times are the database's clock. */
@Repository
public class Nodes {

    private final JdbcClient jdbc;
    private final JdbcClient urgent;

    /** @param urgent connections that nothing else waits for and that soon give up, for what the heart beats by */
    public Nodes(JdbcClient jdbc, @Qualifier("urgent") JdbcClient urgent) {
        this.jdbc = jdbc;
        this.urgent = urgent;
    }

    /**
     * Enters a start: a new row for a folder never seen, else the next epoch. The lease is empty until the first {@link #renew}. Ask
     * {@link #previousBootId} before, it is overwritten here.
     *
     * @param name   the UUID in the data folder
     * @param bootId of the machine
     */
    @Transactional
    public Node start(String name, String host, String bootId) {
        jdbc.sql("""
                -- one statement, so that two starts of a copied folder cannot have the same epoch
                insert into node (name, host, epoch, boot_id, until, started_at)
                values (:name, :host, 1, :boot, utc_timestamp(6), utc_timestamp(6))
                on duplicate key update epoch = epoch + 1, host = values(host), boot_id = values(boot_id),
                    until = utc_timestamp(6), started_at = utc_timestamp(6)
                """).param("name", name).param("host", host).param("boot", bootId).update();
        return jdbc.sql("select id, epoch from node where name = :name").param("name", name)
                .query((row, n) -> new Node(row.getInt(1), row.getInt(2))).single();
    }

    /** Renews the lease from now. False if the epoch is no longer ours: another start of the folder has taken over, so send nothing. */
    public boolean renew(Node node, Duration lease) {
        return urgent.sql("""
                update node set until = utc_timestamp(6) + interval :micros microsecond where id = :id and epoch = :epoch
                """).param("micros", lease.toNanos() / 1000).param("id", node.id()).param("epoch", node.epoch())
                .update() == 1;
    }

    /** The machine's boot id at the folder's last start: another one now means that the power went in between. */
    public Optional<String> previousBootId(String name) {
        return jdbc.sql("select boot_id from node where name = :name").param("name", name).query(String.class)
                .optional();
    }

    public Instant databaseNow() {
        return instant(urgent.sql("select utc_timestamp(6)").query(LocalDateTime.class).single());
    }

    /** The UUID of this database, made with its schema: a journal that names another one belongs elsewhere. */
    public String installation() {
        return jdbc.sql("select name from installation where id = 1").query(String.class).single();
    }

    /** All nodes ever started, oldest first. */
    public List<KnownNode> list() {
        return jdbc.sql("select id, name, host, epoch, boot_id, until, started_at from node order by id")
                .query(Nodes::known).list();
    }

    private static KnownNode known(ResultSet row, int n) throws SQLException {
        return new KnownNode(row.getInt("id"), row.getString("name"), row.getString("host"), row.getInt("epoch"),
                row.getString("boot_id"),
                instant(row.getObject("until", LocalDateTime.class)),
                instant(row.getObject("started_at", LocalDateTime.class)));
    }

    private static Instant instant(LocalDateTime utc) {
        return utc.toInstant(ZoneOffset.UTC);
    }
}
