package io.caravan.cli;

/** A word on the command line that its verb does not know: exit 2 with a hint, as for an unknown option. */
final class NotUnderstood extends RuntimeException {

    private static final long serialVersionUID = 1L;

    NotUnderstood(String sentence) {
        super(sentence);
    }
}
