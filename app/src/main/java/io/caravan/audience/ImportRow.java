package io.caravan.audience;

import java.util.Map;

import org.jspecify.annotations.Nullable;

import io.caravan.mail.EmailAddress;

/**
 * One row to take. Exactly one of {@code address} and {@code problem} is set.
 *
 * @param row        the record's number in the file, ascending
 * @param line       where it begins in an editor
 * @param written    the address cell as it stood
 * @param attributes without the empty ones; a missing attribute leaves the stored value
 * @param problem    why the row is invalid
 */
public record ImportRow(long row, long line, String written, @Nullable EmailAddress address,
        Map<String, String> attributes,
        @Nullable String problem) {
}
