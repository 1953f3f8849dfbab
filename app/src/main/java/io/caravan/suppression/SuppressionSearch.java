package io.caravan.suppression;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

import io.caravan.mail.EmailAddress;
import io.caravan.mail.InvalidInput;
import io.caravan.mail.RowId;

/**
 * Looks through the ledger, what was removed too, by the page. Every search goes by a key, so a list of millions is as quick as a short
 * one: by address in the order of addresses, else newest first.
 */
@Repository
public class SuppressionSearch {

    /** Beyond it {@link #counts} only says "more": five reasons, so fewer than 500 rows with a page of the list. */
    static final int COUNTED = 80;
    private static final String REMOVED = """
            select id, address, scope, reason, evidence, row_ref, created_at, removed_at, note from suppression_removed""";

    /**
     * What is looked for; null: any.
     *
     * @param address whole, or its beginning
     */
    public record Filter(String address, @Nullable Reason reason, @Nullable Scope scope) {

        public static final Filter ALL = new Filter("", null, null);

        public Filter {
            address = canonical(address.strip());
        }

        private static String canonical(String text) {
            try {
                return EmailAddress.parse(text).canonical();
            } catch (InvalidInput e) {
                return text.toLowerCase(Locale.ROOT); // the beginning of one
            }
        }
    }

    /**
     * Where a list goes on: the last row that was shown.
     *
     * @param tail what orders rows of one address, or of one moment
     */
    public record Place(long id, String address, String tail) {
    }

    /**
     * An entry that was taken back.
     *
     * @param note who did it and why
     */
    public record Removed(long id, String address, Scope scope, Reason reason, String evidence, @Nullable RowId rowRef,
            Instant createdAt, Instant removedAt, String note) {
    }

    /** @param exact false: there are more */
    public record Count(int number, boolean exact) {
    }

    private final JdbcClient jdbc;

    SuppressionSearch(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** @param after null for the first page */
    public List<Suppression> page(Filter filter, @Nullable Place after, int limit) {
        Conditions where = new Conditions(filter);
        if (after != null && where.byAddress) {
            where.add("(address > :at or (address = :at and scope > :tail))", Map.of("at", after.address(), "tail",
                    after.tail()));
        } else if (after != null) {
            where.add("id < :id", Map.of("id", after.id()));
        }
        return jdbc.sql("select id, address, scope, reason, evidence, row_ref, created_at, expires_at from suppression"
                + where + " order by " + (where.byAddress ? "address, scope" : "id desc") + " limit " + limit)
                .params(where.values).query((row, _) -> entry(row)).list();
    }

    public static Place place(Suppression entry) {
        return new Place(entry.id(), entry.address(), entry.scope().text());
    }

    /** What was taken back, the latest first. */
    public List<Removed> removed(Filter filter, @Nullable Place after, int limit) {
        Conditions where = new Conditions(filter);
        if (after != null && where.byAddress) {
            where.add("(address > :at or (address = :at and id > :id))", Map.of("at", after.address(), "id",
                    after.id()));
        } else if (after != null) {
            where.add("(removed_at < :tail or (removed_at = :tail and id < :id))", Map.of("tail",
                    Timestamp.from(Instant.parse(after.tail())), "id", after.id()));
        }
        return jdbc.sql(REMOVED + where + " order by "
                + (where.byAddress ? "address, id" : "removed_at desc, id desc") + " limit " + limit)
                .params(where.values).query((row, _) -> gone(row)).list();
    }

    public static Place place(Removed entry) {
        return new Place(entry.id(), entry.address(), entry.removedAt().toString());
    }

    public Optional<Removed> removed(long id) {
        return jdbc.sql(REMOVED + " where id = :id").param("id", id).query((row, _) -> gone(row)).optional();
    }

    /** Every entry of an address that was taken back, oldest first. */
    public List<Removed> removed(String canonicalAddress) {
        return jdbc.sql(REMOVED + " where address = :address order by id").param("address", canonicalAddress)
                .query((row, _) -> gone(row)).list();
    }

    /** How many of each reason, up to a thousand each. */
    public Map<Reason, Count> counts() {
        Map<Reason, Count> counts = new EnumMap<>(Reason.class);
        for (Reason reason : Reason.values()) {
            int number = jdbc.sql("select count(*) from (select 1 from suppression where reason = :reason limit "
                    + (COUNTED + 1) + ") some").param("reason", reason.word()).query(Integer.class).single();
            counts.put(reason, new Count(Math.min(number, COUNTED), number <= COUNTED));
        }
        return counts;
    }

    private static Suppression entry(ResultSet row) throws SQLException {
        Timestamp end = row.getTimestamp("expires_at");
        return new Suppression(row.getLong("id"), row.getString("address"), new Scope(row.getString("scope")),
                Reason.of(row.getString("reason")), row.getString("evidence"), rowRef(row),
                row.getTimestamp("created_at").toInstant(), end == null ? null : end.toInstant());
    }

    private static Removed gone(ResultSet row) throws SQLException {
        return new Removed(row.getLong("id"), row.getString("address"), new Scope(row.getString("scope")),
                Reason.of(row.getString("reason")), row.getString("evidence"), rowRef(row),
                row.getTimestamp("created_at").toInstant(), row.getTimestamp("removed_at").toInstant(),
                row.getString("note"));
    }

    private static @Nullable RowId rowRef(ResultSet row) throws SQLException {
        String ref = row.getString("row_ref");
        return ref == null ? null : RowId.parse(ref);
    }

    /** A filter as a where clause, to which the place is added. */
    private static final class Conditions {

        private final List<String> parts = new ArrayList<>();
        private final Map<String, Object> values = new HashMap<>();
        private final boolean byAddress;

        Conditions(Filter filter) {
            String address = filter.address();
            byAddress = !address.isEmpty();
            if (byAddress) {
                add("address like :address escape '!'", Map.of("address",
                        address.replace("!", "!!").replace("%", "!%").replace("_", "!_") + "%"));
            }
            Reason reason = filter.reason();
            if (reason != null) {
                add("reason = :reason", Map.of("reason", reason.word()));
            }
            Scope scope = filter.scope();
            if (scope != null) {
                add("scope = :scope", Map.of("scope", scope.text()));
            }
        }

        void add(String part, Map<String, Object> with) {
            parts.add(part);
            values.putAll(with);
        }

        @Override
        public String toString() {
            return parts.isEmpty() ? "" : " where " + String.join(" and ", parts);
        }
    }
}
