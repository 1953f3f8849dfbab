package io.caravan.api;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

import io.caravan.mail.RowId;
import io.caravan.suppression.Suppression;
import io.caravan.suppression.SuppressionSearch.Removed;

/** Suppressions as programs see and send them. */
final class SuppressionShown {

    private SuppressionShown() {
    }

    /**
     * An entry.
     *
     * @param row       the ledger row that led to it, RUN.N
     * @param expiresAt null: for ever
     * @param removedAt null: it is in force until it expires
     * @param note      who removed it, and why
     */
    @JsonNaming(SnakeCaseStrategy.class)
    record SuppressionEntry(long id, String address, String scope, String reason, String evidence,
            @Nullable String row, Instant createdAt, @Nullable Instant expiresAt, @Nullable Instant removedAt,
            @Nullable String note) {

        static SuppressionEntry of(Suppression entry) {
            return new SuppressionEntry(entry.id(), entry.address(), entry.scope().text(), entry.reason().word(),
                    entry.evidence(), text(entry.rowRef()), entry.createdAt(), entry.expiresAt(), null, null);
        }

        static SuppressionEntry of(Removed entry) {
            return new SuppressionEntry(entry.id(), entry.address(), entry.scope().text(), entry.reason().word(),
                    entry.evidence(), text(entry.rowRef()), entry.createdAt(), null, entry.removedAt(), entry.note());
        }

        private static @Nullable String text(@Nullable RowId row) {
            return row == null ? null : row.toString();
        }
    }

    /**
     * Whom to suppress.
     *
     * @param address   one, or
     * @param addresses several
     * @param scope     global (without it), identity:NAME or list:NAME
     * @param reason    manual without it
     * @param evidence  who asked for it, or why
     * @param expires   30d, 12h, a day or an RFC 3339 time; without it for ever
     */
    record SuppressionAdd(@Nullable String address, @Nullable List<String> addresses, @Nullable String scope,
            @Nullable String reason, @Nullable String evidence, @Nullable String expires) {

        List<String> all() {
            List<String> all = new ArrayList<>(addresses == null ? List.of() : addresses);
            if (address != null) {
                all.add(address);
            }
            return all;
        }
    }

    /** @param known were there before */
    record Added(long added, long known) {
    }
}
