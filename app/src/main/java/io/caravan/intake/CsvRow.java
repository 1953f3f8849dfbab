package io.caravan.intake;

import java.util.Map;

import org.jspecify.annotations.Nullable;

import io.caravan.mail.EmailAddress;

/**
 * One record of a CSV file below its header. Exactly one of {@code mailbox} and {@code problem} is set.
 *
 * @param row        the record's number, blank ones included; the header is 1 (without a header the first record is)
 * @param line       the line in an editor where the record begins, from 1
 * @param address    the address cell as it stands, without the spaces around it
 * @param mailbox    the address, null if the row cannot be taken
 * @param attributes by attribute name, without spaces around; an empty cell is not there. Empty if the row cannot be taken
 * @param problem    why the row cannot be taken
 */
public record CsvRow(long row, long line, String address, @Nullable EmailAddress mailbox,
        Map<String, String> attributes,
        @Nullable String problem) {
}
