package io.caravan.web;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.jspecify.annotations.Nullable;
import org.springframework.security.web.csrf.CsrfToken;
import org.springframework.security.web.csrf.CsrfTokenRepository;
import org.springframework.security.web.csrf.DefaultCsrfToken;

/** CSRF tokens derived from the session cookie: no second cookie, no server state, and only who holds the access token can make one. */
final class SessionForms implements CsrfTokenRepository {

    private final Session session;

    SessionForms(Session session) {
        this.session = session;
    }

    @Override
    public CsrfToken generateToken(HttpServletRequest request) {
        String value = session.of(request);
        return new DefaultCsrfToken("X-CSRF-TOKEN", "_csrf", session.formToken(value == null ? "" : value));
    }

    @Override
    public void saveToken(@Nullable CsrfToken token, HttpServletRequest request, HttpServletResponse response) {
        // derived, not kept
    }

    @Override
    public @Nullable CsrfToken loadToken(HttpServletRequest request) {
        return session.of(request) == null ? null : generateToken(request);
    }
}
