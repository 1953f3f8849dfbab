package io.caravan.e2e;

import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.support.ui.ExpectedConditions;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import io.caravan.mail.RunState;
import io.caravan.mailbox.Mailbox;
import io.caravan.mailbox.StoredMail;

import static org.assertj.core.api.Assertions.assertThat;

/** The mail as anybody of the audience would get it. */
class PreviewPageIT {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final String RUN = "document.title='gone';top.document.title='gone';alert(1)";
    private static Pages pages;

    @BeforeAll
    static void open() {
        pages = Pages.shared();
        campaign("preview-shop", "email,first_name\nana@example.org,Ana\nbo@example.org,Bo\ncy@example.org,Cy\n",
                "<p>Dear [[${first_name}]]</p>\n<img src=\"http://shop.example/a.png\"><a href=\"http://shop.example/\">Shop</a>"
                        + "<a th:href=\"${links.unsubscribe}\">Unsubscribe</a>");
    }

    private static void campaign(String name, String csv, String html) {
        pages.server.drop(name + ".csv", csv);
        pages.server.drop(name + ".html", html);
        pages.server.drop(name + ".campaign.yaml", "name: " + name + "\nfrom: \"Ana's Shop <news@shop.example>\"\n"
                + "subject: \"Hello [[${first_name}]]\"\nhtml: " + name + ".html\n");
        pages.server.awaitNote(name + ".campaign.yaml");
        pages.server.awaitNote(name + ".csv");
    }

    @Test
    void anybodyOfTheAudienceIsFoundByKeyboard() {
        pages.open("/campaigns/preview-shop/preview");
        assertThat(pages.text("#to")).isEqualTo("ana@example.org");
        assertThat(pages.text("#subject")).isEqualTo("Hello Ana");

        pages.tabTo("#next").press(Keys.ENTER);
        pages.untilText("#to", "bo@example.org");
        pages.tabTo("#random").press(Keys.ENTER);
        pages.until("somebody", () -> pages.text("#to").endsWith("@example.org"));
        pages.press("/").press(Keys.chord(Keys.CONTROL, "a"), "cy@example.org", Keys.ENTER);
        pages.untilText("#to", "cy@example.org");
        pages.press("/").press(Keys.chord(Keys.CONTROL, "a"), "bo", Keys.ENTER);
        pages.untilText("main", "There is no contact 'bo'");
        pages.tabTo("[data-rows] a").press(Keys.ENTER);
        pages.untilText("#to", "bo@example.org");

        pages.driver.switchTo().frame(pages.find("iframe"));
        assertThat(pages.driver.findElement(By.tagName("p")).getText()).isEqualTo("Dear Bo");
        pages.driver.switchTo().defaultContent();
        pages.tabTo("#width").press(Keys.ENTER);
        pages.until("a phone", () -> !pages.all(".phone iframe").isEmpty());
        assertThat(((Number) pages.script("return document.querySelector('.phone iframe').clientWidth")).intValue())
                .isBetween(380, 390);
    }

    @Test
    void tellsWhatACarefulColleagueWould() {
        pages.open("/campaigns/preview-shop/preview");

        assertThat(pages.all("[data-lint]")).extracting(one -> one.getDomAttribute("data-lint"))
                .containsExactly("missing_preheader", "missing_alt", "not_https", "image_not_https");
        assertThat(pages.text(".links")).contains("http://shop.example/", "/u/");
    }

    @Test
    void isTheMailThatIsSentButForTheIds() {
        String before = api("/campaigns/preview-shop/preview?as=bo@example.org").get("html").asString();
        pages.open("/campaigns/preview-shop/preview?view=source&as=bo@example.org");
        String source = pages.text("section.shown pre");
        pages.server.act("preview-shop", io.caravan.campaign.Action.START);
        pages.server.awaitRun("preview-shop", RunState.FINISHED);
        Mailbox mailbox = pages.server.bean(Mailbox.class);
        byte[] sent = mailbox.page(Long.MAX_VALUE, 500).stream()
                .filter(mail -> mail.campaign().equals("preview-shop") && mail.recipient().equals("bo@example.org"))
                .findFirst()
                .flatMap(mail -> mailbox.raw(mail.id())).orElseThrow();

        UnaryOperator<String> anonymous = text -> text.replace("\r\n", "\n").strip()
                .replaceAll("/([up])/[a-z0-9.]+", "/$1/ID");
        assertThat(anonymous.apply(before)).isEqualTo(anonymous.apply(String.valueOf(StoredMail.parse(sent).html())));
        UnaryOperator<String> ids = text -> text.replace("\r\n", "\n").replaceAll("=\n", "")
                .replaceAll("(?m)^(Message-ID|Date|Feedback-ID|List-Unsubscribe):.*(\n[ \t].*)*", "$1")
                .replaceAll("boundary=\"?[^\"\n]+\"?", "boundary=B").replaceAll("(?m)^--.*$", "--B")
                .replaceAll("/([up])/[a-z0-9.]+", "/$1/ID").strip();
        assertThat(ids.apply(source)).isEqualTo(ids.apply(new String(sent, java.nio.charset.StandardCharsets.UTF_8)));
    }

