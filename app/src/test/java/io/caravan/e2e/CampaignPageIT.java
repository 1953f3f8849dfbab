package io.caravan.e2e;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.Keys;

import io.caravan.campaign.Action;
import io.caravan.campaign.Campaigns;
import io.caravan.campaign.RunKind;
import io.caravan.mail.RowState;
import io.caravan.mail.RunState;
import io.caravan.mailbox.MailQuery;
import io.caravan.mailbox.MailSearch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** The pages of campaigns in a browser, by keyboard alone: what they show is what the ledger says, what is pressed is done once. */
class CampaignPageIT {

    private static Pages pages;
    private static Server server;

    @BeforeAll
    static void open() {
        pages = Pages.shared();
        server = pages.server;
    }

    /** Tab to it and Enter: a mouse is never used. */
    private static void enter(String css) {
        pages.until(css + " is there", () -> !pages.all(css).isEmpty());
        pages.tabTo(css).press(Keys.ENTER);
    }

    private static void confirmed(String campaign, String word) {
        pages.open("/campaigns/" + campaign);
        enter("#do-" + word);
        pages.until("it asks", () -> pages.path().endsWith("/actions/" + word));
        enter("#do");
        pages.until("it says what it did", () -> !pages.all(".said").isEmpty());
    }

    private static String number(long n) {
        return String.format(Locale.ENGLISH, "%,d", n);
    }

    private static byte[] download(String path) {
        try {
            HttpRequest request = HttpRequest.newBuilder(URI.create(pages.url(path)))
                    .header("Authorization", "Bearer " + server.token()).build();
            return server.http.send(request, HttpResponse.BodyHandlers.ofByteArray()).body();
        } catch (Exception e) {
            throw new IllegalStateException(path, e);
        }
    }

    @Test
    void pagesAreFitToBeUsedByEverybody() {
        pages.sent("page-fit", 30);
        server.campaign("page-fit", Server.people(31, "example.org"), "rate: 100/min", "tags: {season: spring}");
        server.awaitNote("page-fit.campaign.yaml");
        pages.until("version 2", () -> server.bean(Campaigns.class).find("page-fit").orElseThrow()
                .version() == 2);

        pages.check("/campaigns");
        pages.check("/campaigns?q=nobody-has-this");
        pages.check("/campaigns/page-fit");
        pages.check("/campaigns/page-fit/actions/start-again");
        pages.check("/campaigns/page-fit/actions/pause");
        pages.check("/campaigns/page-fit/versions/2");
        pages.screenshots("/campaigns", "campaigns");
        pages.screenshots("/campaigns/page-fit", "campaign");
        pages.screenshots("/campaigns/page-fit/actions/start-again", "campaign-confirm");
        pages.screenshots("/campaigns/page-fit/versions/2", "campaign-version");
    }

    @Test
    void numbersOfListAndCampaignAreTheLedgers() {
        pages.sent("page-numbers", Server.people(17, "example.org") + "bounce@simulator.caravan.test,B\n");
        Map<RowState, Long> ledger = server.counts("page-numbers");

        pages.open("/campaigns?q=page-numbers");
        assertThat(pages.all("tbody tr")).hasSize(1);
        assertThat(pages.text("tbody .few")).contains(ledger.get(RowState.ACCEPTED) + " accepted",
                ledger.get(RowState.BOUNCED) + " bounced");
        assertThat(pages.text("tbody .figures")).contains("finished, 100 % of 18");
        pages.press("j").press(Keys.ENTER);
        pages.until("the campaign opens", () -> pages.path().equals("/campaigns/page-numbers"));

        assertThat(pages.text("#state")).isEqualTo("finished");
        assertThat(pages.text("#planned")).isEqualTo("18");
        ledger.forEach((state, n) -> assertThat(pages.text("#now b[data-state=" + state.word() + "]"))
                .isEqualTo(number(n)));
        assertThat(pages.text("#runs")).contains("17 accepted").contains("1 bounced");
    }

