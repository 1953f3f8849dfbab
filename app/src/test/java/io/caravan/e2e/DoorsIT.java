package io.caravan.e2e;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.servlet.mvc.method.RequestMappingInfo;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

import static org.assertj.core.api.Assertions.assertThat;

/** Every door is tried, by the running server's own table of routes: what is added later, too. */
class DoorsIT {

    private static final Set<RequestMethod> CHANGING = Set.of(RequestMethod.POST, RequestMethod.PUT,
            RequestMethod.PATCH, RequestMethod.DELETE);
    /** Links in mails, which carry a seal of their own. */
    private static final String PUBLIC = "/[upco](/.*)?";
    /** The container's own dispatch of what failed; asked for by name it tells nothing but that. */
    private static final Set<String> NO_DOOR = Set.of("/error");

    @TempDir
    private static Path data;
    private static Server server;
    private static HttpClient http;
    private static String cookie;
    private static final List<Door> DOORS = new ArrayList<>();

    record Door(RequestMethod method, String pattern) {
        /** With something in place of each variable. */
        String path() {
            return pattern.replaceAll("\\{[^{}]*(\\{[^}]*}[^{}]*)*}", "1").replace("/**", "/1").replace("*", "1");
        }
    }

    @BeforeAll
    static void start() throws Exception {
        server = Server.on(data).start();
        http = server.http;
        HttpResponse<String> link = http.send(
                HttpRequest.newBuilder(URI.create(server.base() + "/?token=" + server.token())).build(),
                HttpResponse.BodyHandlers.ofString());
        cookie = link.headers().firstValue("Set-Cookie").orElseThrow().split(";")[0];
        for (RequestMappingHandlerMapping table : mappings()) {
            table.getHandlerMethods().keySet().forEach(DoorsIT::enter);
        }
    }

    /** The pages' and the API's; the actuator's are in a table of their own. */
    private static Collection<RequestMappingHandlerMapping> mappings() {
        return server.beans(RequestMappingHandlerMapping.class);
    }

    private static void enter(RequestMappingInfo route) {
        for (String pattern : route.getPatternValues()) {
            Set<RequestMethod> methods = route.getMethodsCondition().getMethods();
            // a route without methods takes all of them
            for (RequestMethod method : methods.isEmpty() ? Set.of(RequestMethod.GET, RequestMethod.POST) : methods) {
                if (!NO_DOOR.contains(pattern)) {
                    DOORS.add(new Door(method, pattern.isEmpty() ? "/" : pattern));
                }
            }
        }
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void theTableHasTheDoorsThatWeKnow() {
        assertThat(DOORS).contains(new Door(RequestMethod.GET, "/"), new Door(RequestMethod.GET, "/mailbox"),
                new Door(RequestMethod.POST, "/u/{token}"), new Door(RequestMethod.GET, "/v3/api-docs"));
        assertThat(DOORS).anyMatch(door -> CHANGING.contains(door.method()) && !door.pattern().matches(PUBLIC));
    }

    @Test
    void nothingChangesWithoutTheToken() {
        SoftAssertions all = new SoftAssertions();
        for (Door door : changing()) {
            all.assertThat(status(door, false)).as(door + " without a token").isEqualTo(401);
        }
        all.assertAll();
    }

    @Test
    void nothingChangesByTheCookieAloneWithoutProofThatOurPageAsked() {
        SoftAssertions all = new SoftAssertions();
        for (Door door : changing()) {
            all.assertThat(status(door, true)).as(door + " with the cookie, without proof").isEqualTo(403);
        }
        all.assertAll();
    }

    @Test
    void nothingIsReadWithoutTheToken() {
        SoftAssertions all = new SoftAssertions();
        for (Door door : DOORS) {
            if (!CHANGING.contains(door.method()) && !door.pattern().matches(PUBLIC)) {
                all.assertThat(status(door, false)).as(door + " without a token").isEqualTo(401);
            }
        }
        for (String path : List.of("/actuator", "/actuator/prometheus", "/actuator/env", "/actuator/heapdump",
                "/v3/api-docs.yaml", "/swagger-ui/index.html", "/api/v1/nothing")) {
            all.assertThat(status(new Door(RequestMethod.GET, path), false)).as(path).isEqualTo(401);
        }
        all.assertAll();
    }

    /** The one act of strangers has no cookie and no token by its nature (RFC 8058; /p is its page's form), and its seal is looked at. */
    @Test
    void onlyPublicLinksAreOpenAndTheyOnlyUnsubscribe() {
        Set<String> open = new TreeSet<>();
        DOORS.stream().filter(door -> CHANGING.contains(door.method()) && door.pattern().matches(PUBLIC))
                .forEach(door -> open.add(door.method() + " " + door.pattern()));

        assertThat(open).containsExactly("POST /p/{token}", "POST /u/{token}");
        assertThat(status(new Door(RequestMethod.POST, "/u/{token}"), false)).isEqualTo(404);
    }

    private static List<Door> changing() {
        return DOORS.stream().filter(door -> CHANGING.contains(door.method()) && !door.pattern().matches(PUBLIC))
                .toList();
    }

    private static int status(Door door, boolean byCookie) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(server.base() + door.path()))
                .method(door.method().name(), CHANGING.contains(door.method())
                        ? BodyPublishers.ofString("a=b")
                        : BodyPublishers.noBody())
                .header("Content-Type", "application/x-www-form-urlencoded");
        if (byCookie) {
            request.header("Cookie", cookie);
        }
        try {
            return http.send(request.build(), HttpResponse.BodyHandlers.ofString()).statusCode();
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
