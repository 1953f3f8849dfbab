package io.caravan.bench;

/** What a figure needs and this machine lacks; the message says what, and what to do. */
final class NotHere extends RuntimeException {

    private static final long serialVersionUID = 1L;

    NotHere(String what) {
        super(what);
    }
}
