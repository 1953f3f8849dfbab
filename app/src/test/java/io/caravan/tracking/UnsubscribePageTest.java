package io.caravan.tracking;

import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.List;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import io.caravan.mail.Keyed;
import io.caravan.mail.RowId;
import io.caravan.web.Site;

import static org.assertj.core.api.Assertions.assertThat;

class UnsubscribePageTest {

    private static final String BODY = "List-Unsubscribe=One-Click";
    private static Site site;
    private static Site.People people;

    @BeforeAll
    static void open() {
        site = Site.shared();
        people = site.bean(Site.People.class);
    }

    @BeforeEach
    void nobodyActed() {
        people.acts.clear();
    }

    private static HttpResponse<String> post(String path, String type, String body) throws Exception {
        return site.send(HttpRequest.newBuilder(site.base.resolve(path)).header("Content-Type", type)
                .POST(BodyPublishers.ofString(body)));
    }

    private static HttpResponse<String> post(String path, String body) throws Exception {
        return post(path, "application/x-www-form-urlencoded", body);
    }

    @Test
    void scannersThatOpenEveryLinkChangeNothing() throws Exception {
        String[] methods = {"GET", "HEAD", "OPTIONS", "GET"};

        for (int i = 0; i < 1_000; i++) {
            String token = site.link(new RowId(7, 1 + i));
            String path = (i % 2 == 0 ? "/u/" : "/p/") + token + (i % 5 == 0 ? "?" + BODY : "");
            HttpResponse<String> answer = site.send(site.request(path).method(methods[i % 4], BodyPublishers.noBody()));
            assertThat(answer.statusCode()).isEqualTo(200);
        }

        assertThat(people.acts).isEmpty();
        RowId row = new RowId(7, 1);
        assertThat(post("/u/" + site.link(row), BODY).statusCode()).isEqualTo(200);
        assertThat(people.acts).containsOnlyKeys(row);
    }

    @Test
    void oneClickPostSuppressesWithoutCookieSessionOrRedirect() throws Exception {
        RowId row = new RowId(7, 20);

        HttpResponse<String> answer = post("/u/" + site.link(row), BODY);

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Set-Cookie")).isEmpty();
        assertThat(answer.headers().firstValue("Location")).isEmpty();
        assertThat(people.acts.get(row)).containsExactly(Unsubscribe.ONE_CLICK);
        assertThat(post("/u/" + site.link(row), BODY).statusCode()).as("repeated").isEqualTo(200);
    }

    @Test
    void oneClickPostMayBeMultipart() throws Exception {
        RowId row = new RowId(7, 21);

        HttpResponse<String> answer = post("/u/" + site.link(row), "multipart/form-data; boundary=b",
                "--b\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--b--\r\n");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(people.acts).containsOnlyKeys(row);
    }

    @Test
    void wrongBodyIsRefused() throws Exception {
        String path = "/u/" + site.link(new RowId(7, 22));

        for (String body : List.of("", "List-Unsubscribe=", "List-Unsubscribe=one-click", "list-unsubscribe=One-Click",
                "x=1", BODY + "&" + BODY,
                "List-Unsubscribe=One-Click%00")) {
            assertThat(post(path, body).statusCode()).as(body).isEqualTo(400);
        }
        assertThat(post(path + "?" + BODY, "").statusCode()).as("in the address").isEqualTo(400);
        assertThat(post(path, "application/json", "{\"List-Unsubscribe\":\"One-Click\"}").statusCode()).isEqualTo(400);
        assertThat(site.send(site.request(path).method("PUT", BodyPublishers.ofString(BODY))).statusCode())
                .isEqualTo(405);
        assertThat(people.acts).isEmpty();
    }

    @Test
    void unknownAndForgedTokensGetTheSameAnswer() throws Exception {
        String good = site.link(new RowId(7, 23));
        String gone = site.link(new RowId(8, 23));
        String forged = good.substring(0, good.length() - 1) + (good.endsWith("a") ? "b" : "a");
        String otherKind = site.bean(Keyed.class).token("verp", new RowId(7, 23));
        String expected = site.get("/u/" + gone).body();

        for (String token : List.of(gone, forged, otherKind, "x", "1.2.3", "a".repeat(300))) {
            assertThat(site.get("/u/" + token)).satisfies(answer -> {
                assertThat(answer.statusCode()).isEqualTo(404);
                assertThat(answer.body()).isEqualTo(expected).doesNotContain("overview");
            });
            assertThat(post("/u/" + token, BODY).statusCode()).isEqualTo(404);
            assertThat(site.get("/p/" + token + "/view").statusCode()).isEqualTo(404);
        }
        assertThat(people.acts).isEmpty();
    }

    @Test
    void pageShowsAMaskedAddressAndItsButtonPosts() throws Exception {
        RowId row = new RowId(7, 24);
        String path = "/u/" + site.link(row);
        String page = site.get(path).body();

        assertThat(page).contains("<form method=\"post\">").contains("&lt;\u2026@example.org")
                .contains("Ana&#39;s &lt;i&gt;Shop&lt;/i&gt;")
                .contains("name=\"List-Unsubscribe\" value=\"One-Click\"").doesNotContain("ana</b>")
                .doesNotContain("_csrf");
        HttpResponse<String> done = post(path, BODY + "&page=1");

        assertThat(done.body()).contains("You are unsubscribed");
        assertThat(people.acts.get(row)).containsExactly(Unsubscribe.BY_PAGE);
        assertThat(site.get(path).body()).contains("You are unsubscribed").doesNotContain("<form");
    }

    @Test
    void linksOfTheOwnersBrowserNeedNoFormTokenEither() throws Exception {
        RowId row = new RowId(7, 25);

        HttpResponse<String> answer = site.send(site.request("/u/" + site.link(row)).header("Cookie", site.cookie())
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString(BODY + "&page=1")));

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(people.acts).containsOnlyKeys(row);
    }

    @Test
    void viewedMailComesUnderItsOwnPolicy() throws Exception {
        HttpResponse<String> answer = site.get("/p/" + site.link(new RowId(7, 26)) + "/view");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().allValues("Content-Security-Policy")).containsExactly(UnsubscribePage.VIEW_POLICY);
        assertThat(answer.headers().firstValue("X-Robots-Tag")).contains("noindex, nofollow");
        assertThat(answer.headers().firstValue("Content-Type")).contains("text/html;charset=UTF-8");
        assertThat(answer.body()).contains("Grüße");
    }

    @Test
    void publicPagesAreNotKeptAndSayNothingToOtherSites() throws Exception {
        HttpResponse<String> page = site.get("/u/" + site.link(new RowId(7, 27)));

        assertThat(page.headers().firstValue("Cache-Control").orElseThrow()).contains("no-store");
        assertThat(page.headers().firstValue("Referrer-Policy")).contains("no-referrer");
        assertThat(page.headers().firstValue("X-Robots-Tag")).contains("noindex, nofollow");
        assertThat(page.headers().firstValue("Set-Cookie")).isEmpty();
    }
}
