package io.caravan.web;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;

import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpMethod;
import org.springframework.security.web.servlet.util.matcher.PathPatternRequestMatcher;
import org.springframework.security.web.util.matcher.OrRequestMatcher;
import org.springframework.security.web.util.matcher.RequestMatcher;

/** {@code ?token=} in the link of a page: what it gives, and the same address without it. */
final class TokenLink {

    private static final String NAME = "token";
    private static final List<String> PROGRAMS = List.of("/api/**", "/v3/**", "/actuator/**");
    /** What is no page: programs send a header there, and links in mails have a seal of their own. */
    private static final RequestMatcher NO_PAGE = noPage();

    private TokenLink() {
    }

    /** Null: the link has none. {@code ""}, which nobody's is: it has several that differ. */
    static @Nullable String given(HttpServletRequest request) {
        if (!HttpMethod.GET.matches(request.getMethod()) || NO_PAGE.matches(request)) {
            return null;
        }
        String[] all = request.getParameterValues(NAME);
        if (all == null) {
            return null;
        }
        return Set.copyOf(Arrays.asList(all)).size() == 1 ? all[0] : "";
    }

    /** Path and query as they came, of this host whatever the path begins with. */
    static String without(HttpServletRequest request) {
        String path = local(request.getRequestURI());
        String rest = parts(request.getQueryString()).collect(Collectors.joining("&"));
        return rest.isEmpty() ? path : path + "?" + rest;
    }

    /** A part of a query, decoded. */
    public record Field(String name, String value) {
    }

    /**
     * The page that was asked for in vain, so that the form with the token leads to it.
     *
     * @param path   of this host whatever it began with
     * @param fields of its query, without a token: a form that is sent by GET forgets those of its action
     */
    public record Asked(String path, List<Field> fields) {
    }

    /** From an error's dispatch, whose own path is that of the error page. What was not read leads to the overview. */
    static Asked asked(HttpServletRequest error) {
        Object path = error.getAttribute(RequestDispatcher.ERROR_REQUEST_URI);
        Object query = error.getAttribute(RequestDispatcher.ERROR_QUERY_STRING);
        if (path == null || !HttpMethod.GET.name().equals(error.getAttribute(RequestDispatcher.ERROR_METHOD))
                || isOfPrograms(local(path.toString()), error.getContextPath())) {
            return new Asked(error.getContextPath() + "/", List.of());
        }
        return new Asked(local(path.toString()), parts(query == null ? null : query.toString()).map(TokenLink::field)
                .flatMap(Optional::stream).toList());
    }

    /** No page, so no link with a token opens it. */
    private static boolean isOfPrograms(String path, String context) {
        return PROGRAMS.stream().map(pattern -> context + pattern.substring(0, pattern.indexOf("/**")))
                .anyMatch(root -> path.equals(root) || path.startsWith(root + "/"));
    }

    /** With a second slash or a backslash at its beginning browsers would take it for another host's. */
    private static String local(String path) {
        return "/" + path.replaceFirst("^[/\\\\]+", "");
    }

    private static Stream<String> parts(@Nullable String query) {
        return query == null
                ? Stream.of()
                : Arrays.stream(query.split("&")).filter(part -> !part.isEmpty() && !isToken(part));
    }

    private static Optional<Field> field(String part) {
        int end = part.indexOf('=');
        try {
            return Optional
                    .of(new Field(URLDecoder.decode(end < 0 ? part : part.substring(0, end), StandardCharsets.UTF_8),
                            end < 0 ? "" : URLDecoder.decode(part.substring(end + 1), StandardCharsets.UTF_8)));
        } catch (IllegalArgumentException e) {
            return Optional.empty(); // no form can send it
        }
    }

    /** As the container reads it, {@code %74oken} too. */
    private static boolean isToken(String part) {
        int end = part.indexOf('=');
        try {
            return URLDecoder.decode(end < 0 ? part : part.substring(0, end), StandardCharsets.UTF_8).equals(NAME);
        } catch (IllegalArgumentException e) {
            return true; // what nobody can read is not worth keeping
        }
    }

    private static RequestMatcher noPage() {
        PathPatternRequestMatcher.Builder path = PathPatternRequestMatcher.withDefaults();
        return new OrRequestMatcher(Stream
                .of(DoorSecurity.PUBLIC, DoorSecurity.OPEN, PROGRAMS.toArray(String[]::new))
                .flatMap(Arrays::stream).map(pattern -> (RequestMatcher) path.matcher(pattern)).toList());
    }
}
