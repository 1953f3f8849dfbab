package io.caravan.web.suppressions;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

import io.caravan.mail.RowId;
import io.caravan.suppression.Reason;
import io.caravan.suppression.Suppression;
import io.caravan.suppression.SuppressionSearch.Removed;
import io.caravan.web.Words;

/**
 * An entry in words, in force or taken back.
 *
 * @param until when it ends, {@code never}, or when it was removed
 */
public record EntryLine(long id, String address, String scope, String reason, String evidence, @Nullable RowId row,
        Time since, @Nullable Time until, boolean isOver, boolean isRemoved, String note) {

    /** A moment for people and, as RFC 3339, for the browser. */
    public record Time(String words, String iso) {
        static Time of(Instant moment) {
            return new Time(Words.time(moment), moment.toString());
        }
    }

    static EntryLine of(Suppression entry, Instant now) {
        Instant end = entry.expiresAt();
        return new EntryLine(entry.id(), entry.address(), entry.scope().text(), words(entry.reason()),
                entry.evidence(), entry.rowRef(), Time.of(entry.createdAt()), end == null ? null : Time.of(end),
                end != null && !end.isAfter(now), false, "");
    }

    static EntryLine of(Removed entry) {
        return new EntryLine(entry.id(), entry.address(), entry.scope().text(), words(entry.reason()),
                entry.evidence(), entry.rowRef(), Time.of(entry.createdAt()), Time.of(entry.removedAt()), true, true,
                entry.note());
    }

    static String words(Reason reason) {
        return reason.word().replace('_', ' ');
    }
}