    @Test
    void startSaysWhomItConcernsThenPauseResumeAndCancelAreDone() {
        server.campaign("page-steer", Server.people(40, "example.org"), "rate: 1/s",
                "schedule: {cron: \"0 0 9 1 1 ? 2099\"}");
        server.awaitNote("page-steer.campaign.yaml");
        server.awaitNote("page-steer.csv");
        pages.open("/campaigns/page-steer");
        assertThat(pages.text("#why-resume")).contains("It is scheduled, not paused");
        enter("#do-start");
        pages.until("it asks", () -> !pages.all("#people").isEmpty());
        assertThat(pages.text("#people")).isEqualTo("40 people");
        assertThat(pages.text()).contains("At 1/s that takes about 40 s.");
        assertThat(server.runs("page-steer")).as("nothing is done yet").isEmpty();
        enter("#do");
        pages.untilText(".said", "40 people concerned");
        server.awaitRun("page-steer", RunState.RUNNING);
        pages.untilText("#state", "running"); // by itself

        enter("#do-pause");
        pages.untilText("#state", "paused");
        await().until(() -> !server.counts("page-steer").containsKey(RowState.SENDING));
        long left = server.counts("page-steer").get(RowState.PENDING);
        pages.open("/campaigns/page-steer");
        assertThat(pages.text("#now")).contains("Paused: " + left + " left, nobody gets it twice.");
        enter("#do-resume");
        pages.untilText(".said", "Resume: " + left + " people concerned");
        assertThat(server.run("page-steer").state()).isEqualTo(RunState.RUNNING);
        long before = server.counts("page-steer").get(RowState.ACCEPTED);
        pages.until("the page moves by itself",
                () -> Long.parseLong(pages.text("#now b[data-state=accepted]")) > before);

        confirmed("page-steer", "cancel");
        assertThat(server.run("page-steer").state()).isEqualTo(RunState.CANCELLED);
        await().until(() -> !server.counts("page-steer").containsKey(RowState.PENDING));
        confirmed("page-steer", "start-new");
        assertThat(server.run("page-steer").kind()).isEqualTo(RunKind.NEW);
        confirmed("page-steer", "cancel");
    }

    @Test
    void finishedCampaignIsStartedAgainAndResentAndAnEndedOneIsNotPaused() {
        pages.sent("page-again", 3);

        confirmed("page-again", "start-again");
        await().until(() -> server.runs("page-again").size() == 2);
        server.awaitRun("page-again", RunState.FINISHED);
        confirmed("page-again", "resend");
        assertThat(server.run("page-again").kind()).isEqualTo(RunKind.RESEND);
        server.awaitRun("page-again", RunState.FINISHED);
        assertThat(server.counts("page-again")).as("all were reached").isEmpty();

        pages.open("/campaigns/page-again/actions/pause");
        assertThat(pages.text("[role=alert]")).contains("It is finished: there is nothing to pause");
        assertThat(pages.all("#do")).isEmpty();
    }

    @Test
    void lateRunThatAsksIsAnswered() {
        for (String answer : new String[]{"run", "skip"}) {
            String name = "page-asks-" + answer;
            server.campaign(name, Server.people(2, "example.org"),
                    "schedule: {at: 2020-01-01T09:00, zone: UTC, misfire: {late: 1h, then: ask}}");
            server.awaitRun(name, RunState.ASKING);
            pages.open("/campaigns/" + name);
            assertThat(pages.text("#now")).contains("is late and asks whether it should still go out");
            confirmed(name, "answer-" + answer);
            server.awaitRun(name, answer.equals("run") ? RunState.FINISHED : RunState.CANCELLED);
        }
    }

    @Test
    void actionThatWasOvertakenIsRefusedWithTheReason() {
        server.campaign("page-late", Server.people(1, "example.org"), "schedule: {cron: \"0 0 9 1 1 ? 2099\"}");
        server.awaitNote("page-late.campaign.yaml");
        pages.open("/campaigns/page-late");
        pages.script("document.querySelector('#now').removeAttribute('data-live')"); // it hears of nothing
        server.act("page-late", Action.CANCEL); // somebody else, meanwhile

        enter("#do-pause");

        pages.untilText(".refused", "it is cancelled: there is nothing to pause");
    }

