package io.caravan.nodes;

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

    private final NodeRepository rows;
    private final JdbcClient urgent;

    /** @param urgent connections that nothing else waits for and that soon give up, for what the heart beats by */
    Nodes(NodeRepository rows, @Qualifier("urgent") JdbcClient urgent) {
        this.rows = rows;
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
        rows.start(name, host, bootId);
        return rows.findByName(name).map(known -> new Node(known.id(), known.epoch())).orElseThrow();
    }

    /**
     * Notes by which settings mail of this life stays in the built-in mailbox: before its first claim.
     *
     * @param settings a number that is another one where other mail stays
     */
    @Transactional
    public void tellStays(Node node, long settings) {
        rows.tellStays(node.id(), node.epoch(), settings);
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
        return rows.findByName(name).map(KnownNode::bootId);
    }

    public Instant databaseNow() {
        return instant(urgent.sql("select utc_timestamp(6)").query(LocalDateTime.class).single());
    }

    /** The UUID of this database, made with its schema: a journal that names another one belongs elsewhere. */
    public String installation() {
        return rows.installation();
    }

    public Optional<KnownNode> find(int id) {
        return rows.findById(id);
    }

    /**
     * Ends the epoch of a node that is silent, for good: if it only slept, it finds out at its next renewal. False if its lease is not over,
     * or if it was declared lost already.
     */
    @Transactional
    public boolean declareLost(int id) {
        return rows.declareLost(id) == 1;
    }

    /**
     * False if the other nodes of this database work with another secret. The first node that asks sets what is right; so does one that is
     * alone, or whose others are all declared lost: its old secret may be gone, and with it only links in mail already sent.
     *
     * @param name   the UUID in the data folder
     * @param sha256 of the secret, in hexadecimal digits
     */
    @Transactional
    public boolean hasSecret(String name, String sha256) {
        rows.tellSecret(name, sha256);
        return rows.secret().equals(sha256);
    }

    /** All nodes ever started, oldest first. */
    public List<KnownNode> list() {
        return rows.findAllByOrderById();
    }

    private static Instant instant(LocalDateTime utc) {
        return utc.toInstant(ZoneOffset.UTC);
    }
}
