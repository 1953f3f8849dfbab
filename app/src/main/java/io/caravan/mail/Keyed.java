package io.caravan.mail;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Signed names that leave the house: Message-IDs, VERP return paths and link tokens, all HMAC-SHA256 (RFC 2104) over a purpose and the
 * row, so that one kind can never pass for another.
 *
 * <p>Thread-safe; keeps one initialised {@code Mac} per thread.
 */
public final class Keyed {

    private static final char[] ALPHABET = "abcdefghijklmnopqrstuvwxyz234567".toCharArray(); // RFC 4648 section 6, lower case

    private final ThreadLocal<Mac> mac;

    /** @param secret the installation's secret, at least 32 bytes */
    public Keyed(byte[] secret) {
        SecretKeySpec key = new SecretKeySpec(secret.clone(), "HmacSHA256");
        mac = ThreadLocal.withInitial(() -> {
            try {
                Mac made = Mac.getInstance("HmacSHA256");
                made.init(key);
                return made;
            } catch (GeneralSecurityException e) {
                throw new PermanentFault("this Java has no HmacSHA256", e);
            }
        });
    }

    /**
     * The Message-ID of a row, the same for every attempt. The row stands in it beside its seal, so that a late report that quotes only
     * the Message-ID names the row without an index, and a forged one is told from ours.
     */
    public String messageId(RowId row, String domain) {
        return "<" + token("id", row) + "@" + domain + ">";
    }

    /** A token for the row: {@code run.n.seal}, both numbers in base 36, the seal 26 characters (130 bits) of base 32. */
    public String token(String purpose, RowId row) {
        String body = Long.toString(row.run(), 36) + "." + Integer.toString(row.n(), 36);
        return body + "." + seal(purpose, body);
    }

    /** The row that a token of this purpose names, or null if the token was not made here. */
    public @org.jspecify.annotations.Nullable RowId open(String purpose, String token) {
        int dot = token.lastIndexOf('.');
        int first = token.indexOf('.');
        if (first <= 0 || dot <= first + 1 || token.length() > 80) {
            return null;
        }
        String body = token.substring(0, dot);
        byte[] given = token.substring(dot + 1).getBytes(StandardCharsets.US_ASCII);
        if (!MessageDigest.isEqual(given, seal(purpose, body).getBytes(StandardCharsets.US_ASCII))) {
            return null;
        }
        try {
            return new RowId(Long.parseLong(body.substring(0, first), 36),
                    Integer.parseInt(body.substring(first + 1), 36));
        } catch (NumberFormatException e) {
            return null;
        }
    }

    private String seal(String purpose, String body) {
        byte[] digest = mac.get().doFinal((purpose + "|" + body).getBytes(StandardCharsets.UTF_8));
        return base32(Arrays.copyOf(digest, 17)).substring(0, 26);
    }

    private static String base32(byte[] bytes) {
        StringBuilder out = new StringBuilder(bytes.length * 8 / 5 + 1);
        int buffer = 0;
        int bits = 0;
        for (byte b : bytes) {
            buffer = (buffer << 8) | (b & 0xff);
            bits += 8;
            while (bits >= 5) {
                bits -= 5;
                out.append(ALPHABET[(buffer >> bits) & 31]);
            }
        }
        return out.toString();
    }
}
