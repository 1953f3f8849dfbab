package io.caravan.mail;

/** A contact: one person's canonical address. */
public record ContactId(long value) {

    @Override
    public String toString() {
        return Long.toString(value);
    }
}
