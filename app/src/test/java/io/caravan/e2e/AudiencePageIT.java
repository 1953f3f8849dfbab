package io.caravan.e2e;

import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;

import io.caravan.mail.ListId;

import static org.assertj.core.api.Assertions.assertThat;

/** Lists, contacts, imports and uploads, as a person has them. */
class AudiencePageIT {

    private static final String CSV = "Kunde;Vorname;Notiz\nana@up.example;Ana;x\nnot-an-address;Bo;\n"
            + "ANA@up.example;Anna;\ncy@up.example;<b>Cy</b>;y\n";
    private static Pages pages;
    @TempDir
    Path folder;

    @BeforeAll
    static void open() {
        pages = Pages.shared();
    }

    private void uploaded(String name, String text) throws Exception {
        Path file = Files.writeString(folder.resolve(name), text);
        pages.open("/audience/upload");
        pages.tabTo("#file"); // a file dialog is the browser's own: the field takes the name as from it
        pages.find("#file").sendKeys(file.toString());
        pages.press(Keys.TAB);
        assertThat(pages.focused()).isEqualTo(pages.find("form[action$='/upload'] button"));
        pages.press(Keys.ENTER);
        pages.until("columns are asked for", () -> pages.path().matches("/audience/upload/\\d+"));
    }

    private void type(String css, String text) {
        pages.tabTo(css);
        pages.press(Keys.chord(Keys.CONTROL, "a"), text.isEmpty() ? Keys.DELETE : text);
    }

    private void importFinishes() {
        try {
            pages.until("the import is over", () -> pages.path().startsWith("/audience/imports/")
                    && pages.text("#import .state").contains("finished"));
        } catch (RuntimeException e) {
            throw new AssertionError(pages.path() + ": " + pages.text(), e);
        }
    }

    private List<String> names() {
        return pages.all("input[name=column]").stream().map(field -> field.getDomProperty("value")).toList();
    }

    private String download(String path) throws Exception {
        return pages.server.http.send(HttpRequest.newBuilder(URI.create(pages.url(path)))
                .header("Authorization", "Bearer " + pages.server.token()).build(),
                HttpResponse.BodyHandlers.ofString()).body();
    }

    @Test
    void aFileIsUploadedMappedAndShownRowByRow() throws Exception {
        uploaded("kunden.csv", CSV);
        assertThat(pages.text()).contains("semicolon", "ana@up.example", "<b>Cy</b>");
        assertThat(names()).containsExactly("kunde", "first_name", "notiz");
        pages.check(pages.path());
        pages.screenshots(pages.path(), "audience-mapping");

        type("#c1", "email");
        type("#c2", "first_name");
        type("#c3", "");
        type("#list", "up-kunden");
        pages.press(Keys.chord(Keys.CONTROL, "s"));
        importFinishes();

        Map<String, Object> row = pages.server.sql().sql("select * from import where file = 'kunden.csv'").query()
                .singleRow();
        assertThat(pages.text("#import .counts")).contains("accepted 2", "duplicate 1", "invalid 1");
        assertThat(List.of(row.get("accepted"), row.get("duplicate"), row.get("invalid"))).containsExactly(2L, 1L, 1L);
        assertThat(
                pages.server.sql().sql("select count(*) from import_row where import_id = ? and verdict = 'accepted'")
                        .param(row.get("id")).query(Long.class).single())
                .isEqualTo(2);
        pages.untilText("#rows", "not-an-address");
        List<String> rejected = pages.all("table tbody tr td").stream().map(WebElement::getText).toList();
        assertThat(rejected).containsExactly("3", "3", "not-an-address", "invalid", "no @ in 'not-an-address'");
        pages.check("/audience/imports/" + row.get("id"));
        pages.screenshots("/audience/imports/" + row.get("id"), "audience-import");
        assertThat(pages.server.sql()
                .sql("select attributes from contact c"
                        + " where c.address = 'cy@up.example'")
                .query(String.class).single()).isEqualTo("{\"first_name\":\"<b>Cy</b>\"}");
    }

    @Test
    void theNextFileWithTheSameHeaderIsMappedTheSameWay() throws Exception {
        uploaded("first.csv", "Wer,Was\nw1@up.example,A\n");
        type("#c1", "email");
        type("#c2", "thing");
        type("#list", "up-mapped");
        pages.tabTo("button.main").press(Keys.ENTER);
        importFinishes();

        uploaded("second.csv", "Wer,Was\nw2@up.example,B\n");
        assertThat(names()).containsExactly("email", "thing");
        assertThat(pages.text()).contains("Mapped as the last file");
        type("#list", "up-mapped");
        pages.tabTo("button.main").press(Keys.ENTER);
        importFinishes();
        pages.open("/audience/lists/up-mapped");
        assertThat(pages.text("h1")).contains("2 members");
    }

    @Test
    void theVerdictFileIsThatOfTheDropFolderForTheSameBytes() throws Exception {
        String csv = "email,first_name\nv1@up.example,A\nnobody,\"B, C\"\nv1@up.example,D\n=v2@up.example,E\n";
        pages.server.drop("up-dropped.csv", csv);
        String dropped = pages.server.awaitNote("up-dropped.csv");
        pages.server.sql().sql("delete from contact where address like '%v_@up.example'").update(); // strangers again
        uploaded("up-verdicts.csv", csv);
        pages.tabTo("button.main").press(Keys.ENTER);
        importFinishes();

        assertThat(download(pages.path().replaceFirst("[?].*", "") + "/verdict")).isEqualTo(dropped)
                .contains("accepted", "duplicate", "invalid");
    }

