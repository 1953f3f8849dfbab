package io.caravan.e2e;

import java.net.http.HttpResponse;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.Keys;

import io.caravan.campaign.Run;
import io.caravan.delivery.Ledger;
import io.caravan.delivery.LedgerRow;
import io.caravan.flow.LedgerLine;
import io.caravan.mail.RowId;
import io.caravan.mail.RowState;
import io.caravan.mail.RunState;
import io.caravan.mailbox.Mailbox;
import io.caravan.mailbox.Message;
import io.caravan.suppression.Reason;
import io.caravan.suppression.Scope;
import io.caravan.suppression.Suppression;
import io.caravan.suppression.Suppressions;

import static org.assertj.core.api.Assertions.assertThat;

/** The pages of a run: the ledger's numbers at every moment, what holds it, its people, and one of them with the reasons and the mail. */
class RunPageIT {

    private static final String COUNTS = """
            return Object.fromEntries([...document.querySelectorAll('#states [data-state]')].map(
              b => [b.dataset.state, Number(b.textContent.replaceAll(',', ''))]))""";
    private static Pages pages;

    @BeforeAll
    static void open() {
        pages = Pages.shared();
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Long> shown() {
        return (Map<String, Long>) pages.script(COUNTS);
    }

    private static Map<String, Long> ledger(String campaign) {
        Map<String, Long> counted = new HashMap<>();
        pages.server.ledger(campaign).forEach(row -> counted.merge(row.state().word(), 1L, Long::sum));
        return counted;
    }

    @Test
    void numbersAreTheLedgersWhileItMovesAndSayWhatHoldsIt() {
        Run run = pages.sending("run-moves", 60, "5/s");
        pages.open("/runs/" + run.id());
        pages.script("window.same = true");

        pages.until("some are sent", () -> {
            Map<String, Long> now = shown();
            assertThat(now.values().stream().mapToLong(Long::longValue).sum()).isEqualTo(60);
            return now.getOrDefault("accepted", 0L) >= 10;
        });
        pages.untilText("main", "the campaign's rate of 5/s");
        assertThat(pages.text("[data-lane='example.org']")).contains("60").contains("the campaign's rate of 5/s");

        pages.server.awaitRun("run-moves", RunState.FINISHED);
        pages.untilText("main", "Every recipient is final.");
        assertThat(shown()).isEqualTo(ledger("run-moves")).isEqualTo(Map.of("accepted", 60L));
        assertThat(pages.text("#planned") + " " + pages.text("#settled")).isEqualTo("60 60");
        assertThat((Boolean) pages.script("return window.same")).as("it was not loaded anew").isTrue();
    }

    @Test
    void pauseResumeAndCancelWorkByKeyboardAlone() {
        Run run = pages.sending("run-keys", 200, "5/s");
        pages.open("/runs/" + run.id());

        pages.tabTo("#do-pause").press(Keys.ENTER);
        pages.untilText(".said", "Paused");
        assertThat(pages.server.run("run-keys").state()).isEqualTo(RunState.PAUSED);

        pages.tabTo("#do-resume").press(Keys.ENTER);
        pages.untilText(".said", "Nobody is mailed twice");
        assertThat(pages.server.run("run-keys").state()).isEqualTo(RunState.RUNNING);

        pages.tabTo("#ask-cancel").press(Keys.ENTER);
        pages.tabTo("#do-cancel").press(Keys.ENTER);
        pages.untilText(".said", "Cancelled");
        pages.server.awaitRun("run-keys", RunState.CANCELLED);
        pages.until("all are final", () -> shown().getOrDefault("pending", 0L) == 0
                && shown().getOrDefault("sending", 0L) == 0);
        assertThat(shown()).isEqualTo(ledger("run-keys")).containsKey("cancelled");
        assertThat(pages.all("#do-pause, #do-resume, #ask-cancel")).isEmpty();
    }

    @Test
    void anActionThatIsTooLateIsRefusedWithTheReason() {
        Run run = pages.sending("run-late", 100, "2/s");
        pages.open("/runs/" + run.id());
        pages.script("window.late = document.querySelector('input[name=_csrf]').cloneNode()"); // goes with its button
        pages.server.act("run-late", io.caravan.campaign.Action.CANCEL);
        pages.server.awaitRun("run-late", RunState.CANCELLED);

        pages.script("""
                const form = document.createElement('form'); form.method = 'post'; form.action = location.pathname + '/pause';
                form.append(window.late); document.body.append(form); form.submit()""");

        pages.untilText(".refused", "This run is over (cancelled)");
    }

    @Test
    void peopleAreFoundByAddressStateAndReason() {
        Run run = pages.sent("run-people", "email,first_name\n" + "success@simulator.caravan.test,A\n"
                + "bounce@simulator.caravan.test,B\nsuppressed@people.example,S\nana@people.example,Ana\n");
        String people = "/runs/" + run.id() + "/people";

        pages.open("/runs/" + run.id()).tabTo("#people").press(Keys.ENTER);
        pages.until("the list is shown", () -> pages.path().equals(people));
        assertThat(pages.all("#people tbody tr")).hasSize(4);
        pages.press("/").press("ana@", Keys.ENTER);
        pages.until("one is found", () -> pages.all("#people tbody tr").size() == 1);
        pages.press("j").press(Keys.ENTER);
        pages.untilText("h1", "ana@people.example");
        pages.press(Keys.ESCAPE);
        pages.until("back at the list", () -> pages.path().startsWith(people));

        LedgerRow bounced = pages.server.ledger("run-people").stream()
                .filter(row -> row.address().startsWith("bounce@")).findFirst().orElseThrow();
        assertThat(bounced.state()).isEqualTo(RowState.BOUNCED);
        pages.open(people + "?state=bounced&reason=hard");
        assertThat(pages.all("#people tbody tr")).hasSize(1);
        assertThat(pages.text("#people")).contains("bounce@simulator.caravan.test").contains(bounced.reason());
        pages.open(people + "?state=complained");
        assertThat(pages.text()).contains("None found");
    }

    @Test
    void aRecipientHasItsReasonsItsAttributesAndItsMail() {
        Run run = pages.sent("run-one", "email,first_name\nzoe@one.example,Zoë\nlea@one.example,Lea\n");
        RowId row = pages.server.ledger("run-one").stream().filter(one -> one.address().startsWith("zoe@"))
                .findFirst().orElseThrow().row();
        pages.server.bean(Suppressions.class).add(new Suppression.New("zoe@one.example", Scope.GLOBAL, Reason.MANUAL,
                "asked by telephone", row, null));
        String path = "/runs/" + run.id() + "/people/" + row.n();

        pages.open(path);
        assertThat(pages.text()).contains("Planned", "Claimed", "Now: accepted", "first_name", "Zoë",
                "asked by telephone", "As it was kept by the mailbox", "Hello from run-one", "Dear Zoë");
        pages.open(path + "?view=headers");
        assertThat(pages.text(".headers")).contains("Message-ID", "Hello from run-one");
        pages.check(path);
    }

    @Test
    void theMailIsMadeAgainInTheSameBytes() throws Exception {
        Run run = pages.sent("run-again", 2);
        Mailbox mailbox = pages.server.bean(Mailbox.class);
        RowId row = new RowId(run.id().value(), 1);
        Message kept = mailbox.find(row).orElseThrow();
        byte[] source = mailbox.raw(kept.id()).orElseThrow();
        pages.server.sql().sql("delete from mailbox_message where id = :id").param("id", kept.id()).update();

        HttpResponse<String> again = Programs.of(pages.server).get("/runs/" + run.id() + "/people/1/raw");

        assertThat(again.statusCode()).isEqualTo(200);
        assertThat(again.body()).isEqualTo(new String(source, java.nio.charset.StandardCharsets.UTF_8));
        pages.open("/runs/" + run.id() + "/people/1");
        assertThat(pages.text("#mail")).contains("the same bytes as were sent");
    }

    @Test
    void whyTellsAllRunsOfAnAddress() {
        pages.sent("run-why", "email\nwhy@why.example\n");
        pages.sent("run-why-too", "email\nwhy@why.example\n");

        pages.open("/why").press("/").press("why@why.example", Keys.ENTER);
        pages.untilText("main", "run-why-too, run 1");
        assertThat(pages.text()).contains("run-why, run 1");
        pages.open("/why?address=why@why.example&campaign=run-why");
        assertThat(pages.text()).contains("run-why, run 1").doesNotContain("run-why-too, run 1");
        pages.open("/why?address=nobody@nowhere.example");
        assertThat(pages.text()).contains("Nobody knows this address");
        pages.open("/why?address=@@");
        assertThat(pages.text(".refused")).contains("@@");
        pages.check("/why?address=why@why.example");
        pages.check("/why");
    }

    @Test
    void theSpreadsheetIsGuardedAndSaysSo() throws Exception {
        Run run = pages.sent("run-sheet", "email\n+tag@sheet.example\n=a@sheet.example\nok@sheet.example\n");

        HttpResponse<String> sheet = Programs.of(pages.server).get("/runs/" + run.id() + "/spreadsheet.csv");

        List<String> lines = sheet.body().lines().toList();
        assertThat(lines.getFirst()).isEqualTo("\uFEFF\"" + String.join("\",\"", LedgerLine.COLUMNS) + "\"");
        assertThat(lines).hasSize(4).anyMatch(line -> line.contains("\"'+tag@sheet.example\""))
                .anyMatch(line -> line.contains("\"'=a@sheet.example\""))
                .anyMatch(line -> line.contains("\"ok@sheet.example\""));
        pages.open("/runs/" + run.id());
        assertThat(pages.text()).contains("What a spreadsheet would run as a formula gets ' before it");
    }

    @Test
    void pagesAreFitForEverybody() {
        Run run = pages.sent("run-fit", "email\nbounce@simulator.caravan.test\nfit@fit.example\n");
        pages.server.bean(Ledger.class).move(pages.server.ledger("run-fit").stream()
                .filter(row -> row.state() == RowState.ACCEPTED).findFirst().orElseThrow().row(), RowState.ACCEPTED,
                RowState.IN_DOUBT, "test");
        String path = "/runs/" + run.id();

        pages.check(path);
        assertThat(pages.text()).contains("the answer was lost");
        pages.check(path + "/people");
        pages.check(path + "/people?state=failed");
        pages.check(path + "/people/1");
        pages.check(path + "/people/2?view=source");
        pages.screenshots(path, "run");
        pages.screenshots(path + "/people", "people");
        pages.screenshots(path + "/people/1", "recipient");
        pages.screenshots("/why?address=fit@fit.example", "why");
    }
}
