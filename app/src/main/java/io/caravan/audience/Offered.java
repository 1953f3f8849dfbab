package io.caravan.audience;

/** A row, and its attributes as they would be stored. */
record Offered(ImportRow row, String attributes) {

    static Offered of(ImportRow row) {
        return new Offered(row, row.address() == null ? "" : Attributes.write(row.attributes()));
    }
}