    @Test
    void aMappingThatWillNotDoIsRefusedWithItsReasonsAndKeepsWhatWasTyped() throws Exception {
        uploaded("bad.csv", "Wo,Wie\nx,y\n");
        type("#c1", "vars");
        type("#c2", "vars");
        pages.tabTo("button.main").press(Keys.ENTER);
        pages.untilText(".refused", "no column of addresses");
        assertThat(pages.text(".refused")).contains("cannot be called 'vars'");
        assertThat(names()).containsExactly("vars", "vars");
        pages.open("/audience/imports");
        assertThat(pages.text()).contains("bad.csv");
        pages.check("/audience/imports");
        pages.tabTo("form[action$='/discard'] button").press(Keys.ENTER);
        pages.untilText(".said", "thrown away");
    }

    @Test
    void aListIsMadeAndPeopleComeAndGoByKeyboard() {
        pages.open("/audience");
        type("#name", "up-byhand");
        pages.press(Keys.ENTER);
        pages.untilText(".said", "is made");
        assertThat(pages.text()).contains("Nobody is in it");
        type("#address", "Hand@up.example");
        pages.press(Keys.ENTER);
        pages.untilText("h1", "1 member");
        type("#address", "no address");
        pages.press(Keys.ENTER);
        pages.untilText(".refused", "no address");
        pages.check("/audience/lists/up-byhand");
        pages.screenshots("/audience/lists/up-byhand", "audience-list");
        pages.tabTo("td.actions button").press(Keys.ENTER);
        pages.untilText(".said", "out of the list");
        assertThat(pages.text("h1")).contains("0 members");
        ListId list = pages.server.bean(io.caravan.audience.Lists.class).find("up-byhand").orElseThrow();
        assertThat(pages.server.bean(io.caravan.audience.Lists.class).members(list)).isZero();
        pages.check("/audience");
        pages.screenshots("/audience", "audience-lists");
    }

    @Test
    void aContactShowsItsHistoryItsRunsAndCanBeChanged() {
        pages.sent("up-contact", "email,first_name\nhist@up.example,Ana\n");
        pages.server.drop("up-contact-2.csv", "email,first_name,city\nhist@up.example,Anna,Rom\n");
        pages.server.awaitNote("up-contact-2.csv");

        pages.open("/audience");
        pages.press("/");
        pages.press("HIST@up", Keys.ENTER);
        pages.until("found", () -> pages.path().startsWith("/audience/contacts?"));
        pages.press("j");
        pages.press(Keys.ENTER);
        pages.until("shown", () -> pages.path().matches("/audience/contacts/\\d+"));
        String path = pages.path();
        assertThat(pages.text()).contains("first_name: Ana → Anna", "city: Rom", "up-contact, run 1", "accepted",
                "up-contact-2.csv", "up-contact-2");
        assertThat(pages.driver.findElement(By.partialLinkText("up-contact, run 1")).getDomAttribute("href"))
                .matches("/runs/\\d+/people/1");

        pages.tabTo(".attributes .pair:nth-of-type(1) textarea");
        pages.press(Keys.chord(Keys.CONTROL, "a"), "Mailand");
        pages.press(Keys.chord(Keys.CONTROL, "s"));
        pages.untilText(".said", "version 3");
        assertThat(pages.text()).contains("city: Rom → Mailand");
        assertThat(pages.server.sql()
                .sql("select v.attributes from contact c join contact_version v on v.contact_id = c.id"
                        + " and v.version = c.version where c.address = 'hist@up.example'")
                .query(String.class).single())
                .isEqualTo("{\"city\":\"Mailand\",\"first_name\":\"Anna\"}");
        pages.check(path);
        pages.screenshots(path, "audience-contact");
        pages.check("/audience/contacts");
        pages.check("/audience/upload");
        pages.screenshots("/audience/imports", "audience-imports");
        pages.screenshots("/audience/upload", "audience-upload");
    }

    @Test
    void aRunningImportMovesOnThePageAndCanBeCancelled() throws Exception {
        StringBuilder csv = new StringBuilder("email\n");
        for (int i = 0; i < 250_000; i++) {
            csv.append("live%d@up.example\n".formatted(i));
        }
        uploaded("live.csv", csv.toString());
        pages.tabTo("button.main").press(Keys.ENTER);
        pages.until("some rows are in", () -> pages.text("#import .counts").contains("accepted"));
        String first = pages.text("#import .rate");
        pages.until("it moves", () -> !pages.text("#import .rate").equals(first));
        pages.tabTo("#cancel-import summary").press(Keys.ENTER);
        pages.until("it asks first",
                () -> (Boolean) pages.script("return document.querySelector('#cancel-import').open"));
        pages.tabTo("#cancel-import button").press(Keys.ENTER);
        pages.untilText(".said", "Cancelled.");
        assertThat(pages.text("#import")).contains("cancelled", "What was in by then stays in");
    }
}
