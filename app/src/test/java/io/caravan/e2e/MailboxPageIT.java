package io.caravan.e2e;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Keys;

import io.caravan.mail.RowId;
import io.caravan.mail.RunState;
import io.caravan.mailbox.MailQuery;
import io.caravan.mailbox.MailSearch;
import io.caravan.mailbox.Mailbox;
import io.caravan.suppression.Reason;
import io.caravan.suppression.Scope;
import io.caravan.suppression.Suppression;
import io.caravan.suppression.Suppressions;
import io.caravan.transport.ScriptedSink;

import static org.assertj.core.api.Assertions.assertThat;

/** The mailbox as a person uses it, by the keyboard alone. */
class MailboxPageIT {

    @TempDir
    private static Path data;
    private static ScriptedSink sink;
    private static Server server;
    private static Pages pages;

    @BeforeAll
    static void open() throws IOException {
        sink = new ScriptedSink().quiet().start();
        server = Server.on(data, "caravan.sandbox.verified=me@example.net,verified.example",
                "caravan.relays.main.uri=smtp://127.0.0.1:" + sink.port() + "?tls=none").start();
        pages = Pages.of(server);
    }

    @AfterAll
    static void close() throws IOException {
        server.close();
        sink.close();
    }

    @BeforeEach
    void empty() {
        server.bean(Mailbox.class).clear();
    }

    private static long sent(String campaign, int people, String... more) {
        server.campaign(campaign, Server.people(people, "example.org"), more);
        long run = server.awaitRun(campaign, RunState.FINISHED).id().value();
        return server.bean(Mailbox.class).find(new RowId(run, 1)).orElseThrow().id();
    }

    @Test
    void anEmptyMailboxSaysWhatFillsItAndFillsWhileItIsLookedAt() {
        pages.check("/mailbox");
        assertThat(pages.text()).contains("No mail yet");

        sent("arrives", 3);

        pages.untilText("main", "Hello from arrives");
        assertThat(pages.all(".mails tbody tr")).hasSize(3);
    }

    @Test
    void searchIsTheLedgersAndAWrongOneSaysTheNearest() {
        sent("searched", 60, "tags: {kind: trial}");
        sent("other", 2);
        pages.open("/mailbox").press("/").press("tag:kind -to:p7@example.org", Keys.ENTER);

        pages.until("the list is searched", () -> pages.path().contains("q="));
        long found = server.bean(MailSearch.class)
                .page(MailQuery.parse("tag:kind -to:p7@example.org", java.time.Instant.now()), Long.MAX_VALUE, 500)
                .mails().size();
        int first = pages.all(".mails tbody tr").size();
        pages.tabTo(".paging a[rel=next]").press(Keys.ENTER);
        pages.until("the next page is there", () -> pages.path().contains("before="));
        assertThat(first + pages.all(".mails tbody tr").size()).isEqualTo(59).isEqualTo((int) found);
        assertThat(pages.text()).doesNotContain("p7@example.org").doesNotContain("Hello from other");

        pages.open("/mailbox").press("/").press("form:ana", Keys.ENTER);
        pages.untilText(".note[role=alert]", "the nearest is 'from:'");
        pages.check("/mailbox?q=form:ana");
        pages.check("/mailbox?q=nobody");
    }

    @Test
    void aMailIsOpenedAndStoodUpAgainstItsNeighboursByKeys() {
        server.drop("terms.pdf", "%PDF-1.4 terms");
        long first = sent("walk", 3, "attachments: [terms.pdf]");
        pages.open("/mailbox").press("j").press("j").press(Keys.ENTER);
        pages.until("the second is open", () -> pages.path().startsWith("/mailbox/" + (first + 1)));

        assertThat(pages.find(".why").getDomAttribute("href"))
                .isEqualTo("/runs/" + server.run("walk").id() + "/people/2");
        assertThat(pages.text()).contains("terms.pdf");
        pages.press("j").press(Keys.ENTER);
        pages.until("the newer is open", () -> pages.path().startsWith("/mailbox/" + (first + 2)));
        pages.press(Keys.ESCAPE);
        pages.until("back in the list", () -> pages.path().equals("/mailbox"));

        for (String view : List.of("html", "text", "headers", "source")) {
            pages.check("/mailbox/" + first + "?view=" + view);
        }
    }

    @Test
    void aMailIsReleasedOrRefusedWithTheReason() {
        long id = sent("released", 1);
        server.bean(Suppressions.class).add(new Suppression.New("off@verified.example", Scope.GLOBAL, Reason.MANUAL,
                "by phone", null, null));
        int before = sink.takenCount();

        release(id, "off@verified.example");
        pages.untilText(".refused", "off@verified.example must not be mailed (suppression:");
        release(id, "ana@example.org");
        pages.untilText(".refused", "is not verified");
        assertThat(sink.takenCount()).isEqualTo(before);

        release(id, "me@example.net");
        pages.untilText(".said", "Released to me@example.net. 127.0.0.1 said: 250");
        assertThat(sink.taken().getLast().data()).isEqualTo(server.bean(Mailbox.class).raw(id).orElseThrow());
    }

    private static void release(long id, String to) {
        pages.open("/mailbox/" + id).tabTo(".acts summary").press(Keys.ENTER);
        pages.tabTo("#to").press(to, Keys.ENTER);
    }

    @Test
    void oneWhatWasFoundAndAllAreThrownAway() {
        long id = sent("thrown", 4);
        sent("kept", 2);
        Mailbox mailbox = server.bean(Mailbox.class);

        pages.open("/mailbox/" + id).tabTo(".acts .danger summary").press(Keys.ENTER);
        pages.tabTo(".acts .danger button").press(Keys.ENTER);
        pages.untilText(".said", "Mail " + id + " thrown away");
        assertThat(mailbox.find(id)).isEmpty();

        throwAway("/mailbox?q=campaign:thrown");
        pages.untilText(".said", "3 mails thrown away");
        assertThat(mailbox.count()).isEqualTo(2);
        assertThat(pages.text("h1")).contains("2 kept");

        throwAway("/mailbox");
        pages.untilText(".said", "2 mails thrown away");
        assertThat(mailbox.count()).isZero();
    }

    private static void throwAway(String list) {
        pages.open(list).tabTo(".apart summary").press(Keys.ENTER);
        pages.tabTo(".apart button").press(Keys.ENTER);
    }

    @Test
    void itIsFitToBeSeen() {
        server.drop("looks.html", "<h1>Dear Ana</h1><p>the first <b>green</b> sauce of the year is here.</p>"
                + "<p><a href=\"https://shop.example/\">To the shop</a></p>");
        server.drop("terms.pdf", "%PDF-1.4 terms");
        long id = sent("looks", 30, "html: looks.html", "attachments: [terms.pdf]", "tags: {season: spring}");

        pages.check("/mailbox");
        pages.screenshots("/mailbox", "mailbox-list");
        pages.check("/mailbox/" + id + "?width=phone");
        pages.screenshots("/mailbox/" + id, "mailbox-mail");
    }
}
