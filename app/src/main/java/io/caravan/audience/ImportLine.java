package io.caravan.audience;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import io.caravan.mail.CampaignSpec.Mode;

/**
 * An import as people read it.
 *
 * @param source     {@code drop}, {@code upload} or {@code api}
 * @param throughRow the last record that is in; 0 at first
 * @param size       rows in the file; null: not known yet
 * @param counts     rows by verdict, those that are in; verdicts without rows are not there
 * @param reason     why it was refused or cancelled
 */
public record ImportLine(long id, String file, String list, Mode mode, Import.State state, String source,
        long throughRow, @Nullable Long size, Map<Verdict, Long> counts, @Nullable String reason, Instant startedAt,
        @Nullable Instant finishedAt) {

    static ImportLine of(ResultSet rs) throws SQLException {
        long size = rs.getLong("size");
        boolean sized = !rs.wasNull();
        return new ImportLine(rs.getLong("id"), rs.getString("file"), rs.getString("name"),
                Mode.valueOf(rs.getString("mode").toUpperCase(Locale.ROOT)), Import.State.of(rs.getString("state")),
                rs.getString("source"), rs.getLong("through_row"), sized ? Long.valueOf(size) : null, counts(rs),
                rs.getString("reason"), Times.instant(rs, "started_at"),
                rs.getObject("finished_at") == null ? null : Times.instant(rs, "finished_at"));
    }

    static Map<Verdict, Long> counts(ResultSet rs) throws SQLException {
        Map<Verdict, Long> counts = new EnumMap<>(Verdict.class);
        for (Verdict verdict : Verdict.values()) {
            long rows = rs.getLong(verdict.word());
            if (rows > 0) {
                counts.put(verdict, rows);
            }
        }
        return counts;
    }

    /** Rows that have their verdict. */
    public long taken() {
        return counts.values().stream().mapToLong(Long::longValue).sum();
    }

    /** It may still change. */
    public boolean open() {
        return state == Import.State.QUEUED || state == Import.State.RUNNING;
    }
}
