package io.caravan.web;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;

import jakarta.servlet.http.HttpServletRequest;

import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpMethod;
import org.springframework.security.web.servlet.util.matcher.PathPatternRequestMatcher;
import org.springframework.security.web.util.matcher.OrRequestMatcher;
import org.springframework.security.web.util.matcher.RequestMatcher;

/** {@code ?token=} in the link of a page: what it gives, and the same address without it. */
final class TokenLink {

    private static final String NAME = "token";
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
        String path = "/" + request.getRequestURI().replaceFirst("^[/\\\\]+", "");
        String query = request.getQueryString();
        String rest = query == null
                ? ""
                : Arrays.stream(query.split("&")).filter(part -> !part.isEmpty() && !isToken(part))
                        .collect(Collectors.joining("&"));
        return rest.isEmpty() ? path : path + "?" + rest;
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
        return new OrRequestMatcher(java.util.stream.Stream
                .of(DoorSecurity.PUBLIC, DoorSecurity.OPEN, new String[]{"/api/**", "/v3/**", "/actuator/**"})
                .flatMap(Arrays::stream).map(pattern -> (RequestMatcher) path.matcher(pattern)).toList());
    }
}
