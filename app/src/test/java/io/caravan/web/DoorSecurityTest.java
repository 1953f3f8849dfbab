package io.caravan.web;

import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;

import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.Cookie;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.mock.web.MockHttpServletRequest;

import io.caravan.mail.InvalidInput;
import io.caravan.mail.RowId;
import io.caravan.mailbox.Mailbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class DoorSecurityTest {

    private static Site site;

    @BeforeAll
    static void open() {
        site = Site.shared();
    }

    @Test
    void printedLinkBecomesACookieAndLeavesTheAddressBar() throws Exception {
        HttpResponse<String> link = site.get("/?token=" + Site.TOKEN);

        assertThat(link.statusCode()).isEqualTo(303);
        assertThat(link.headers().firstValue("Location")).contains("/");
        assertThat(link.headers().firstValue("Referrer-Policy")).contains("no-referrer");
        String cookie = link.headers().firstValue("Set-Cookie").orElseThrow();
        assertThat(cookie).contains("HttpOnly").contains("SameSite=Lax").contains("Path=/").doesNotContain(Site.TOKEN)
                .doesNotContain("Secure");
        assertThat(site.send(site.request("/").header("Cookie", cookie.split(";")[0])).statusCode()).isEqualTo(200);
    }

    @Test
    void linkOfAnyPageLetsInAndComesBackToItWithoutTheToken() throws Exception {
        for (String[] link : new String[][]{
                {"/runs/3?token=" + Site.TOKEN, "/runs/3"},
                {"/mailbox?q=a%26b+c&token=" + Site.TOKEN + "&page=2", "/mailbox?q=a%26b+c&page=2"},
                {"/mailbox?%74oken=" + Site.TOKEN, "/mailbox"},
                {"/mailbox?token=" + Site.TOKEN + "&x=//evil.example&token=" + Site.TOKEN,
                        "/mailbox?x=//evil.example"},
                {"/mailbox?x=%0d%0aSet-Cookie:a=b&token=" + Site.TOKEN, "/mailbox?x=%0d%0aSet-Cookie:a=b"}}) {
            HttpResponse<String> answer = site.get(link[0]);

            assertThat(answer.statusCode()).as(link[0]).isEqualTo(303);
            assertThat(answer.headers().firstValue("Location")).as(link[0]).contains(link[1]);
            assertThat(answer.headers().firstValue("Set-Cookie").orElseThrow()).doesNotContain(Site.TOKEN);
            assertThat(answer.headers().firstValue("Referrer-Policy")).contains("no-referrer");
            assertThat(answer.headers().firstValue("Cache-Control").orElseThrow()).contains("no-store");
            assertThat(answer.body()).doesNotContain(Site.TOKEN);
        }
    }

    @Test
    void linkThatIsHostileOrOfNoPageLetsNobodyIn() throws Exception {
        for (String path : List.of("//evil.example/?token=", "/%2f%2fevil.example?token=", "/%5cevil.example?token=",
                "/runs;x=1?token=", "/runs?token=wrong&token=", "/api/v1/campaigns?token=", "/v3/api-docs?token=",
                "/actuator/prometheus?token=", "/caravan.css?token=", "/u/x?token=", "/runs?Token=",
                "/runs?a=token=")) {
            HttpResponse<String> answer = site.send(HttpRequest
                    .newBuilder(java.net.URI.create(site.base + path + Site.TOKEN)));

            assertThat(answer.headers().firstValue("Set-Cookie")).as(path).isEmpty();
            assertThat(answer.headers().firstValue("Location")).as(path).isEmpty();
        }
    }

    @Test
    void addressWithoutTheTokenIsAlwaysOneOfThisHost() {
        MockHttpServletRequest request = new MockHttpServletRequest("GET", "//evil.example/x");
        request.setQueryString("token=a&b=%zz&%zz=c&&d");

        assertThat(TokenLink.without(request)).isEqualTo("/evil.example/x?b=%zz&d");
        request.setRequestURI("/\\evil.example");
        request.setQueryString("token=a");
        assertThat(TokenLink.without(request)).isEqualTo("/evil.example");
    }

    @Test
    void cookieIsSecureOverHttps() {
        MockHttpServletRequest request = new MockHttpServletRequest();
        request.setSecure(true);

        assertThat(new Session(new AccessToken(Site.TOKEN), Clock.systemUTC()).open(request).isSecure()).isTrue();
    }

    @Test
    void cookieEndsAfterThirtyDaysAndWithTheToken() {
        Instant now = Instant.parse("2026-11-24T09:00:00Z");
        Session issued = new Session(new AccessToken(Site.TOKEN), Clock.fixed(now, ZoneOffset.UTC));
        String value = issued.open(new MockHttpServletRequest()).getValue();
        MockHttpServletRequest request = new MockHttpServletRequest();
        request.setCookies(new Cookie(issued.cookieName(), value));

        assertThat(issued.of(request)).isEqualTo(value);
        assertThat(at(Site.TOKEN, now.plus(Session.LASTS).minusSeconds(1)).of(request)).isEqualTo(value);
        assertThat(at(Site.TOKEN, now.plus(Session.LASTS)).of(request)).isNull();
        assertThat(at("another-token-0123456789-0123456789", now).of(request)).isNull();
        request.setCookies(new Cookie(issued.cookieName(), value.substring(0, value.length() - 2)),
                new Cookie(issued.cookieName(), "x"),
                new Cookie(issued.cookieName(), ".."));
        assertThat(issued.of(request)).isNull();
    }

    private static Session at(String token, Instant now) {
        return new Session(new AccessToken(token), Clock.fixed(now, ZoneOffset.UTC));
    }

    @Test
    void programsSendTheTokenAsBearer() throws Exception {
        assertThat(site.owner("/").statusCode()).isEqualTo(200);
        assertThat(site.send(site.request("/").header("Authorization", "Bearer wrong")).statusCode()).isEqualTo(401);
        assertThat(site.send(site.request("/").header("Authorization", "Basic " + Site.TOKEN)).statusCode())
                .isEqualTo(401);
        assertThat(site.send(site.request("/").header("Authorization", "Bearer wrong").header("Cookie", site.cookie()))
                .statusCode())
                .isEqualTo(401);
    }

    @Test
    void withoutTokenEverythingIsClosedAndThePageSaysHowToGetIn() throws Exception {
        for (String path : List.of("/", "/runs", "/mailbox", "/mailbox/1", "/mailbox/1/html", "/mailbox/1/raw",
                "/api/v1/campaigns",
                "/actuator/prometheus", "/actuator/env", "/v3/api-docs", "/nothing/here", "/%75/../mailbox", "/U/x",
                "/?token=wrong")) {
            HttpResponse<String> answer = site.get(path);

            assertThat(answer.statusCode()).as(path).isIn(400, 401);
        }
        HttpResponse<String> refused = site.get("/");
        assertThat(refused.body()).contains("keys/token").contains("Authorization: Bearer")
                .doesNotContain("Overview</a>");
        assertThat(refused.headers().firstValue("WWW-Authenticate")).contains("Bearer realm=\"caravan\"");
        assertThat(site.get("/?token=wrong").body()).contains("not this installation").doesNotContain("wrong</");
    }

    @Test
    void theFormForTheTokenLeadsToThePageThatWasAskedFor() throws Exception {
        String form = form(site.get("/runs/3/people?state=failed&to%6ben=wrong&q=a%26%22%3Cb%3E&q=2&plain"));

        assertThat(form).contains("action=\"/runs/3/people\"",
                "<input type=\"hidden\" name=\"state\" value=\"failed\">",
                "<input type=\"hidden\" name=\"q\" value=\"a&amp;&quot;&lt;b&gt;\">",
                "<input type=\"hidden\" name=\"q\" value=\"2\">",
                "<input type=\"hidden\" name=\"plain\" value=\"\">").doesNotContain("wrong");
        for (String noLink : List.of("/", "/actuator/prometheus?x=1", "/api")) {
            assertThat(form(site.get(noLink))).as(noLink).contains("action=\"/\"").doesNotContain("hidden");
        }
        assertThat(form(site.send(site.request("/mailbox/clear?x=1").POST(BodyPublishers.noBody()))))
                .as("a form that was sent cannot be sent again by a link").contains("action=\"/\"")
                .doesNotContain("hidden");
    }

    @Test
    void theFormForTheTokenLeadsToNoOtherHost() {
        MockHttpServletRequest error = new MockHttpServletRequest("GET", "/error");
        error.setAttribute(RequestDispatcher.ERROR_METHOD, "GET");
        for (String path : List.of("//evil.example/x", "/\\evil.example/x", "\\\\evil.example/x",
                "///evil.example/x")) {
            error.setAttribute(RequestDispatcher.ERROR_REQUEST_URI, path);

            assertThat(TokenLink.asked(error)).as(path)
                    .isEqualTo(new TokenLink.Asked("/evil.example/x", List.of()));
        }
        error.setAttribute(RequestDispatcher.ERROR_QUERY_STRING, "bad=%zz&token=t&a=//b");
        assertThat(TokenLink.asked(error).fields()).containsExactly(new TokenLink.Field("a", "//b"));
    }

    private static String form(HttpResponse<String> refused) {
        assertThat(refused.statusCode()).isEqualTo(401);
        return refused.body().replaceAll("(?s).*(<form.*</form>).*", "$1");
    }

    @Test
    void publicLinksHealthAndStaticFilesAreOpen() throws Exception {
        for (String path : List.of("/caravan.css", "/caravan.js", "/theme.js", "/webjars/htmx.org/dist/htmx.min.js",
                "/favicon.svg", "/u/" + site.link(new RowId(7, 3)))) {
            assertThat(site.get(path).statusCode()).as(path).isEqualTo(200);
        }
        for (String path : List.of("/actuator/health", "/actuator/health/readiness", "/c/x", "/o/x", "/p/x", "/u/x")) {
            assertThat(site.get(path).statusCode()).as(path).isEqualTo(404);
        }
    }

    @Test
    void formsWithCookieNeedTheirToken() throws Exception {
        site.keep(1, "ana@example.org", "Hello", "Subject: Hello\n\nHello");
        String cookie = site.cookie();
        HttpRequest.Builder bare = site.request("/mailbox/clear").header("Cookie", cookie)
                .POST(BodyPublishers.noBody());

        assertThat(site.send(bare).statusCode()).isEqualTo(403);
        assertThat(site.send(site.request("/mailbox/clear").POST(BodyPublishers.noBody())).statusCode()).isEqualTo(401);
        assertThat(site.bean(Mailbox.class).count()).isPositive();

        String page = site.send(site.request("/mailbox").header("Cookie", cookie)).body();
        String field = page.replaceAll("(?s).*name=\"_csrf\" value=\"([^\"]+)\".*", "$1");
        HttpRequest.Builder form = site.request("/mailbox/clear").header("Content-Type",
                "application/x-www-form-urlencoded");
        assertThat(
                site.send(form.copy().header("Cookie", site.cookie()).POST(BodyPublishers.ofString("_csrf=" + field)))
                        .statusCode())
                .as("another session's token").isEqualTo(403);
        assertThat(
                site.send(form.header("Cookie", cookie).POST(BodyPublishers.ofString("_csrf=" + field))).statusCode())
                .isEqualTo(303);
        assertThat(site.bean(Mailbox.class).count()).isZero();
    }

    @Test
    void programsNeedNoFormToken() throws Exception {
        site.keep(2, "ana@example.org", "Hello", "Subject: Hello\n\nHello");

        HttpResponse<String> answer = site
                .send(site.request("/mailbox/clear").header("Authorization", "Bearer " + Site.TOKEN)
                        .POST(BodyPublishers.noBody()));

        assertThat(answer.statusCode()).isEqualTo(303);
        assertThat(site.bean(Mailbox.class).count()).isZero();
    }

    @Test
    void everyPageCarriesTheStrictPolicyAndNoServerSession() throws Exception {
        for (String path : List.of("/", "/mailbox", "/nothing")) {
            HttpResponse<String> answer = site.owner(path);

            assertThat(answer.headers().firstValue("Content-Security-Policy")).as(path)
                    .contains(DoorSecurity.PAGE_POLICY);
            assertThat(answer.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
            assertThat(answer.headers().firstValue("Set-Cookie")).isEmpty();
            assertThat(answer.body()).doesNotContainPattern(
                    "(?i)<style|style=|\\son[a-z]+=|<script(?![^>]+src=)|https?://(?!www.w3.org)");
        }
    }

    @Test
    void tokenIsNeverPrintedAndNeverShort() {
        assertThat(new AccessToken(Site.TOKEN).toString()).doesNotContain(Site.TOKEN);
        assertThatThrownBy(() -> new AccessToken("short")).isInstanceOf(InvalidInput.class)
                .hasMessageContaining("keys/token");
    }
}
