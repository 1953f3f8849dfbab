package io.caravan.e2e;

import java.util.Map;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.Keys;

import io.caravan.campaign.Run;
import io.caravan.delivery.Ledger;
import io.caravan.mail.RowId;
import io.caravan.mail.RowState;
import io.caravan.mail.RunState;
import io.caravan.scheduling.Schedules;

import static org.assertj.core.api.Assertions.assertThat;

/** The overview tells the ledger's numbers while they move, and what needs a person. */
class OverviewPageIT {

    /** What a run's article says: its name and, of each state, the number. */
    private static final String COUNTS = """
            const run = [...document.querySelectorAll('.run')].find(a => a.querySelector('h3').textContent.includes(arguments[0]));
            return run && Object.fromEntries([...run.querySelectorAll('.counts li')].map(
              li => [li.children[1].textContent.replace(' ', '_'), Number(li.querySelector('b').textContent.replaceAll(',', ''))]))""";
    private static Pages pages;

    @BeforeAll
    static void open() {
        pages = Pages.shared();
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Long> shown(String campaign) {
        return (Map<String, Long>) pages.script(COUNTS, campaign);
    }

    private static Map<String, Long> ledger(String campaign) {
        Map<String, Long> words = new java.util.HashMap<>();
        pages.server.counts(campaign).forEach((state, n) -> words.put(state.word(), n));
        return words;
    }

    @Test
    void numbersAreTheLedgersAndAddUpAtEveryMoment() {
        Run run = pages.sending("overview-moves", 40, "10/s");
        pages.open("/");
        pages.script("window.same = true"); // a reload would lose it

        pages.until("half is shown", () -> {
            Map<String, Long> counts = shown("overview-moves");
            assertThat(counts.values().stream().mapToLong(Long::longValue).sum()).isEqualTo(40);
            return counts.getOrDefault("accepted", 0L) >= 20;
        });
        if (pages.server.run("overview-moves").state() == RunState.RUNNING) {
            assertThat(pages.text("#runs")).contains("/s");
        }

        pages.server.awaitRun("overview-moves", RunState.FINISHED);
        pages.until("the end is shown", () -> shown("overview-moves").equals(Map.of("accepted", 40L)));
        assertThat(shown("overview-moves")).isEqualTo(ledger("overview-moves"));
        assertThat((Boolean) pages.script("return window.same")).isTrue();
        assertThat(pages.all("a[href='/runs/" + run.id().value() + "']")).isNotEmpty();
    }

    @Test
    void saysWhatNeedsAPerson() {
        Run run = pages.sent("overview-doubt", 5);
        pages.server.bean(Ledger.class).move(new RowId(run.id().value(), 2), RowState.ACCEPTED, RowState.IN_DOUBT,
                "test");
        pages.server.drop("overview-bad.csv", "name\nAna\n");
        pages.server.awaitNote("overview-bad.csv");
        pages.server.campaign("overview-asks", Server.people(3, "asks.example"),
                "schedule: {at: '2026-01-01T09:00', zone: UTC}");
        pages.server.awaitRun("overview-asks", RunState.ASKING);

        pages.open("/");

        pages.untilText(".needs", "overview-bad.csv");
        assertThat(pages.text(".needs")).contains("overview-doubt")
                .contains("One mail was sent, but the answer was lost")
                .contains("overview-bad.csv").contains("Correct it and drop it again").contains("overview-asks, run 1");
        assertThat(pages.all(".needs a[href='/campaigns/overview-doubt#doubt']")).hasSize(1);
        assertThat(pages.all(".needs a[href='/campaigns/overview-asks']")).hasSize(1);
        pages.check("/");
        pages.screenshots("/", "overview");

        pages.server.drop("overview-bad.csv", "email\nana@example.org\n");
        pages.until("the corrected file is no longer missed", () -> !pages.text().contains("overview-bad.csv"));
    }

    @Test
    void aRefusedFileIsDismissedByKeyboardAndACorrectedOneSaysWhatItReplaces() throws Exception {
        pages.server.drop("overview-old.csv", "name\nAna\n");
        pages.server.awaitNote("overview-old.csv");
        pages.open("/");
        pages.untilText(".needs", "overview-old.csv");

        pages.tabTo("form:has(input[value$='overview-old.csv']) button").press(Keys.ENTER);

        pages.untilText(".said", "Dismissed");
        assertThat(pages.all("input[value$='overview-old.csv']")).isEmpty();
        assertThat(pages.server.data.resolve("drop/refused"))
                .isDirectoryRecursivelyContaining("glob:**overview-old.csv");

        pages.server.drop("overview-mended.csv", "name\nAna\n");
        pages.server.awaitNote("overview-mended.csv");
        pages.until("it is among the imports", () -> {
            pages.open("/audience/imports");
            return pages.text(".note.bad").contains("overview-mended.csv");
        });
        pages.check("/audience/imports");
        pages.screenshots("/audience/imports", "imports-refused");
        pages.server.drop("overview-mended.csv", "email\nana@example.org\n");
        pages.until("it is taken", () -> !pages.server.bean(io.caravan.audience.ImportHistory.class)
                .of("overview-mended", 1).isEmpty());
        pages.until("the refusal is gone", () -> {
            pages.open("/audience/imports");
            return !pages.text("main").contains("Refused: overview-mended.csv");
        });
        pages.open("/audience/imports/" + pages.server.bean(io.caravan.audience.ImportHistory.class)
                .of("overview-mended", 1).getFirst().id());
        assertThat(pages.text("#import")).contains("takes the place of one that was refused before");
    }

    @Test
    void saysWhatStaysInTheDropFolderAndWhichFileACampaignAwaits() {
        pages.server.drop("overview-waits.txt", "Hello\n");
        pages.server.drop("overview-waits.campaign.yaml", Server.file("overview-waits"));
        pages.server.drop("overview\\odd.csv", "email\nana@example.org\n");

        pages.open("/");

        pages.untilText(".needs", "overview-waits.campaign.yaml");
        assertThat(pages.text(".needs"))
                .contains("It waits for overview-waits.csv. Put that file into " + pages.server.data.resolve("drop"));
        assertThat(pages.server.data.resolve("drop").resolve("overview\\odd.csv")).exists(); // it is told of after half a minute
        pages.open("/audience/imports");
        assertThat(pages.text("main")).contains("It waits for overview-waits.csv");

        pages.server.drop("overview-waits.csv", Server.people(2, "example.org"));
        pages.server.awaitRun("overview-waits", RunState.FINISHED);
        pages.open("/");
        pages.until("it waits no more", () -> !pages.text().contains("It waits for overview-waits.csv"));
    }

    @Test
    void nextFiringsAreTheSchedules() {
        pages.server.campaign("overview-soon", Server.people(3, "soon.example"),
                "schedule: {cron: '0 7 * * * ?', zone: UTC}"); // the next ten of all are mostly its own
        pages.server.awaitNote("overview-soon.campaign.yaml");

        pages.open("/");

        assertThat(pages.all("#next-firings li")).hasSize(10);
        assertThat(pages.all("#next-firings time").stream().map(at -> at.getDomAttribute("datetime")).toList())
                .isEqualTo(pages.server.bean(Schedules.class).upcoming(10).stream().map(next -> next.next().toString())
                        .toList());
        assertThat(pages.text("#next-firings")).contains("overview-soon");
    }

    @Test
    void isWorkedByKeyboardAlone() {
        pages.sent("overview-keys", 3);
        pages.open("/");

        pages.press("j");
        assertThat(pages.focused().getDomAttribute("href")).startsWith("/runs/");
        String first = pages.focused().getDomAttribute("href");
        pages.press("?");
        pages.until("help is shown", () -> pages.find("#help").isDisplayed());
        pages.press(Keys.ESCAPE);
        pages.until("help is closed", () -> !pages.find("#help").isDisplayed());
        pages.press(Keys.ENTER);

        pages.until("the run is opened", () -> pages.path().equals(first));
    }

    @Test
    void themeIsKeptAndTurnsWithItsButton() {
        pages.open("/");
        String light = colour();
        pages.tabTo("#theme").press(Keys.ENTER, Keys.ENTER);
        assertThat(pages.find("#theme").getAccessibleName()).isEqualTo("Theme: dark");
        assertThat(colour()).isNotEqualTo(light);

        pages.open("/");
        assertThat(colour()).isNotEqualTo(light);

        pages.tabTo("#theme").press(Keys.ENTER);
        assertThat(colour()).isEqualTo(light);
    }

    private static String colour() {
        return (String) pages.script("return getComputedStyle(document.body).backgroundColor");
    }

    @Test
    void focusAndSelectionStayWhenPartsMove() {
        pages.sending("overview-held", 30, "5/s");
        pages.open("/");
        pages.press("j");
        String held = pages.focused().getDomAttribute("href");

        pages.until("numbers moved under the focus", () -> shown("overview-held").getOrDefault("accepted", 0L) > 5);

        assertThat(pages.focused().getDomAttribute("href")).isEqualTo(held);
        pages.server.awaitRun("overview-held", RunState.FINISHED);
    }

    @Test
    void errorPagesAreInOrder() {
        pages.check("/no-such-page");
        assertThat(pages.text()).contains("There is nothing here");
    }
}
