package io.caravan.intake;

/**
 * How much one file may ask of us. What exceeds {@code field}, {@code record} or {@code attributes} makes its row invalid; what exceeds
 * {@code columns}, {@code unpacked} or {@code ratio} refuses the file.
 *
 * @param field      bytes of one cell (as UTF-8)
 * @param record     bytes of one row's cells together
 * @param columns    columns of the header row
 * @param unpacked   bytes of the file, after unpacking if it is a gzip file
 * @param ratio      unpacked bytes for one packed byte
 * @param attributes bytes of one contact's attributes, names included
 */
public record CsvLimits(int field, int record, int columns, long unpacked, int ratio, int attributes) {

    public static final CsvLimits DEFAULT = new CsvLimits(64 << 10, 1 << 20, 1000, 4L << 30, 100, 64 << 10);
}
