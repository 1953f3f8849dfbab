package io.caravan.rendering;

/** An expression that the grammar does not have: what, and what to do. */
final class BadExpression extends RuntimeException {

    BadExpression(String message) {
        super(message, null, false, false);
    }

    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }
}
