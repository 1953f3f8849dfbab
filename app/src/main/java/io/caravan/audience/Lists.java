package io.caravan.audience;

import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

import org.springframework.jdbc.core.RowMapper;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

import io.caravan.mail.ContactId;
import io.caravan.mail.InvalidInput;
import io.caravan.mail.ListId;

/** The lists and how many they hold. */
@Repository
public class Lists {

    private static final int LONGEST = 100;
    private static final String SELECT = """
            select l.*, i.id as import_id, i.finished_at
              from list l left join import i on i.id = (select max(x.id) from import x where x.list_id = l.id and x.state = 'finished')
            """;
    private static final RowMapper<ListLine> LINE = (rs, _) -> {
        long last = rs.getLong("import_id");
        boolean none = rs.wasNull();
        return new ListLine(new ListId(rs.getLong("id")), rs.getString("name"), rs.getLong("members"),
                Times.instant(rs, "created_at"), none ? null : last, none ? null : Times.instant(rs, "finished_at"));
    };

    private final ListRepository rows;
    private final JdbcClient jdbc;
    private final InstantSource clock;

    Lists(ListRepository rows, JdbcClient jdbc, InstantSource clock) {
        this.rows = rows;
        this.jdbc = jdbc;
        this.clock = clock;
    }

    public Optional<ListId> find(String name) {
        return rows.findByName(name).map(ContactList::id);
    }

    /** The list of that name, made if it is not there. */
    public ListId named(String name) {
        return find(name).orElseGet(() -> {
            rows.make(name, clock.instant());
            return find(name).orElseThrow();
        });
    }

    /**
     * The same for a name that a person typed.
     *
     * @throws InvalidInput for a new name that files, addresses of pages or campaign files could not hold
     */
    public ListId typed(String name) {
        String stripped = name.strip();
        if (find(stripped).isEmpty()
                && (stripped.length() > LONGEST || !stripped.matches("[\\p{L}\\p{N}][\\p{L}\\p{N} ._+-]*"))) {
            throw new InvalidInput(
                    "'" + stripped + "' is no name for a list: begin with a letter or digit, then letters, digits, "
                            + "spaces and . _ + - up to " + LONGEST + " characters");
        }
        return named(stripped);
    }

    /** In the order of the names. */
    public List<ListLine> page(String afterName, int limit) {
        return jdbc.sql(SELECT + "where l.name > :after order by l.name limit :limit").param("after", afterName)
                .param("limit", limit).query(LINE).list();
    }

    public Optional<ListLine> line(String name) {
        return jdbc.sql(SELECT + "where l.name = :name").param("name", name).query(LINE).optional();
    }

    public Optional<ListLine> line(ListId id) {
        return jdbc.sql(SELECT + "where l.id = :id").param("id", id.value()).query(LINE).optional();
    }

    /** Kept, not counted. */
    public long members(ListId list) {
        return rows.members(list);
    }

    public boolean isMember(ListId list, ContactId contact) {
        return rows.memberships(list, contact) > 0;
    }
}
