package io.caravan.mail;

/** A mailing list. */
public record ListId(long value) {

    @Override
    public String toString() {
        return Long.toString(value);
    }
}
