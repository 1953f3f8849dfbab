package io.caravan.e2e;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.Keys;

import static org.assertj.core.api.Assertions.assertThat;

/** The page to try calls shows every operation of the API, and sends one by keyboard alone. */
class TryApiPageIT {

    private static Pages pages;

    @BeforeAll
    static void open() {
        pages = Pages.shared();
    }

    @Test
    void everyOperationIsOnThePage() throws Exception {
        long described = 0;
        for (var path : Programs.json(Programs.of(pages.server).get("/v3/api-docs")).get("paths")) {
            described += path.size();
        }
        pages.open("/api");

        assertThat(pages.all("tbody tr")).hasSize((int) described).isNotEmpty();
        pages.check("/api");
        pages.check("/api?call=keepCampaign");
        pages.check("/api?call=nothing");
        pages.screenshots("/api", "api");
        pages.screenshots("/api?call=keepCampaign", "api-call");
    }

    @Test
    void aCallIsSentByKeyboardAndItsAnswerAndCurlLineAreShown() {
        pages.open("/").tabTo("footer a").press(Keys.ENTER);
        pages.until("the list is there", () -> pages.path().equals("/api"));
        pages.tabTo("a[href$='call=keepCampaign']").press(Keys.ENTER);
        pages.until("the call is there", () -> pages.path().equals("/api?call=keepCampaign"));
        pages.tabTo("#body").press(Keys.chord(Keys.CONTROL, "a"), """
                {"campaign": {"name": "tried", "from": "a@shop.example", "subject": "<b>Hello</b>", "text": "t.txt",
                "audience": {"list": "nobody-yet"}}, "files": {"t.txt": "It's me"}}""");
        pages.tabTo("#try button").press(Keys.ENTER);
        pages.untilText("#status", "422");
        assertThat(pages.text("#answered")).contains("\"code\"").contains("nobody-yet");
        assertThat(pages.text("#headers")).contains("application/problem+json");
        assertThat(pages.text("#curl")).startsWith("curl -X POST 'http://127.0.0.1:").contains("Bearer $(cat")
                .contains("It'\\''s me");
    }
}
