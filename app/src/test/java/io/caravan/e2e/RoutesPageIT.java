package io.caravan.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.Keys;

import io.caravan.campaign.Action;
import io.caravan.flow.RouteBoard;
import io.caravan.flow.RouteFile;
import io.caravan.flow.RouteReload;
import io.caravan.flow.RouteSet;

import static org.assertj.core.api.Assertions.assertThat;

/** The routes: what each does and how it goes; what is wrong on disk, and that it harms nobody. */
class RoutesPageIT {

    private static final String OWN = """
            - route:
                id: send-shown
                description: A workflow of the owner's
                routeConfigurationId: give-back
                from:
                  uri: direct:shown
                  steps:
                    - bean:
                        ref: renderer
                        method: render
                    - choice:
                        when:
                          - expression:
                              simple:
                                expression: "${body.campaign} == 'other'"
                            steps:
                              - log:
                                  message: "many"
                        otherwise:
                          steps:
                            - log:
                                message: "few"
                    - bean:
                        ref: gate
                        method: pass
                    - bean:
                        ref: %s
                        method: send
            """;
    private static Pages pages;
    private static Path file;

    @BeforeAll
    static void open() throws IOException {
        pages = Pages.shared();
        file = Files.createDirectories(pages.server.data.resolve("routes")).resolve("shown.camel.yaml");
    }

    @AfterEach
    void asBefore() throws IOException {
        Files.deleteIfExists(file);
        pages.server.bean(RouteSet.class).reload();
    }

    private static List<RouteFile> inForce() {
        return pages.server.bean(RouteSet.class).inForce();
    }

    private static RouteBoard.Line line(String id) {
        return pages.server.bean(RouteBoard.class).find(id).orElseThrow().line();
    }

    private static String cell(String route, String label) {
        return pages.text("tr[data-route='" + route + "'] td[data-label='" + label + "']").strip();
    }

    @Test
    void countsWhatWentOverEachRoute() {
        long before = line("send-standard").figures().total();
        pages.sent("routes-counted", 30);
        assertThat(line("send-standard").figures().total()).isGreaterThan(before);

        pages.open("/routes");

        assertThat(pages.all("#routes tbody tr")).hasSize(pages.server.bean(RouteBoard.class).lines().size());
        assertThat(cell("send-standard", "Exchanges"))
                .isEqualTo(String.valueOf(line("send-standard").figures().total()));
        assertThat(cell("send-standard", "Failed")).isEqualTo("0");
        assertThat(cell("send-standard", "State")).isEqualTo("started");
        assertThat(pages.text("#check")).contains("nothing is wrong");
    }

    @Test
    void aFaultOnDiskIsToldWithFileAndLineAndAReloadKeepsTheOldSet() throws IOException {
        List<RouteFile> before = inForce();
        Files.writeString(file, OWN.formatted("transport"));

        pages.open("/routes");
        assertThat(pages.text("#check")).contains("One problem", file + ":26",
                "there is no step bean 'transport'; use one of ");
        pages.tabTo("#reload").press(Keys.ENTER);

        pages.untilText(".refused", "the routes were not reloaded, the old ones go on");
        assertThat(pages.text(".refused")).contains(file + ":26: there is no step bean 'transport'");
        assertThat(inForce()).isEqualTo(before);
        pages.sent("routes-all-the-same", 5);
    }

    @Test
    void aGoodFileIsTakenOverByKeyboardAndShowsItsStepsItsSourceAndItsCampaigns() throws IOException {
        Files.writeString(file, OWN.formatted("sender"));
        pages.open("/routes");
        assertThat(pages.text("#check")).contains("Changed on disk and found good: shown.camel.yaml");
        pages.tabTo("#reload").press(Keys.ENTER);
        pages.untilText(".said", "the routes were reloaded from");
        pages.sent("routes-shown", Server.people(7, "shown.example"), "workflow: shown");

        pages.open("/routes/send-shown");

        assertThat(pages.text()).contains("A workflow of the owner's", "routes-shown", "deliver-batch");
        assertThat(pages.text("#steps")).contains("renderer.render", "when ${body.campaign} == 'other'", "otherwise",
                "log few",
                "gate.pass", "sender.send");
        assertThat(pages.find("#source li").getText()).startsWith("- route:");
        assertThat(pages.all("#source li")).hasSize((int) OWN.lines().count());
        assertThat(pages.text("#figures")).contains(line("send-shown").figures().total() + "");
        pages.check("/routes/send-shown");
        pages.screenshots("/routes/send-shown", "route");
    }

    @Test
    void aFailureIsCountedWhereItHappenedAndHoldsUpNobodyElse() throws IOException {
        Files.writeString(file, OWN.formatted("sender").replace("${body.campaign} == 'other'", "${body.size} > 1"));
        assertThat(pages.server.bean(RouteSet.class).reload()).isInstanceOf(RouteReload.Done.class);
        long before = line("deliver-batch").figures().failed();
        pages.server.campaign("routes-failing", Server.people(7, "failing.example"), "workflow: shown");
        pages.until("it fails", () -> line("send-shown").figures().failed() > 0);

        pages.sent("routes-beside-it", 5);
        pages.open("/routes");

        assertThat(pages.text("tr[data-route=send-shown]")).contains("Last error", "size");
        assertThat(line("deliver-batch").figures().failed()).isEqualTo(before);
        pages.server.act("routes-failing", Action.CANCEL);
    }

    @Test
    void isInOrder() throws IOException {
        Files.writeString(file, OWN.formatted("transport"));
        pages.check("/routes");
        pages.check("/routes/claim-batches");
        pages.screenshots("/routes", "routes");
    }
}
