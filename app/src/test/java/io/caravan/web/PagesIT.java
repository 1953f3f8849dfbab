package io.caravan.web;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

import com.sun.net.httpserver.HttpServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.By;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.support.ui.ExpectedConditions;

import io.caravan.Browser;
import io.caravan.Payload;
import io.caravan.mail.RowId;
import io.caravan.mail.RowState;
import io.caravan.mail.RunState;
import io.caravan.mailbox.Mailbox;
import io.caravan.mailbox.Message;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** The pages in a real browser. */
class PagesIT {

    private static Site site;
    private static Site.Runs runs;
    private static Browser page;
    private static ChromeDriver browser;
    private static HttpServer canary;
    private static final AtomicInteger canaryAsked = new AtomicInteger();

    @BeforeAll
    static void open() throws IOException {
        site = Site.shared();
        runs = site.bean(Site.Runs.class);
        canary = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        canary.createContext("/", exchange -> {
            canaryAsked.incrementAndGet();
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        canary.start();
        page = Browser.at(site.base, Site.TOKEN);
        browser = page.driver;
    }

    @AfterAll
    static void close() {
        canary.stop(0);
    }

    @BeforeEach
    void asOnFirstDay() {
        runs.lines.clear();
        runs.needs.clear();
        site.bean(Mailbox.class).clear();
        browser.get(site.base + "/");
        page.said();
    }

    @Test
    void pagesAreInOrderEmptyAndFull() {
        page.check("/");
        page.check("/mailbox");
        runs.lines.addAll(Sample.runs());
        for (int n = 1; n <= 60; n++) {
            site.keep(n,
                    n % 7 == 0
                            ? "a-very-long-local-part-of-an-address-" + n + "@long.subdomain.example.org"
                            : "ana" + n + "@example.org",
                    n % 5 == 0
                            ? "Spring is here, and with it a subject that is much longer than any list has room for "
                                    + "x".repeat(80)
                            : "Spring is here, Ana " + n,
                    Sample.MAIL.replace("https://shop.example/remote.png", "data:,"));
        }
        long id = site.bean(Mailbox.class).page(Long.MAX_VALUE, 1).getFirst().id();

        List.of("", "mailbox", "mailbox/" + id, "mailbox/" + id + "?view=text", "mailbox/" + id + "?view=headers",
                "mailbox/" + id + "?view=source", "u/" + site.link(new RowId(7, 50)), "nothing")
                .forEach(path -> page.check("/" + path));
    }

    @Test
    void tokenLeavesTheAddressBar() {
        browser.get(site.base + "/?token=" + Site.TOKEN);

        assertThat(browser.getCurrentUrl()).isEqualTo(site.base + "/");
        assertThat(browser.findElement(By.tagName("h1")).getText()).isEqualTo("Overview");
        assertThat((String) browser.executeScript("return document.cookie")).isEmpty();
    }

    @Test
    void openRunsRefreshByThemselves() {
        runs.lines.add(Sample.run("spring", 1, RunState.RUNNING, null, Instant.now(), null, 10, null,
                Map.of(RowState.ACCEPTED, 1L, RowState.PENDING, 9L)));
        browser.get(site.base + "/");
        assertThat(page.text(".figures")).contains("10 %");

        runs.lines.set(0, Sample.run("spring", 1, RunState.FINISHED, null, Instant.now(), Instant.now(), 0, null,
                Map.of(RowState.ACCEPTED, 10L)));

        await().atMost(5, SECONDS).until(() -> (Boolean) browser
                .executeScript("return document.querySelector('.state').textContent.trim() === 'finished'"));
        assertThat(page.text()).contains("100 %")
                .contains("Every recipient is final.");
        assertThat(page.said()).isEmpty();
    }

    @Test
    void pageThatIsNotListenedToPolls() {
        LiveListeners listeners = site.bean(LiveListeners.class);
        listeners.stop();
        try {
            page.open("/");
            runs.lines.add(Sample.run("polled", 1, RunState.RUNNING, null, Instant.now(), null, 10, null,
                    Map.of(RowState.PENDING, 9L)));

            page.untilText("main", "polled");
        } finally {
            listeners.start();
        }
        assertThat(page.said()).allMatch(line -> line.contains("/live") && line.contains("503"));
    }

    @Test
    void whatIsSelectedOrWrittenInIsNotTakenAway() {
        runs.lines.add(Sample.run("spring", 1, RunState.PAUSED, "one", Instant.now(), null, 10, null,
                Map.of(RowState.PENDING, 9L)));
        page.open("/");
        page.script("getSelection().selectAllChildren(document.querySelector('.says'))");

        runs.lines.set(0, Sample.run("spring", 1, RunState.PAUSED, "two", Instant.now(), null, 10, null,
                Map.of(RowState.PENDING, 9L)));

        await().during(3, SECONDS).atMost(5, SECONDS).until(() -> page.text(".says").contains("one"));
        page.script("getSelection().removeAllRanges()");
        page.untilText(".says", "two");
    }

    @Test
    void timesAreOfTheViewersZoneWithItsOffset() {
        browser.executeCdpCommand("Emulation.setTimezoneOverride", Map.of("timezoneId", "Asia/Kolkata"));
        try {
            runs.lines.add(Sample.run("spring", 1, RunState.PAUSED, null, Instant.parse("2026-11-24T20:00:00Z"), null,
                    10, null, Map.of(RowState.PENDING, 9L)));
            page.open("/");

            assertThat(page.text(".when time")).isEqualTo("25 Nov 2026, 01:30:00 +05:30");
            assertThat(page.find(".when time").getDomAttribute("title")).isEqualTo("24 Nov 2026, 20:00:00 UTC");
        } finally {
            browser.executeCdpCommand("Emulation.setTimezoneOverride", Map.of("timezoneId", ""));
        }
    }

    @Test
    void unsubscribeButtonWorksWithoutScript() {
        RowId row = new RowId(7, 51);
        browser.get(site.base + "/u/" + site.link(row));
        assertThat(site.bean(Site.People.class).acts).doesNotContainKey(row);

        browser.findElement(By.cssSelector("button.main")).click();

        await().atMost(5, SECONDS).until(() -> browser.getPageSource().contains("You are unsubscribed"));
        assertThat(site.bean(Site.People.class).acts.get(row)).hasSize(1);
        assertThat(page.said()).isEmpty();
    }

    @Test
    void mailboxIsEmptiedByItsForm() {
        site.keep(1, "ana@example.org", "Hello", "Subject: Hello\n\nHello");
        browser.get(site.base + "/mailbox");

        browser.findElement(By.cssSelector(".danger summary")).click();
        browser.findElement(By.cssSelector(".danger button")).click();

        await().atMost(5, SECONDS).until(() -> site.bean(Mailbox.class).count() == 0);
        await().atMost(5, SECONDS).until(() -> browser.getPageSource().contains("No mail yet"));
    }

    @Test
    void imagesInsideTheMailAreSeenAndItsMarkupIsInTheFrameAlone() {
        long id = site.keep(1, "ana@example.org", "Spring", Sample.MAIL);
        browser.get(site.base + "/mailbox/" + id);

        browser.switchTo().frame(browser.findElement(By.tagName("iframe")));

        assertThat(browser.findElement(By.id("greeting")).getText()).isEqualTo("Dear Ana,");
        assertThat(browser.findElement(By.tagName("img")).getDomProperty("naturalWidth")).isEqualTo("1");
        browser.switchTo().defaultContent();
        assertThat(browser.findElements(By.id("greeting"))).isEmpty();
    }

    /** S9's short form: nothing of a mail, a subject or a run runs, and nothing is asked from elsewhere. */
    @Test
    void nothingThatAStrangerWroteRunsOrCallsHome() {
        String home = "http://127.0.0.1:" + canary.getAddress().getPort() + "/";
        List<String> payloads = Payload.all(home).stream().map(Payload::text).toList();
        StringBuilder all = new StringBuilder();
        payloads.forEach(payload -> all.append(payload).append("\n<p>x</p>\n"));
        for (int n = 0; n < payloads.size(); n++) {
            String payload = payloads.get(n);
            site.keep(n, payload, payload, "From: " + payload + "\nSubject: " + payload + "\nX-Evil: " + payload
                    + "\nContent-Type: text/html\n\n" + payload);
            runs.lines.add(Sample.run(payload, 1, n % 2 == 0 ? RunState.RUNNING : RunState.REFUSED, payload,
                    Instant.now(), null, 1,
                    payload, Map.of(RowState.PENDING, 1L)));
            runs.needs.add(new Overview.Need.Question(payload, 1, payload));
            runs.needs.add(new Overview.Need.Refusal(payload, Instant.now(), List.of(payload), payload));
        }
        long whole = site.keep(payloads.size(), "all@example.org", "all", "Content-Type: text/html\n\n" + all);
        List<String> paths = new ArrayList<>(
                List.of("/", "/mailbox", "/mailbox?q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E", "/mailbox/" + whole,
                        "/mailbox/" + whole + "/html"));
        List<String> views = List.of("", "?view=headers", "?view=source", "?view=text");
        List<Message> mails = site.bean(Mailbox.class).page(Long.MAX_VALUE, 100);
        for (int n = 0; n < mails.size(); n += 4) {
            paths.add("/mailbox/" + mails.get(n).id() + views.get(n / 4 % views.size()));
        }

        for (String path : paths) {
            browser.get(site.base + path);
            assertThat(ExpectedConditions.alertIsPresent().apply(browser)).as(path).isNull();
            assertThat(browser.executeScript("return window.__owned === undefined && top.__owned === undefined"))
                    .as(path).isEqualTo(true);
            assertThat(browser.getCurrentUrl()).isEqualTo(site.base + path);
        }

        assertThat(canaryAsked).hasValue(0);
    }
}
