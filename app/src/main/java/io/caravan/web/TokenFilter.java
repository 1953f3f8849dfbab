package io.caravan.web;

import java.io.IOException;
import java.util.List;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.web.filter.OncePerRequestFilter;

/** Knows who holds the access token: by the link of a page (once, then by its cookie) or by {@code Authorization: Bearer}. */
final class TokenFilter extends OncePerRequestFilter {

    /** Set when the link's token was a wrong one, so that the 401 page can say so. */
    static final String WRONG_TOKEN = TokenFilter.class.getName() + ".wrong";
    private static final String BEARER = "Bearer ";

    private final AccessToken token;
    private final Session session;

    TokenFilter(AccessToken token, Session session) {
        this.token = token;
        this.session = session;
    }

    /** A program's request: it carries its right in a header that no other site's page can set, so it needs no form token. */
    static boolean isProgram(HttpServletRequest request) {
        return request.getHeader(HttpHeaders.AUTHORIZATION) != null;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        String given = TokenLink.given(request);
        if (given != null && token.matches(given)) {
            response.addHeader(HttpHeaders.SET_COOKIE, session.open(request).toString());
            response.setStatus(HttpStatus.SEE_OTHER.value());
            response.setHeader(HttpHeaders.LOCATION, TokenLink.without(request));
            return;
        }
        if (given != null) {
            request.setAttribute(WRONG_TOKEN, true);
        } else if (isProgram(request) ? bearer(request) : session.of(request) != null) {
            letIn();
        }
        chain.doFilter(request, response);
    }

    /** A wrong header is never helped by a cookie. */
    private boolean bearer(HttpServletRequest request) {
        String header = request.getHeader(HttpHeaders.AUTHORIZATION);
        return header.regionMatches(true, 0, BEARER, 0, BEARER.length())
                && token.matches(header.substring(BEARER.length()).strip());
    }

    private static void letIn() {
        SecurityContext context = SecurityContextHolder.createEmptyContext();
        context.setAuthentication(UsernamePasswordAuthenticationToken.authenticated("owner", "", List.of()));
        SecurityContextHolder.setContext(context);
    }
}
