package io.caravan.audience;

/**
 * One row's verdict, as it is kept.
 *
 * @param written the address cell, cut to 1000 characters
 * @param reason  {@code ""} if there is nothing to say
 */
public record RowVerdict(long row, long line, String written, Verdict verdict, String reason) {
}
