package io.caravan.e2e;

import java.nio.file.Path;
import java.util.Collections;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Keys;

import io.caravan.flow.LaneDesk;
import io.caravan.flow.LaneDesk.Line;
import io.caravan.flow.LaneDesk.Standing;
import io.caravan.mail.RowState;
import io.caravan.mail.RunState;
import io.caravan.transport.ScriptedSink;

import static org.assertj.core.api.Assertions.assertThat;

/** Lanes: how each identity fares with each provider, shown while it happens, and what a person may do. */
class LanesPageIT {

    @TempDir
    private static Path data;
    private static final AtomicBoolean FAULTY = new AtomicBoolean(true);
    private static ScriptedSink sink;
    private static Server server;
    private static Pages pages;

    @BeforeAll
    static void open() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        ScriptedSink.Act act = session -> (FAULTY.get() && asked.incrementAndGet() % 8 == 0
                ? ScriptedSink.reply("550 5.7.1 blocked")
                : ScriptedSink.honest()).at(session);
        sink = new ScriptedSink().quiet().always(ScriptedSink.script().on(ScriptedSink.Verb.RCPT,
                Collections.nCopies(2000, act).toArray(ScriptedSink.Act[]::new))).start();
        server = Server.on(data, Server.relays("main", sink.port())).with("caravan.breakers.bounce.minimum=60",
                "caravan.breakers.bounce.wait=1h", "caravan.breakers.bounce.trickle=20/s",
                "caravan.pacing.providers.bad.domains=bad.example", "caravan.pacing.providers.bad.rate=60/s").start();
        pages = Pages.of(server);
    }

    @AfterAll
    static void close() throws Exception {
        server.close();
        sink.close();
    }

    private static Line lane(String provider) {
        return server.bean(LaneDesk.class).page("", "", 500).stream()
                .filter(line -> line.lane().provider().equals(provider)).findFirst().orElseThrow();
    }

    @Test
    void showsALaneBeingHeldTriedAndHealedAndEverythingIsDoneByKeyboard() {
        pages.open("/lanes");
        assertThat(pages.text()).contains("All lanes are well", "No lanes yet");

        server.campaign("lanes-bad", Server.people(300, "bad.example"));
        pages.untilText("#troubled", "% bounced of"); // comes without a reload
        Line held = lane("bad");
        assertThat(held.standing()).isEqualTo(Standing.HELD);
        assertThat(pages.text("#troubled [data-lane='" + held.lane().id() + "']"))
                .contains("shop.example to bad", "held", "bounced of", "threshold 5 %");
        pages.check("/lanes");

        pages.open("/lanes/" + held.lane().id());
        pages.until("what was on the road is settled", () -> server.counts("lanes-bad")
                .getOrDefault(RowState.SENDING, 0L) == 0);
        pages.open("/lanes/" + held.lane().id());
        long bounced = server.counts("lanes-bad").get(RowState.BOUNCED);
        assertThat(pages.text("#said")).contains(server.counts("lanes-bad").get(RowState.ACCEPTED) + " accepted",
                bounced + " bounced");
        assertThat(pages.text("[data-measure=bounce]")).contains("over", "5 %", "60 answers");
        assertThat(pages.all("svg.hours rect.s-bounced")).hasSize(1);

        pages.tabTo("#open").press(Keys.ENTER);
        pages.untilText(".refused", "write why");
        FAULTY.set(false);
        pages.tabTo("#note").press("they say it is mended");
        pages.tabTo("#retry").press(Keys.ENTER);
        pages.untilText(".said", "The trickle begins now");
        assertThat(pages.text("#note-kept")).isEqualTo("they say it is mended");
        pages.untilText("#state", "healing");
        server.awaitRun("lanes-bad", RunState.FINISHED);

        pages.open("/lanes/" + held.lane().id()).tabTo("#note").press("enough for today");
        pages.tabTo("#open").press(Keys.ENTER);
        pages.untilText("#state", "held");
        assertThat(lane("bad").state().note()).isEqualTo("enough for today");
        pages.tabTo("#note").press("they know us");
        pages.tabTo("#close").press(Keys.ENTER);
        pages.untilText("#why", "let go by hand: not judged until a person resets it");
        assertThat(pages.open("/lanes").text("#troubled [data-lane='" + held.lane().id() + "']"))
                .contains("let go by hand", "they know us", "a person resets it");
        pages.open("/lanes/" + held.lane().id());
        pages.tabTo("#note").press("go on");
        pages.tabTo("#reset").press(Keys.ENTER);
        pages.untilText("#state", "healthy");
        pages.check("/lanes/" + held.lane().id());
        pages.screenshots("/lanes/" + held.lane().id(), "lane");
        pages.screenshots("/lanes", "lanes");
    }
}
