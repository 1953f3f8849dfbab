package io.caravan.api;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import tools.jackson.databind.json.JsonMapper;

import io.caravan.api.Refused.Fault;
import io.caravan.intake.CsvLimits;

/**
 * Answers what went wrong outside of the API's controllers - no token, no such path, a method that is not there - as the controllers would:
 * below {@code /api} nobody gets a page. Stands in the container's error dispatch; headers that were set (WWW-Authenticate, Allow) stay.
 */
final class ErrorAnswers implements Filter {

    private final JsonMapper json;
    private final CsvLimits limits;

    ErrorAnswers(JsonMapper json, CsvLimits limits) {
        this.json = json;
        this.limits = limits;
    }

    static boolean isForPrograms(String path) {
        return path.startsWith("/api/") || path.startsWith("/v3/");
    }

    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        HttpServletRequest http = (HttpServletRequest) request;
        String uri = String.valueOf(request.getAttribute(RequestDispatcher.ERROR_REQUEST_URI));
        String path = uri.startsWith(http.getContextPath()) ? uri.substring(http.getContextPath().length()) : uri;
        if (!isForPrograms(path)) {
            chain.doFilter(request, response);
            return;
        }
        int code = request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE) instanceof Integer given ? given : 500;
        HttpStatus status = Objects.requireNonNullElse(HttpStatus.resolve(code), HttpStatus.INTERNAL_SERVER_ERROR);
        Fault fault = status == HttpStatus.CONTENT_TOO_LARGE
                ? tooLarge(limits)
                : status.is5xxServerError()
                        ? Problems.unexpected(http.getMethod(), uri,
                                (Throwable) request.getAttribute(RequestDispatcher.ERROR_EXCEPTION))
                        : fault(status, http.getMethod(), uri);
        write((HttpServletResponse) response, status, uri, fault);
    }

    void write(HttpServletResponse response, HttpStatus status, String uri, Fault fault) throws IOException {
        ProblemDetail detail = Problems.detail(status, List.of(fault));
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("title", detail.getTitle());
        body.put("status", status.value());
        body.put("detail", detail.getDetail());
        body.put("instance", uri);
        body.put("errors", List.of(fault));
        byte[] bytes = json.writeValueAsBytes(body);
        response.setStatus(status.value());
        response.setContentType(MediaType.APPLICATION_PROBLEM_JSON_VALUE);
        response.setContentLength(bytes.length);
        response.getOutputStream().write(bytes);
    }

    static Fault tooLarge(CsvLimits limits) {
        return new Fault("", "too_large", "this is larger than the " + limits.unpacked()
                + " bytes that are taken of a file (caravan.intake.unpacked, for the drop folder too): split it, send it packed, or"
                + " raise the key and start again");
    }

    /** What a status means here, and what to do. */
    static Fault fault(HttpStatus status, String method, String uri) {
        return switch (status) {
            case UNAUTHORIZED -> new Fault("", "unauthorized",
                    "send the token of keys/token in the data folder: Authorization: Bearer TOKEN");
            case FORBIDDEN -> new Fault("", "forbidden",
                    "a request that comes with the pages' cookie must bring their X-CSRF-TOKEN header; programs send Authorization: Bearer TOKEN");
            case NOT_FOUND -> new Fault("", "not_found",
                    "there is nothing at " + uri + "; /v3/api-docs lists what there is");
            case METHOD_NOT_ALLOWED -> new Fault("", "method_not_allowed",
                    method + " is not possible at " + uri + "; the header Allow says what is");
            case NOT_ACCEPTABLE -> new Fault("", "not_acceptable",
                    "the answer is none of the types in Accept; leave Accept out, or ask for application/json");
            case UNSUPPORTED_MEDIA_TYPE -> new Fault("", "unsupported_media_type",
                    "this cannot be read here; send Content-Type: application/json, or what /v3/api-docs says of this path");
            default -> new Fault("", "refused",
                    "this request cannot be served: " + status.getReasonPhrase().toLowerCase(java.util.Locale.ROOT));
        };
    }
}
