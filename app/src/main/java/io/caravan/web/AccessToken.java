package io.caravan.web;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

import io.caravan.mail.InvalidInput;

/**
 * The secret that a first start makes and keeps in {@code keys/token}: it opens the pages and, as {@code Authorization: Bearer}, everything
 * else that is not public.
 */
public record AccessToken(String value) {

    private static final int SHORTEST = 20;

    public AccessToken {
        if (value.length() < SHORTEST) {
            throw new InvalidInput("the access token has " + value.length()
                    + " characters and could be guessed: delete keys/token and start "
                    + "again, a new one is made");
        }
    }

    /** In constant time. */
    boolean matches(String given) {
        return MessageDigest.isEqual(value.getBytes(StandardCharsets.UTF_8), given.getBytes(StandardCharsets.UTF_8));
    }

    /** Never the secret: records are printed in logs. */
    @Override
    public String toString() {
        return "AccessToken[...]";
    }
}
