package io.caravan.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Keys;

import io.caravan.mail.RowId;
import io.caravan.suppression.Reason;
import io.caravan.suppression.Scope;
import io.caravan.suppression.Suppression;
import io.caravan.suppression.SuppressionSearch;
import io.caravan.suppression.Suppressions;

import static org.assertj.core.api.Assertions.assertThat;

/** The suppression list as a person uses it, by the keyboard alone. */
class SuppressionPageIT {

    private static Pages pages;
    private static Suppressions suppressions;

    @BeforeAll
    static void open() {
        pages = Pages.shared();
        suppressions = pages.server.bean(Suppressions.class);
    }

    @BeforeEach
    void empty() {
        pages.server.sql().sql("delete from suppression").update();
        pages.server.sql().sql("delete from suppression_removed").update();
    }

    private static long add(String address, Scope scope, Reason reason, String evidence) {
        return suppressions.add(new Suppression.New(address, scope, reason, evidence, new RowId(12, 345), null));
    }

    @Test
    void anEmptyListSaysWhatFillsIt() {
        pages.check("/suppressions");
        assertThat(pages.text()).contains("Nobody is suppressed").contains("hard bounce");
        pages.check("/suppressions?shown=removed");
        assertThat(pages.text()).contains("Nothing was removed");
    }

    @Test
    void addressesAreAddedByHandAndStopTheirMail() {
        pages.open("/suppressions").tabTo("#addresses").press("Ana@Example.org", Keys.ENTER, "nobody", Keys.ENTER,
                "ben@example.org");
        pages.tabTo("#add-scope").press("list:late");
        pages.tabTo("#add-expires").press("30d");
        pages.tabTo("#add-evidence").press("asked by phone").press(Keys.chord(Keys.CONTROL, "s"));

        pages.untilText(".said", "2 added");
        assertThat(pages.text(".refused")).contains("line 2: no @ in 'nobody'");
        assertThat(suppressions.find("ana@example.org")).singleElement().satisfies(entry -> {
            assertThat(entry.scope()).isEqualTo(Scope.list("late"));
            assertThat(entry.evidence()).isEqualTo("asked by phone");
            assertThat(entry.expiresAt()).isNotNull();
        });
        assertThat(pages.all(".suppressions tbody tr")).hasSize(2);
    }

    @Test
    void anEntryIsFoundReadAndTakenBackWithANote() {
        long id = add("ana@example.org", Scope.GLOBAL, Reason.HARD_BOUNCE, "550 5.1.1 no such user");
        add("anabel@example.org", Scope.list("news"), Reason.UNSUBSCRIBE, "one-click");
        add("ben@example.org", Scope.GLOBAL, Reason.COMPLAINT, "");
        pages.open("/suppressions").press("/").press("ana", Keys.ENTER);
        pages.until("it is searched", () -> pages.path().contains("q=ana"));
        assertThat(pages.all(".suppressions tbody tr")).hasSize(2);

        pages.press("j").press(Keys.ENTER);
        pages.until("the entry is open", () -> pages.path().equals("/suppressions/" + id));
        assertThat(pages.text()).contains("550 5.1.1 no such user").contains("suppression:" + id);
        assertThat(pages.find(".facts a").getDomAttribute("href")).isEqualTo("/runs/12/people/345");
        pages.check("/suppressions/" + id);

        pages.tabTo("#note").press("the mailbox is there again", Keys.ENTER);
        pages.untilText(".said", "Removed");
        assertThat(suppressions.find("ana@example.org")).isEmpty();
        assertThat(pages.server.bean(SuppressionSearch.class).removed(id)).get()
                .extracting(SuppressionSearch.Removed::note).isEqualTo("the mailbox is there again");
        pages.check("/suppressions/" + id);
        pages.check("/suppressions?shown=removed");
        assertThat(pages.text()).contains("the mailbox is there again").doesNotContain("ben@example.org");
        pages.press(Keys.ESCAPE);
    }

    @Test
    void filtersAndPagesShowWhatTheLedgerHas() {
        IntStream.rangeClosed(1, 70).forEach(n -> add("p%02d@example.org".formatted(n), Scope.GLOBAL,
                n % 2 == 0 ? Reason.MANUAL : Reason.IMPORT, "x"));

        pages.open("/suppressions");
        assertThat(pages.text(".counts")).contains("manual 35").contains("import 35");
        assertThat(pages.all(".suppressions tbody tr")).hasSize(50);
        pages.tabTo(".paging a[rel=next]").press(Keys.ENTER);
        pages.until("the rest is there", () -> pages.all(".suppressions tbody tr").size() == 20);
        pages.open("/suppressions?q=p0&reason=manual");
        assertThat(pages.all(".suppressions tbody tr")).hasSize(4);
        pages.open("/suppressions?scope=team");
        assertThat(pages.text(".note[role=alert]")).contains("'team' is no suppression scope");
        pages.open("/suppressions?q=zoe");
        assertThat(pages.text()).contains("No address here begins with “zoe”");
    }

    @Test
    void aFileComesInAndTheListGoesOutGuardedForSpreadsheets(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("old.csv"),
                "email,reason\n" + IntStream.rangeClosed(1, 30).mapToObj("q%d@example.org,complaint\n"::formatted)
                        .collect(Collectors.joining()) + "=x@example.org,\n");
        pages.open("/suppressions").find("#file").sendKeys(file.toString());
        pages.script("arguments[0].focus()", pages.find("#file-scope")); // a driver types into a file field only file names
        pages.tabTo("form[enctype] button").press(Keys.ENTER);

        pages.untilText(".said", "31 added");
        assertThat(suppressions.find("q7@example.org")).singleElement().extracting(Suppression::reason)
                .isEqualTo(Reason.COMPLAINT);
        assertThat(suppressions.find("=x@example.org")).singleElement().extracting(Suppression::evidence)
                .isEqualTo("imported from old.csv");
        assertThat(new ApiCalls(pages.server).get("/suppressions/export").text()).contains(",'=x@example.org,global,")
                .contains(",q7@example.org,global,complaint,");
    }

    @Test
    void itIsFitToBeSeen() {
        add("ana@example.org", Scope.GLOBAL, Reason.HARD_BOUNCE, "550 5.1.1 <ana@example.org>: user unknown in table");
        add("ben@other.example", Scope.list("newsletter"), Reason.UNSUBSCRIBE, "one-click, 24 Nov 2026");
        long id = add("zoe.with.a.very.long.name@a-long-domain.example", Scope.identity("shop.example"),
                Reason.COMPLAINT, "abuse report of provider.example");
        add("gone@example.org", Scope.GLOBAL, Reason.MANUAL, "asked by phone");

        pages.check("/suppressions");
        pages.screenshots("/suppressions", "suppressions");
        pages.screenshots("/suppressions/" + id, "suppression");
    }
}
