package io.caravan.suppression;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;

import org.jspecify.annotations.Nullable;

import io.caravan.suppression.Suppression.Added;

/** From result set rows to what a feed needs. */
final class Rows {

    private Rows() {
    }

    static Added added(ResultSet row) throws SQLException {
        return new Added(row.getLong("id"), row.getString("address"), new Scope(row.getString("scope")),
                instant(row.getTimestamp("expires_at")));
    }

    private static @Nullable Instant instant(@Nullable Timestamp time) {
        return time == null ? null : time.toInstant();
    }
}