    @Test
    void rowsInDoubtAreSettledByKeyboard() {
        pages.sent("page-doubt", 3);
        long run = server.run("page-doubt").id().value();
        server.sql()
                .sql("update delivery set state = 'in_doubt', reason = 'no answer after the dot' where run_id = " + run)
                .update();
        server.sql().sql("insert into attempt (run_id, n, attempt, at, outcome, host, status, reply)"
                + " select run_id, n, 1, now(6), 'in_doubt', 'mx.example.org', '', '' from delivery where run_id = "
                + run)
                .update();
        server.sql().sql("delete from run_count where run_id = " + run).update();
        server.sql().sql("insert into run_count (run_id, state, n) values (" + run + ", 'in_doubt', 3)").update();

        pages.check("/campaigns/page-doubt");
        pages.screenshots("/campaigns/page-doubt", "campaign-doubt");
        pages.open("/campaigns/page-doubt");
        for (String decision : new String[]{"accepted", "failed", "resend"}) {
            String row = pages.text("#doubt tbody tr td");
            enter("#doubt tbody tr button[value=" + decision + "]");
            pages.untilText(".said", "Row " + row + " is settled");
        }

        server.awaitRun("page-doubt", RunState.FINISHED);
        assertThat(server.counts("page-doubt")).isEqualTo(Map.of(RowState.ACCEPTED, 2L, RowState.FAILED, 1L));
        pages.open("/campaigns/page-doubt");
        assertThat(pages.all("#doubt")).isEmpty();
    }

    @Test
    void copyIsADraftAndATestArrivesMarked() {
        pages.sent("page-copied", 2);
        pages.open("/campaigns/page-copied");

        pages.tabTo("#newname").press("page-copy", Keys.ENTER);
        pages.until("the copy opens", () -> pages.path().equals("/campaigns/page-copy"));
        assertThat(pages.text("#state")).isEqualTo("draft");
        assertThat(pages.text(".facts")).contains("the people of page-copied.csv as last imported");
        assertThat(server.runs("page-copy")).isEmpty();
        pages.open("/campaigns/page-copied").tabTo("#newname").press("page-copy", Keys.ENTER);
        pages.untilText(".refused", "There is a campaign page-copy already");

        pages.open("/campaigns/page-copy").tabTo("#to").press("boss@page.example", Keys.TAB, Keys.ENTER);
        pages.untilText(".said", "A test with the data of p1@example.org went to boss@page.example");
        assertThat(server.bean(MailSearch.class)
                .page(MailQuery.parse("to:boss@page.example", Instant.EPOCH), Long.MAX_VALUE, 3).mails()).hasSize(1)
                .allSatisfy(mail -> assertThat(mail.subject()).startsWith("[Test] "));
        pages.open("/campaigns/page-copy").tabTo("#to").press("nonsense", Keys.ENTER);
        pages.untilText(".refused", "nonsense");
    }

    @Test
    void versionsShowWhatChangedAndComeBackAsTheyWereDropped() throws Exception {
        pages.sent("page-versions", 2);
        server.drop("page-versions.txt", "Dear [[${first_name} ?: 'friend']], this is new.\n");
        server.drop("page-versions.campaign.yaml", Server.file("page-versions", "rate: 5/s"));
        pages.until("version 2", () -> server.bean(Campaigns.class).find("page-versions")
                .orElseThrow().version() == 2);

        pages.open("/campaigns/page-versions/versions/2");
        assertThat(pages.text(".change .added .line")).isEqualTo("rate: 5/s");
        assertThat(pages.text()).contains("this is new.").contains("this is page-versions.");
        assertThat(pages.all(".change")).hasSize(2);
        assertThat(pages.open("/campaigns/page-versions/versions/9").text()).contains("There is nothing here");

        assertThat(new String(download("/campaigns/page-versions/versions/1/file"), StandardCharsets.UTF_8))
                .isEqualTo(Server.file("page-versions"));
        Map<String, String> parts = new LinkedHashMap<>();
        try (ZipInputStream zip = new ZipInputStream(
                new ByteArrayInputStream(download("/campaigns/page-versions/versions/2/parts")))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                parts.put(entry.getName(), new String(zip.readAllBytes(), StandardCharsets.UTF_8));
            }
        }
        assertThat(parts).containsOnlyKeys("page-versions.txt", "page-versions.campaign.yaml");
        parts.forEach(server::drop);
        await().until(() -> Files.walk(server.data.resolve("drop/done"))
                .filter(path -> path.getFileName().toString().matches("page-versions.*report.txt"))
                .anyMatch(path -> read(path).contains("is unchanged at version 2")));
    }

    private static String read(Path path) {
        try {
            return Files.readString(path);
        } catch (IOException e) {
            return "";
        }
    }
}
