package io.caravan.audience;

import java.time.InstantSource;
import java.util.Optional;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

import io.caravan.mail.ContactId;
import io.caravan.mail.ListId;

/** The lists and how many they hold. */
@Repository
public class Lists {

    private final JdbcClient jdbc;
    private final InstantSource clock;

    public Lists(JdbcClient jdbc, InstantSource clock) {
        this.jdbc = jdbc;
        this.clock = clock;
    }

    public Optional<ListId> find(String name) {
        return jdbc.sql("select id from list where name = :name").param("name", name).query(Long.class).optional()
                .map(ListId::new);
    }

    /** The list of that name, made if it is not there. */
    public ListId named(String name) {
        return find(name).orElseGet(() -> {
            jdbc.sql("insert ignore into list (name, created_at) values (:name, :now)").param("name", name)
                    .param("now", Times.utc(clock.instant())).update();
            return find(name).orElseThrow();
        });
    }

    public long members(ListId list) {
        return jdbc.sql("select count(*) from list_member where list_id = :list").param("list", list.value())
                .query(Long.class)
                .single();
    }

    public boolean isMember(ListId list, ContactId contact) {
        return jdbc.sql("select 1 from list_member where list_id = :list and contact_id = :contact")
                .param("list", list.value())
                .param("contact", contact.value()).query(Integer.class).optional().isPresent();
    }
}
