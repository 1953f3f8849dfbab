package io.caravan.campaign;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

import org.springframework.data.jdbc.repository.query.Modifying;
import org.springframework.data.jdbc.repository.query.Query;
import org.springframework.data.repository.CrudRepository;

import io.caravan.mail.CampaignId;

/** Campaigns. They are saved under their row's lock only. */
interface CampaignRepository extends CrudRepository<Campaign, CampaignId> {

    Optional<Campaign> findByName(String name);

    List<Campaign> findAllByOrderByName();

    /** The newest first, by a key that never changes; version 0 is a name that was only just entered. */
    @Query("""
            select * from campaign where id < :before and version > 0 and name like :like escape '!'
            order by id desc limit :limit""")
    List<Campaign> page(String like, long before, int limit);

    @Query("select concat(count(*), '/', coalesce(max(updated_at), '')) from campaign")
    String stamp();

    @Query("select * from campaign where id = :id for update")
    Optional<Campaign> lock(CampaignId id);

    /** A row to lock even for a new name; version 0 tells it from a known one. */
    @Modifying
    @Query("""
            insert ignore into campaign (name, state, version, armed_at, created_at, updated_at)
            values (:name, 'draft', 0, :now, :now, :now)""")
    void enter(String name, Instant now);
}
