package io.caravan.web;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;

import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseCookie;

import io.caravan.mail.PermanentFault;

/**
 * A browser's session: a cookie {@code issued.nonce.seal}, sealed with the access token (HMAC-SHA256), never the token itself. Nothing is
 * kept here: it outlives a restart, and a new token ends every session.
 */
final class Session {

    static final Duration LASTS = Duration.ofDays(30);
    private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();

    private final AccessToken token;
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();

    Session(AccessToken token, Clock clock) {
        this.token = token;
        this.clock = clock;
    }

    /** Cookies know no port: each installation has a name of its own, or two on one machine would throw each other's people out. */
    String cookieName() {
        return "caravan-" + seal("cookie", "name").substring(0, 8);
    }

    /** SameSite is Lax, not Strict: the printed link may be clicked in another site's page, and its redirect must bring the cookie. */
    ResponseCookie open(HttpServletRequest request) {
        byte[] nonce = new byte[16];
        random.nextBytes(nonce);
        String body = Long.toString(clock.instant().getEpochSecond(), 36) + "." + BASE64.encodeToString(nonce);
        return ResponseCookie.from(cookieName(), body + "." + seal("session", body)).httpOnly(true)
                .secure(request.isSecure())
                .sameSite("Lax").path(request.getContextPath() + "/").maxAge(LASTS).build();
    }

    /** The request's session, or null if it has none that counts. */
    @Nullable
    String of(HttpServletRequest request) {
        Cookie[] cookies = request.getCookies();
        if (cookies == null) {
            return null;
        }
        String name = cookieName();
        for (Cookie cookie : cookies) {
            if (cookie.getName().equals(name) && counts(cookie.getValue())) {
                return cookie.getValue();
            }
        }
        return null;
    }

    private boolean counts(String value) {
        int dot = value.lastIndexOf('.');
        if (dot < 0 || !same(value.substring(dot + 1), seal("session", value.substring(0, dot)))) {
            return false;
        }
        long issued = Long.parseLong(value.substring(0, value.indexOf('.')), 36); // sealed here, so it is a number
        long age = clock.instant().getEpochSecond() - issued;
        return age < LASTS.toSeconds();
    }

    /** What a form of this session must send back. */
    String formToken(String session) {
        return seal("form", session);
    }

    private String seal(String purpose, String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(token.value().getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            return BASE64.encodeToString(mac.doFinal((purpose + "|" + text).getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new PermanentFault("this Java has no HmacSHA256", e);
        }
    }

    private static boolean same(String one, String other) {
        return MessageDigest.isEqual(one.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8));
    }
}
