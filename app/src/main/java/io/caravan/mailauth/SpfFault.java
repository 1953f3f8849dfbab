package io.caravan.mailauth;

/** Ends an evaluation at once with an error as its result; never leaves {@link Spf}. */
final class SpfFault extends Exception {

    private static final long serialVersionUID = 1L;

    private final SpfResult result;

    private SpfFault(SpfResult result, String why) {
        super(why, null, false, false);
        this.result = result;
    }

    static SpfFault permanent(String why) {
        return new SpfFault(SpfResult.PERMERROR, why);
    }

    static SpfFault temporary(String why) {
        return new SpfFault(SpfResult.TEMPERROR, why);
    }

    SpfResult result() {
        return result;
    }

    String why() {
        return String.valueOf(getMessage());
    }
}