    @Test
    void aTemplateErrorIsASentenceWithItsLine() {
        campaign("preview-gaps", "email,first_name,city\nana@example.org,Ana,\nbo@example.org,Bo,Rom\n",
                "<p>Dear</p>\n<p>[[${city}]]</p>");

        pages.open("/campaigns/preview-gaps/preview?as=ana@example.org");

        assertThat(pages.text("#faulty")).contains("preview-gaps.html:2:", "city");
        pages.open("/campaigns/preview-gaps/preview?as=bo@example.org");
        assertThat(pages.text("#subject")).isEqualTo("Hello Bo");
        JsonNode refused = api("/campaigns/preview-gaps/preview?as=ana@example.org");
        assertThat(refused.get("status").asInt()).isEqualTo(422);
        assertThat(refused.get("errors").get(0).get("message").asString()).contains("preview-gaps.html:2:");
    }

    @Test
    void nothingOfAPersonRuns() {
        List<String> payloads = List.of("<script>" + RUN + "</script>", "\"\"><script>" + RUN + "</script>",
                "<img src=x onerror=" + RUN + ">", "'><svg onload=" + RUN + ">", "</title><script>" + RUN + "</script>",
                "</textarea></pre><script>" + RUN + "</script>", "${7*7}[[${7*7}]]", "javascript:" + RUN);
        StringBuilder csv = new StringBuilder("email,first_name\n");
        for (int i = 0; i < payloads.size(); i++) {
            csv.append("evil").append(i).append("@example.org,\"")
                    .append(payloads.get(i).replace("\"\"", "\"").replace("\"", "\"\""))
                    .append("\"\n");
        }
        campaign("preview-evil", csv.toString(),
                "<title>[[${first_name}]]</title><p title=\"x\" th:title=\"${first_name}\">[(${first_name})]</p>"
                        + "<a th:href=\"${first_name}\">a</a>");
        for (int i = 0; i < payloads.size(); i++) {
            for (String view : List.of("html", "text", "headers", "source")) {
                String path = "/campaigns/preview-evil/preview?as=evil" + i + "@example.org&view=" + view;
                pages.open(path);
                assertThat(ExpectedConditions.alertIsPresent().apply(pages.driver)).as(path).isNull();
                assertThat(pages.driver.getTitle()).as(path).doesNotContain("gone");
                assertThat(pages.all("#subject")).as(path + pages.text()).hasSize(1);
            }
            pages.open("/campaigns/preview-evil/preview/html?as=evil" + i + "@example.org");
            assertThat(ExpectedConditions.alertIsPresent().apply(pages.driver)).isNull();
            assertThat((Long) pages.script("return document.querySelectorAll('script').length")).isZero();
        }
        pages.open("/campaigns/preview-evil/preview?as=%3Cscript%3Ealert(1)%3C/script%3E");
        assertThat(ExpectedConditions.alertIsPresent().apply(pages.driver)).isNull();
        assertThat(pages.text()).contains("<script>alert(1)</script>");
    }

    @Test
    void aMailThatIsNowhereKeptIsPreviewedByTheApi() {
        JsonNode shown = post("/preview", JSON.writeValueAsString(Map.of(
                "campaign",
                Map.of("name", "nowhere", "from", "news@shop.example", "subject", "Hi [[${first_name}]]", "html",
                        "a.html"),
                "files", Map.of("a.html", "<p>O'Brien &amp; [[${first_name}]]</p>"), "address", "zoe@example.org",
                "attributes",
                Map.of("first_name", "Zoë <x>"))));

        assertThat(shown.get("subject").asString()).isEqualTo("Hi Zoë <x>");
        assertThat(shown.get("html").asString()).contains("O'Brien &amp; Zoë &lt;x");
        assertThat(shown.get("text").asString()).contains("O'Brien & Zoë <x>");
        assertThat(shown.get("lint").findValuesAsString("code")).contains("no_unsubscribe");
        assertThat(shown.get("headers").findValuesAsString("name")).contains("From", "To", "Subject",
                "List-Unsubscribe");
        assertThat(shown.get("size").asInt()).isPositive();
        JsonNode refused = post("/preview", "{\"campaign\":{\"name\":\"x y\",\"html\":\"a.html\"}}");
        assertThat(refused.get("errors").size()).isGreaterThan(2);
        assertThat(api("/campaigns/preview-shop/preview?as=nobody@example.org").get("status").asInt()).isEqualTo(404);
    }

    @Test
    void isInOrder() {
        for (String view : List.of("html", "text", "headers", "source")) {
            pages.check("/campaigns/preview-shop/preview?view=" + view);
        }
        pages.check("/campaigns/preview-shop/preview?width=phone");
        pages.screenshots("/campaigns/preview-shop/preview", "preview");
    }

    private static JsonNode api(String path) {
        return ask(HttpRequest.newBuilder(URI.create(pages.server.base() + "/api/v1" + path)).GET());
    }

    private static JsonNode post(String path, String body) {
        return ask(HttpRequest.newBuilder(URI.create(pages.server.base() + "/api/v1" + path))
                .header("Content-Type", "application/json").POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    private static JsonNode ask(HttpRequest.Builder request) {
        try {
            return JSON.readTree(pages.server.http
                    .send(request.header("Authorization", "Bearer " + pages.server.token()).build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body());
        } catch (java.io.IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
