package io.caravan.campaign;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;

import org.jspecify.annotations.Nullable;

import io.caravan.mail.CampaignId;
import io.caravan.mail.CampaignState;
import io.caravan.mail.RunId;
import io.caravan.mail.RunState;

/** Rows to records. Times are UTC, to the microsecond, whatever zone driver and server are in. */
final class Rows {

    private Rows() {
    }

    static Campaign campaign(ResultSet rs, int row) throws SQLException {
        return new Campaign(new CampaignId(rs.getLong("id")), rs.getString("name"),
                CampaignState.of(rs.getString("state")),
                rs.getInt("version"), instant(rs, "armed_at"), instant(rs, "created_at"), instant(rs, "updated_at"));
    }

    static Version version(ResultSet rs, int row) throws SQLException {
        return new Version(new CampaignId(rs.getLong("campaign_id")), rs.getInt("version"), rs.getString("sha256"),
                rs.getString("file"), rs.getString("source"), SpecJson.spec(rs.getString("spec")),
                SpecJson.contents(rs.getString("contents")), instant(rs, "created_at"));
    }

    static Run run(ResultSet rs, int row) throws SQLException {
        String pausedFrom = rs.getString("paused_from");
        LocalDateTime finished = rs.getObject("finished_at", LocalDateTime.class);
        return new Run(new RunId(rs.getLong("id")), new CampaignId(rs.getLong("campaign_id")), rs.getInt("number"),
                rs.getInt("version"), RunKind.of(rs.getString("kind")), RunState.of(rs.getString("state")),
                pausedFrom == null ? null : RunState.of(pausedFrom), rs.getString("reason"),
                instant(rs, "scheduled_for"),
                rs.getInt("preflight_n"), instant(rs, "opened_at"),
                finished == null ? null : finished.toInstant(ZoneOffset.UTC));
    }

    static LocalDateTime utc(Instant instant) {
        return LocalDateTime.ofInstant(instant.truncatedTo(ChronoUnit.MICROS), ZoneOffset.UTC);
    }

    private static Instant instant(ResultSet rs, String column) throws SQLException {
        @Nullable
        LocalDateTime time = rs.getObject(column, LocalDateTime.class);
        if (time == null) {
            throw new SQLException("no time in column " + column);
        }
        return time.toInstant(ZoneOffset.UTC);
    }
}
