package io.caravan.mail;

/** A run: one sending of a campaign to its audience. */
public record RunId(long value) {

    @Override
    public String toString() {
        return Long.toString(value);
    }
}
