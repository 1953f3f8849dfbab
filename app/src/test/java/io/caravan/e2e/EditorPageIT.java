package io.caravan.e2e;

import java.util.List;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.Keys;

import io.caravan.campaign.Campaigns;
import io.caravan.campaign.Drafts;
import io.caravan.mail.RowState;
import io.caravan.mail.RunState;
import io.caravan.mailbox.Mailbox;
import io.caravan.mailbox.StoredMail;

import static org.assertj.core.api.Assertions.assertThat;

/** A campaign is written, checked and sent in the browser, by keyboard alone. */
class EditorPageIT {

    private static final String HTML = "<p>Dear [[${first_name} ?: 'friend']]</p><a th:href=\"${links.unsubscribe}\">Unsubscribe</a>";
    private static Pages pages;

    @BeforeAll
    static void open() {
        pages = Pages.shared();
    }

    /** A list by a CSV that is dropped alone. */
    private static void list(String name, String csv) {
        pages.server.drop(name + ".csv", csv);
        pages.server.awaitNote(name + ".csv");
    }

    private static void type(String css, String text) {
        pages.tabTo(css).press(Keys.chord(Keys.CONTROL, "a"), text.isEmpty() ? Keys.DELETE : text);
    }

    private static void submit(String button) {
        pages.tabTo(button).press(Keys.ENTER);
    }

    private static void next() {
        submit("button[name=go][value=next]");
    }

    private static void at(String path) {
        pages.until("the page is " + path, () -> pages.path().equals(path));
    }

    private static void begin(String name, String list) {
        pages.open("/campaigns/new");
        type("#name", name);
        pages.tabTo("#list").press(list);
        submit("form button.main");
        at("/campaigns/" + name + "/edit/audience");
    }

    private static void content(String from, String subject, String html) {
        type("#from", from);
        type("#subject", subject);
        type("#html", html);
    }

    @Test
    void aCampaignMadeByKeyboardIsSentToWhomItSaid() {
        list("editor-all", Server.people(12, "editor.example"));
        list("editor-staff", "email\np1@editor.example\np2@editor.example\n");
        pages.server.sql().sql("insert into suppression (address, scope, reason, created_at, changed_at)"
                + " values ('p3@editor.example', 'global', 'manual', now(6), now(6))").update();
        begin("editor-first", "editor-all");

        assertThat(pages.text("#size")).isEqualTo("12");
        assertThat(pages.text("#reached")).isEqualTo("11");
        pages.tabTo("input[value='list:editor-staff']").press(Keys.SPACE);
        pages.untilText("#reached", "9");
        next();
        at("/campaigns/editor-first/edit/content");
        content("Ana's Shop <news@shop.example>", "Hello [[${first_name}]]", HTML);
        pages.until("the mail is beside it", () -> pages.text("#beside").contains("Hello P4")
                || pages.text("#beside").contains("Hello P1"));
        next();
        at("/campaigns/editor-first/edit/schedule");
        type("#rate", "100/s");
        next();
        at("/campaigns/editor-first/edit/preflight");
        submit("#run-check");
        pages.untilText("#check", "Every mail can be made.");
        assertThat(pages.text("#good")).contains("9 people would get it", "1 are suppressed", "2 are left out");
        submit("#to-review");
        at("/campaigns/editor-first/edit/review");
        assertThat(pages.text("#reached")).isEqualTo("9");
        assertThat(pages.text("#takes")).contains("at 100/s");
        submit("#start");
        at("/campaigns/editor-first");

        pages.server.awaitRun("editor-first", RunState.FINISHED);
        assertThat(pages.server.counts("editor-first")).containsEntry(RowState.ACCEPTED, 9L)
                .containsEntry(RowState.SUPPRESSED, 3L);
        Mailbox mailbox = pages.server.bean(Mailbox.class);
        List<String> subjects = mailbox.page(Long.MAX_VALUE, 500).stream()
                .filter(mail -> mail.campaign().equals("editor-first")).map(mail -> mail.subject()).toList();
        assertThat(subjects).containsExactlyInAnyOrder("Hello P4", "Hello P5", "Hello P6", "Hello P7", "Hello P8",
                "Hello P9", "Hello P10", "Hello P11", "Hello P12");
        StoredMail one = mailbox.page(Long.MAX_VALUE, 500).stream()
                .filter(mail -> mail.campaign().equals("editor-first"))
                .findFirst().map(mail -> StoredMail.parse(mailbox.raw(mail.id()).orElseThrow())).orElseThrow();
        assertThat(one.html()).contains("Dear P", "Unsubscribe</a>");
        assertThat(one.text()).contains("Dear P");
        assertThat(pages.server.bean(Drafts.class).find("editor-first")).isEmpty();
    }

    @Test
    void faultsStandAtTheirFieldsAndNothingTypedIsLost() {
        list("editor-few", Server.people(3, "example.org"));
        begin("editor-faulty", "editor-few");
        next();
        at("/campaigns/editor-faulty/edit/content");

        content("not an address", "", "<p>\n<b th:text=\"${first_name\">x</b></p>");
        pages.tabTo("#content summary").press(Keys.ENTER);
        type("#vars", "year: [2026");
        submit("button[name=go][value=next]");
        pages.until("it is refused", () -> !pages.all(".error").isEmpty());

        assertThat(pages.find("#from").getDomProperty("value")).isEqualTo("not an address");
        assertThat(pages.find("#vars").getDomProperty("value")).isEqualTo("year: [2026");
        assertThat(pages.find("#html").getDomProperty("value")).contains("th:text=\"${first_name\"");
        assertThat(pages.all("[aria-invalid=true]")).extracting(field -> field.getDomAttribute("id"))
                .containsExactly("from", "subject", "html", "vars");
        assertThat(pages.text()).contains("it is missing", "line 2:");

        pages.open("/campaigns/editor-faulty/edit/review");
        assertThat(pages.text()).contains("Not yet", "from", "subject", "line 2:");
        assertThat(pages.all("#start")).isEmpty();
    }

