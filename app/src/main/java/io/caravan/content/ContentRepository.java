package io.caravan.content;

import java.time.Instant;
import java.util.Optional;

import org.springframework.data.jdbc.repository.query.Modifying;
import org.springframework.data.jdbc.repository.query.Query;
import org.springframework.data.repository.Repository;

interface ContentRepository extends Repository<Content, Long> {

    Optional<Content> findById(long id);

    /** Without the bytes. */
    @Query("select id from content where sha256 = :sha256")
    Optional<Long> idOf(String sha256);

    /** The one that comes second takes the row of the first. */
    @Modifying
    @Query("""
            insert into content (sha256, bytes, created_at) values (:sha256, :bytes, :now)
            on duplicate key update id = id""")
    void keep(String sha256, byte[] bytes, Instant now);
}
