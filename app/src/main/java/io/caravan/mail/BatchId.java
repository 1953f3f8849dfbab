package io.caravan.mail;

/** A batch: rows of one run, claimed together by one node. */
public record BatchId(long value) {

    @Override
    public String toString() {
        return Long.toString(value);
    }
}