    @Test
    void ofTwoTabsTheSecondIsToldAndMaySaveOver() {
        list("editor-tabs-list", Server.people(3, "example.org"));
        begin("editor-tabs", "editor-tabs-list");
        pages.open("/campaigns/editor-tabs/edit/schedule");
        String mine = pages.driver.getWindowHandle();
        pages.driver.switchTo().newWindow(org.openqa.selenium.WindowType.TAB);
        pages.open("/campaigns/editor-tabs/edit/schedule");
        type("#rate", "7/s");
        pages.press(Keys.chord(Keys.CONTROL, "s"));
        pages.untilText("main", "Saved.");
        pages.driver.close();
        pages.driver.switchTo().window(mine);

        type("#rate", "9/s");
        pages.press(Keys.chord(Keys.CONTROL, "s"));
        pages.untilText("main", "Not saved: this draft was saved meanwhile");

        assertThat(pages.server.bean(Drafts.class).find("editor-tabs").orElseThrow().source()).contains("rate: 7/s");
        assertThat(pages.find("#rate").getDomProperty("value")).isEqualTo("9/s");
        submit("button[name=over]");
        pages.untilText("main", "Saved.");
        assertThat(pages.server.bean(Drafts.class).find("editor-tabs").orElseThrow().source()).contains("rate: 9/s");
    }

    @Test
    void aDroppedCampaignIsOpenedFromItsFileAndKeepsWhatTheEditorDoesNotAskFor() {
        pages.server.campaign("editor-dropped", Server.people(4, "example.org"), "# By hand.", "workflow: standard",
                "vars: {year: 2026, deep: {a: [1, 2]}}", "schedule: {cron: \"0 0 9 ? * MON\", zone: Europe/Rome}");
        pages.server.awaitNote("editor-dropped.campaign.yaml");

        pages.open("/campaigns/editor-dropped/edit/schedule");
        assertThat(pages.all("#firings li")).hasSize(10);
        assertThat(pages.text("#firings")).contains("09:00:00 Europe/Rome");
        type("#cron", "0 30 8 1 * ?");
        pages.untilText("#firings", "1 Jan 2027, 08:30:00 Europe/Rome".substring(6));
        next();
        at("/campaigns/editor-dropped/edit/preflight");
        submit("#to-review");
        assertThat(pages.text("#reached")).isEqualTo("4");
        assertThat(pages.text(".compared")).contains("0 0 9 ? * MON", "0 30 8 1 * ?");
        submit("#start");
        at("/campaigns/editor-dropped");

        Campaigns campaigns = pages.server.bean(Campaigns.class);
        var campaign = campaigns.find("editor-dropped").orElseThrow();
        assertThat(campaign.version()).isEqualTo(2);
        var version = campaigns.version(campaign.id(), 2);
        assertThat(version.source()).contains("# By hand.", "workflow: standard");
        assertThat(version.spec().vars()).isEqualTo(campaigns.version(campaign.id(), 1).spec().vars());
        assertThat(version.spec().schedule().cron()).isEqualTo("0 30 8 1 * ?");
        assertThat(version.contents()).isEqualTo(campaigns.version(campaign.id(), 1).contents());
    }

    @Test
    void theCheckNamesPersonTemplateLineAndAttribute() {
        list("editor-gaps", "email,first_name\nana@example.org,Ana\nbo@example.org,\n");
        begin("editor-gaps-mail", "editor-gaps");
        next();
        at("/campaigns/editor-gaps-mail/edit/content");
        content("news@shop.example", "Hello", "<p>Dear</p>\n<p>[[${first_name}]]</p>");
        next();
        at("/campaigns/editor-gaps-mail/edit/schedule");
        pages.open("/campaigns/editor-gaps-mail/edit/preflight");
        submit("#run-check");
        pages.untilText("#check", "These mails cannot be made.");

        assertThat(pages.all("#check tbody tr")).hasSize(1);
        assertThat(pages.text("#check tbody tr")).contains("bo@example.org", "editor-gaps-mail.html, line 2",
                "first_name");
    }

    @Test
    void isInOrder() {
        list("editor-order-list", Server.people(30, "example.org"));
        begin("editor-order", "editor-order-list");
        next();
        at("/campaigns/editor-order/edit/content");
        content("Ana's Shop <news@shop.example>", "Spring is here, [[${first_name} ?: 'friend']]", HTML);
        next();
        at("/campaigns/editor-order/edit/schedule");
        pages.open("/campaigns/editor-order/edit/preflight");
        submit("#run-check");
        pages.untilText("#check", "Every mail can be made.");
        pages.check("/campaigns/new");
        for (String step : List.of("audience", "content", "schedule", "preflight", "review")) {
            pages.check("/campaigns/editor-order/edit/" + step);
            pages.screenshots("/campaigns/editor-order/edit/" + step, "editor-" + step);
        }
    }
}
