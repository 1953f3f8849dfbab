package io.caravan.suppression;

import io.caravan.mail.InvalidInput;

/**
 * How far a suppression reaches.
 *
 * @param text {@code global}, {@code identity:NAME} or {@code list:NAME}, at most 200 characters
 */
public record Scope(String text) {

    public static final Scope GLOBAL = new Scope("global");
    private static final String IDENTITY = "identity:";
    private static final String LIST = "list:";
    private static final int LONGEST = 200;

    public Scope {
        boolean named = text.startsWith(IDENTITY) && text.length() > IDENTITY.length()
                || text.startsWith(LIST) && text.length() > LIST.length();
        if (!named && !text.equals("global") || text.length() > LONGEST) {
            throw new InvalidInput(
                    "'" + text + "' is no suppression scope: write global, identity:NAME or list:NAME, at most "
                            + LONGEST + " characters");
        }
    }

    public static Scope identity(String name) {
        return new Scope(IDENTITY + name);
    }

    public static Scope list(String name) {
        return new Scope(LIST + name);
    }

    @Override
    public String toString() {
        return text;
    }
}
