package io.caravan.web;

import java.util.HashMap;
import java.util.Map;

import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.webmvc.autoconfigure.error.ErrorViewResolver;
import org.springframework.dao.NonTransientDataAccessResourceException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.jdbc.CannotGetJdbcConnectionException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.servlet.ModelAndView;

/** Error pages in the house style: what happened and what to do, nothing of our insides. */
@Component
@ControllerAdvice
class ErrorPages implements ErrorViewResolver {

    private static final Logger LOG = LoggerFactory.getLogger(ErrorPages.class);

    @Override
    public ModelAndView resolveErrorView(HttpServletRequest request, HttpStatus status, Map<String, Object> model) {
        Object path = request.getAttribute(RequestDispatcher.ERROR_REQUEST_URI);
        ModelAndView page = page(status,
                isPublic(path == null ? "" : path.toString().substring(request.getContextPath().length())),
                request.getAttribute(TokenFilter.WRONG_TOKEN) != null);
        page.addObject("asked", TokenLink.asked(request));
        page.addObject("most",
                request.getAttribute(TooLargeUpload.MOST) instanceof Long bytes ? Words.size(bytes) : "");
        return page;
    }

    /** The database is away for a moment: a page or a mail provider's one-click may come again. */
    @ExceptionHandler({CannotGetJdbcConnectionException.class, CannotCreateTransactionException.class,
            TransientDataAccessException.class,
            NonTransientDataAccessResourceException.class})
    ModelAndView databaseAway(Exception cause, HttpServletRequest request, HttpServletResponse response) {
        LOG.warn("page not shown, the database does not answer: {}", cause.getMessage());
        response.setHeader(HttpHeaders.RETRY_AFTER, "5");
        return page(HttpStatus.SERVICE_UNAVAILABLE, isPublic(request.getServletPath()), false);
    }

    /** A link in a mail is opened by strangers: they are told nothing of the pages. */
    private static boolean isPublic(String path) {
        return path.matches("/[upco]/.*");
    }

    private static ModelAndView page(HttpStatus status, boolean isPublic, boolean wrongToken) {
        Map<String, Object> model = new HashMap<>();
        model.put("status", status.value());
        model.put("heading", heading(status));
        model.put("isPublic", isPublic);
        model.put("wrongToken", wrongToken);
        return new ModelAndView("web/error", model, status);
    }

    private static String heading(HttpStatus status) {
        if (status == HttpStatus.UNAUTHORIZED) {
            return "Please come in with the token";
        }
        if (status == HttpStatus.NOT_FOUND) {
            return "There is nothing here";
        }
        if (status == HttpStatus.SERVICE_UNAVAILABLE) {
            return "The database does not answer";
        }
        if (status == HttpStatus.CONTENT_TOO_LARGE) {
            return "This file is too large";
        }
        return status.is4xxClientError() ? "This request was not understood" : "Something went wrong here";
    }
}
