package io.caravan.audience;

import java.time.Instant;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * A file that was uploaded and lies in a node's data folder until its import is over.
 *
 * @param file     what its owner calls it, for people; never a path
 * @param importId null: nobody has said yet what its columns are
 * @param columns  attribute names by column, a blank one is ignored; empty: as its header says
 */
public record Upload(long id, String file, long bytes, @Nullable Long importId, List<String> columns, boolean hasHeader,
        Instant createdAt) {
}
