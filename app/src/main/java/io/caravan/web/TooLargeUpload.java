package io.caravan.web;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Locale;

import jakarta.servlet.FilterChain;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.http.HttpStatus;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.multipart.MaxUploadSizeExceededException;

/**
 * Says that a form's file is too large before anybody looks for the form's proof in it: a form that is not taken apart has none, and would
 * be refused as forged (403). Only for a browser's session: programs bring no proof and get their problem from the API.
 */
final class TooLargeUpload extends OncePerRequestFilter {

    /** What is taken at most, bytes, for the error page. */
    static final String MOST = TooLargeUpload.class.getName() + ".most";

    private final Session session;
    private final long most;

    /** @param most bytes of a request; below 1: no bound */
    TooLargeUpload(Session session, long most) {
        this.session = session;
        this.most = most;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        String type = request.getContentType();
        boolean form = type != null && type.toLowerCase(Locale.ROOT).startsWith("multipart/");
        if (most < 1 || !form || request.getContentLengthLong() <= most || TokenFilter.isProgram(request)
                || session.of(request) == null) {
            chain.doFilter(request, response);
            return;
        }
        request.getInputStream().transferTo(OutputStream.nullOutputStream()); // a browser reads no answer before it has sent all
        request.setAttribute(MOST, most);
        // Spring MVC would take the form apart for the error page, too, if it did not know that this has failed already
        request.setAttribute(RequestDispatcher.ERROR_EXCEPTION, new MaxUploadSizeExceededException(most));
        response.sendError(HttpStatus.CONTENT_TOO_LARGE.value());
    }
}
