package io.caravan.nodes;

import java.util.List;
import java.util.Optional;

import org.springframework.data.jdbc.repository.query.Modifying;
import org.springframework.data.jdbc.repository.query.Query;
import org.springframework.data.repository.Repository;

interface NodeRepository extends Repository<KnownNode, Integer> {

    Optional<KnownNode> findByName(String name);

    Optional<KnownNode> findById(int id);

    List<KnownNode> findAllByOrderById();

    /** One statement, so that two starts of a copied folder cannot have the same epoch. */
    @Modifying
    @Query("""
            insert into node (name, host, epoch, boot_id, until, started_at)
            values (:name, :host, 1, :boot, utc_timestamp(6), utc_timestamp(6))
            on duplicate key update epoch = epoch + 1, host = values(host), boot_id = values(boot_id),
                until = utc_timestamp(6), started_at = utc_timestamp(6), lost_at = null""")
    void start(String name, String host, String boot);

    @Modifying
    @Query("update node set stays = :settings, stays_epoch = :epoch where id = :id and epoch = :epoch")
    void tellStays(int id, int epoch, long settings);

    /** Its epoch is over, so that nothing it may still say counts. */
    @Modifying
    @Query("""
            update node set epoch = epoch + 1, lost_at = utc_timestamp(6)
            where id = :id and lost_at is null and until <= utc_timestamp(6)""")
    int declareLost(int id);

    /** The first node that tells it is right, and so is one that has no others beside it. */
    @Modifying
    @Query("""
            update installation set secret_sha256 = :hash where id = 1 and (secret_sha256 = ''
                or not exists (select 1 from node where name <> :name and lost_at is null))""")
    void tellSecret(String name, String hash);

    @Query("select secret_sha256 from installation where id = 1")
    String secret();

    @Query("select name from installation where id = 1")
    String installation();
}
