package io.caravan.suppression;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;

import org.jspecify.annotations.Nullable;

import io.caravan.mail.RowId;
import io.caravan.suppression.Suppression.Added;

/** From result set rows to the room's records. */
final class Rows {

    private Rows() {
    }

    static Suppression suppression(ResultSet row, int number) throws SQLException {
        String ref = row.getString("row_ref");
        return new Suppression(row.getLong("id"), row.getString("address"), new Scope(row.getString("scope")),
                Reason.of(row.getString("reason")), row.getString("evidence"), ref == null ? null : RowId.parse(ref),
                row.getTimestamp("created_at").toInstant(), instant(row.getTimestamp("expires_at")));
    }

    static Added added(ResultSet row) throws SQLException {
        return new Added(row.getLong("id"), row.getString("address"), new Scope(row.getString("scope")),
                instant(row.getTimestamp("expires_at")));
    }

    private static @Nullable Instant instant(@Nullable Timestamp time) {
        return time == null ? null : time.toInstant();
    }
}
