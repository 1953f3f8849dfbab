package io.caravan.suppression;

import java.time.Instant;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.springframework.data.annotation.Id;
import org.springframework.data.relational.core.mapping.Table;

import io.caravan.mail.RowId;

/**
 * An entry of the ledger.
 *
 * @param address   canonical
 * @param rowRef    the ledger row that led to it
 * @param expiresAt from then on it no longer counts; null: never
 */
@Table("suppression")
public record Suppression(@Id long id, String address, Scope scope, Reason reason, String evidence,
        @Nullable RowId rowRef,
        Instant createdAt, @Nullable Instant expiresAt) {

    /** An entry to be: what somebody wants kept. */
    public record New(String address, Scope scope, Reason reason, String evidence, @Nullable RowId rowRef,
            @Nullable Instant expiresAt) {
    }

    /** A question: may this address be mailed by this identity, for this list ({@code ""}: none)? */
    public record Ask(String address, String identity, String list) {
        /** Where an entry that forbids it may stand. */
        Set<String> scopes() {
            return Set.of("global", "identity:" + identity, "list:" + list);
        }
    }

    /** What a feed needs to know of an entry. */
    public record Added(long id, String address, Scope scope, @Nullable Instant expiresAt) {
    }

    /** What an import came to: new entries, and those that were there before (renewed if the import's outlast them). */
    public record Imported(long added, long known) {
    }
}
