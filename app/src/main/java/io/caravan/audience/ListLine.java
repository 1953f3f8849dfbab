package io.caravan.audience;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

import io.caravan.mail.ListId;

/**
 * A list as people read it.
 *
 * @param members      how many it holds, kept and not counted
 * @param lastImport   the last one that was taken to its end; null: none
 * @param lastImportAt when that ended
 */
public record ListLine(ListId id, String name, long members, Instant createdAt, @Nullable Long lastImport,
        @Nullable Instant lastImportAt) {
}
