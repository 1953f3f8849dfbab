package io.caravan.campaign;

import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;

import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.RowMapper;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Campaigns that are being written, one draft a name. Of two who save upon the same edit the second is told. */
@Repository
public class Drafts {

    private static final RowMapper<Draft> DRAFT = (rs, _) -> new Draft(rs.getString("name"), rs.getLong("edit"),
            rs.getInt("base"), rs.getString("source"), SpecJson.contents(rs.getString("contents")),
            rs.getObject("updated_at", LocalDateTime.class).toInstant(ZoneOffset.UTC));

    private final JdbcClient jdbc;
    private final InstantSource clock;

    Drafts(JdbcClient jdbc, InstantSource clock) {
        this.jdbc = jdbc;
        this.clock = clock;
    }

    public Optional<Draft> find(String name) {
        return jdbc.sql("select * from campaign_draft where name = :name").param("name", name).query(DRAFT).optional();
    }

    /** Those worked on last. */
    public List<Draft> recent(int limit) {
        return jdbc.sql("select * from campaign_draft order by updated_at desc, name limit :limit")
                .param("limit", limit).query(DRAFT).list();
    }

    /** As it is saved now; empty if somebody saved or removed it since {@code draft.edit()}: then nothing changed. */
    public Optional<Draft> save(Draft draft) {
        Instant now = clock.instant();
        // a first edit is the time, so that one who still has an earlier draft of the name open is told, too
        long next = draft.edit() == 0 ? now.toEpochMilli() : draft.edit() + 1;
        try {
            int saved = jdbc.sql(draft.edit() == 0
                    ? """
                            insert into campaign_draft (name, edit, base, source, contents, updated_at)
                            values (:name, :next, :base, :source, :contents, :now)"""
                    : """
                            update campaign_draft set edit = :next, base = :base, source = :source, contents = :contents,
                                   updated_at = :now
                             where name = :name and edit = :edit""")
                    .param("name", draft.name()).param("next", next).param("base", draft.base())
                    .param("source", draft.source()).param("contents", SpecJson.write(draft.contents()))
                    .param("now", LocalDateTime.ofInstant(now, ZoneOffset.UTC)).param("edit", draft.edit()).update();
            return saved == 0
                    ? Optional.empty()
                    : Optional.of(new Draft(draft.name(), next, draft.base(), draft.source(), draft.contents(), now));
        } catch (DuplicateKeyException e) {
            return Optional.empty();
        }
    }

    /** It became a version, or is thrown away; a later save of it stays. */
    public boolean remove(String name, long edit) {
        return jdbc.sql("delete from campaign_draft where name = :name and edit = :edit").param("name", name)
                .param("edit", edit).update() > 0;
    }
}
