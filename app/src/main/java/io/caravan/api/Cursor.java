package io.caravan.api;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

import org.jspecify.annotations.Nullable;

/** A place in a list as one opaque word: base64url of the last row's key. */
public final class Cursor {

    private static final String SEPARATOR = "\u0000";

    private Cursor() {
    }

    static String of(List<String> parts) {
        return Base64.getUrlEncoder().withoutPadding()
                .encodeToString(String.join(SEPARATOR, parts).getBytes(StandardCharsets.UTF_8));
    }

    /**
     * The key of the last row that was given.
     *
     * @param cursor as sent; null: the list begins
     * @param size   how many parts this list's key has
     * @return null if the list begins
     * @throws Refused 400 if it was not made here
     */
    public static @Nullable List<String> parts(@Nullable String cursor, int size) {
        if (cursor == null || cursor.isEmpty()) {
            return null;
        }
        try {
            String text = new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8);
            List<String> parts = new ArrayList<>(List.of(text.split(SEPARATOR, -1)));
            if (parts.size() == size) {
                return parts;
            }
        } catch (IllegalArgumentException e) {
            // said below
        }
        throw wrong();
    }

    /**
     * The same for a key that is one number.
     *
     * @param first where a list without a cursor begins
     */
    public static long number(@Nullable String cursor, long first) {
        List<String> parts = parts(cursor, 1);
        try {
            return parts == null ? first : Long.parseLong(parts.getFirst());
        } catch (NumberFormatException e) {
            throw wrong();
        }
    }

    private static Refused wrong() {
        return Refused.field("cursor", "invalid",
                "this cursor was not made by this list; take next from an answer, or leave it out");
    }
}
