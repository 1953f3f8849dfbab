package io.caravan.e2e;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Keys;
import org.openqa.selenium.StaleElementReferenceException;
import org.openqa.selenium.WebElement;

import io.caravan.campaign.Action;
import io.caravan.campaign.Run;
import io.caravan.delivery.LedgerRow;
import io.caravan.mail.BreakerState;
import io.caravan.mail.RowState;
import io.caravan.mail.RunState;
import io.caravan.pacing.LaneStates;
import io.caravan.transport.ScriptedSink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** The queue: what waits and why, and what people do to many mails at once, on the page and by the API. */
class QueuePageIT {

    @TempDir
    private static Path data;
    private static final AtomicBoolean LATER = new AtomicBoolean(true);
    private static ScriptedSink sink;
    private static Server server;

    @BeforeAll
    static void open() throws Exception {
        ScriptedSink.Act act = session -> (LATER.get()
                ? ScriptedSink.reply("451 4.2.0 come back later")
                : ScriptedSink.honest()).at(session);
        sink = new ScriptedSink().quiet().start();
        ScriptedSink later = new ScriptedSink().quiet().always(ScriptedSink.script().on(ScriptedSink.Verb.RCPT,
                Collections.nCopies(2000, act).toArray(ScriptedSink.Act[]::new))).start();
        server = Server.on(data, Server.relays("main", sink.port(), "later", later.port()))
                .with("caravan.routing.domains.[later.example]=relay:later",
                        "caravan.routing.domains.[own.example]=relay:main",
                        "caravan.routing.domains.[leaves.example]=relay:main",
                        "caravan.routing.domains.[stays.example]=mailbox")
                .start();
    }

    @AfterAll
    static void close() throws Exception {
        server.close();
        sink.close();
    }

    private static String people(int each, String... domains) {
        StringBuilder csv = new StringBuilder("email,first_name\n");
        Arrays.stream(domains).forEach(domain -> Server.people(each, domain).lines().skip(1)
                .forEach(line -> csv.append(line).append('\n')));
        return csv.toString();
    }

    private static void settled(String campaign, RowState state, long n) {
        await().atMost(Duration.ofSeconds(30)).ignoreExceptions()
                .untilAsserted(() -> assertThat(server.counts(campaign)).containsEntry(state, n)
                        .doesNotContainKey(RowState.SENDING));
    }

    /** The run's counts, and its lanes', against its rows read one by one. */
    private static void sumsAreThoseOfTheRows(String campaign) {
        Map<RowState, Long> rows = new HashMap<>();
        server.ledger(campaign).forEach(row -> rows.merge(row.state(), 1L, Long::sum));
        server.counts(campaign)
                .forEach((state, n) -> assertThat(n).as(state.word()).isEqualTo(rows.getOrDefault(state, 0L)));
        Run run = server.run(campaign);
        assertThat(server.sql().sql("select sum(cancelled) from run_lane where run_id = ?").param(run.id().value())
                .query(Long.class).single()).isEqualTo(rows.getOrDefault(RowState.CANCELLED, 0L));
    }

    @Test
    void aHeldDomainWaitsOverPlanningAndARestartUntilItIsReleasedAllByKeyboard() {
        Pages pages = Pages.of(server);
        pages.open("/queue").tabTo("#domain").press("Held.Example");
        pages.tabTo("#hold").press(Keys.ENTER);
        pages.untilText(".refused", "write who asked for it");
        pages.tabTo("#note").press("they move their hosts");
        pages.tabTo("#hold").press(Keys.ENTER);
        pages.untilText("#mails", "0 mails");
        assertThat(pages.text("#about")).isEqualTo("domain Held.Example");
        pages.tabTo("#yes").press(Keys.ENTER);
        pages.untilText(".said", "Held: 0 mails.");

        server.campaign("queue-held", people(60, "free.example", "held.example") + people(3, "small.example").lines()
                .skip(1).reduce("", (all, line) -> all + line + "\n"));
        settled("queue-held", RowState.ACCEPTED, 63);
        server.restart();
        Pages again = Pages.of(server);
        Run run = server.awaitRun("queue-held", RunState.RUNNING);

        assertThat(server.counts("queue-held")).containsEntry(RowState.PENDING, 60L)
                .containsEntry(RowState.ACCEPTED, 63L);
        again.open("/queue");
        assertThat(again.all("#lines [data-line^='" + run.id().value() + "-']")).hasSize(1);
        assertThat(again.text("#lines [data-line^='" + run.id().value() + "-']")).contains("queue-held, run 1",
                "shop.example to held.example", "60", "none is deferred");
        assertThat(again.text("#orders")).contains("domain held.example", "they move their hosts", "it is released");
        again.check("/queue");
        LedgerRow held = server.ledger("queue-held").stream().filter(row -> row.state() == RowState.PENDING).findFirst()
                .orElseThrow();
        assertThat(held.reason()).isEqualTo("held by hand: they move their hosts");
        assertThat(again.open("/runs/" + run.id().value() + "/people/" + held.row().n()).text())
                .contains("Held back by a person's order: they move their hosts");

        again.open("/queue").tabTo("#orders button[aria-label$='held.example']").press(Keys.ENTER);
        again.untilText("#mails", "60 mails");
        again.tabTo("#yes").press(Keys.ENTER);
        again.untilText(".said", "Released: 60 mails, 1 order.");
        server.awaitRun("queue-held", RunState.FINISHED);
        assertThat(server.counts("queue-held")).containsEntry(RowState.ACCEPTED, 123L);
        assertThat(sink.taken().stream().map(ScriptedSink.Taken::recipient)
                .filter(to -> to.matches("p\\d+@(held|free|small).example"))).hasSize(123).doesNotHaveDuplicates();
        sumsAreThoseOfTheRows("queue-held");
        again.screenshots("/queue", "queue");
    }

    @Test
    void aLaneIsHeldAndAPartOfItCancelledForGood() {
        Pages pages = Pages.of(server);
        server.campaign("queue-first", people(1, "own.example")); // so that there is the lane
        server.awaitRun("queue-first", RunState.FINISHED);
        pages.open("/queue").tabTo("#provider").press("own.example");
        pages.tabTo("#note").press("too many complaints");
        pages.tabTo("#hours").press("in 4");
        pages.tabTo("#hold").press(Keys.ENTER);
        pages.untilText("main", "or until it is released");
        pages.tabTo("#yes").press(Keys.ENTER);
        pages.untilText(".said", "Held: 0 mails.");
        server.campaign("queue-part", people(70, "own.example", "other.example"));
        settled("queue-part", RowState.ACCEPTED, 70);
        Run run = server.awaitRun("queue-part", RunState.RUNNING);

        pages.open("/queue?run=" + run.id().value());
        pages.untilText("#lines", "held by hand: too many complaints; until");
        assertThat(pages.text("#lines")).contains("shop.example to own.example", "70");
        pages.check("/queue?run=" + run.id().value());
        pages.tabTo("#lines a[data-main]").press(Keys.ENTER);
        pages.until("the lane is in the form",
                () -> pages.find("#provider").getDomProperty("value").equals("own.example"));
        pages.tabTo("#note").press("wrong list");
        pages.tabTo("#cancel").press(Keys.ENTER);
        pages.untilText("#mails", "70 mails");
        assertThat(pages.text()).contains("This cannot be taken back", "0 more are in open batches",
                "too many complaints");
        pages.tabTo("#yes").press(Keys.ENTER);
        pages.untilText(".said", "Cancelled: 70 mails.");

        server.awaitRun("queue-part", RunState.FINISHED);
        assertThat(server.counts("queue-part")).containsEntry(RowState.CANCELLED, 70L).containsEntry(RowState.ACCEPTED,
                70L);
        assertThat(server.ledger("queue-part")).filteredOn(row -> row.state() == RowState.CANCELLED)
                .allMatch(row -> row.address().endsWith("@own.example")
                        && row.reason().equals("cancelled by hand: wrong list"));
        sumsAreThoseOfTheRows("queue-part");
        pages.open("/queue").tabTo("#provider").press("own.example");
        pages.tabTo("#release").press(Keys.ENTER);
        pages.untilText("#orders", "too many complaints");
        pages.tabTo("#yes").press(Keys.ENTER);
        pages.untilText(".said", "Released: 0 mails, 1 order.");
        assertThat(pages.open("/queue").all("#orders [aria-label$='own.example']")).isEmpty();
    }

    /** Of the lane of all small ones one domain, though it has a lane of its own in another run: both must be so. */
    @Test
    void aHoldByProviderAndDomainTogetherHoldsWhatIsOfBothAndNothingElse() {
        Pages pages = Pages.of(server);
        server.campaign("queue-tail", people(1, "wee.example")); // so that there is the lane
        server.awaitRun("queue-tail", RunState.FINISHED);
        pages.open("/queue").tabTo("#provider").press("*").tabTo("#domain").press("tiny.example");
        pages.tabTo("#note").press("their small host is full");
        pages.tabTo("#hold").press(Keys.ENTER);
        pages.untilText("#mails", "0 mails");
        assertThat(pages.text("#about")).contains("domain tiny.example");
        pages.tabTo("#yes").press(Keys.ENTER);
        pages.untilText(".said", "Held: 0 mails.");

        server.campaign("queue-both", people(3, "tiny.example", "wee.example"));
        server.campaign("queue-alone", people(60, "tiny.example"));
        server.awaitRun("queue-alone", RunState.FINISHED);
        settled("queue-both", RowState.ACCEPTED, 3);

        assertThat(server.counts("queue-alone")).isEqualTo(Map.of(RowState.ACCEPTED, 60L));
        assertThat(server.counts("queue-both")).isEqualTo(Map.of(RowState.ACCEPTED, 3L, RowState.PENDING, 3L));
        assertThat(server.ledger("queue-both")).filteredOn(row -> row.state() == RowState.PENDING)
                .allMatch(row -> row.address().endsWith("@tiny.example")
                        && row.reason().equals("held by hand: their small host is full"));
        pages.check("/queue");
        assertThat(pages.text("#orders")).contains("tiny.example", "their small host is full");
        pages.tabTo("#orders button[aria-label$='tiny.example']").press(Keys.ENTER);
        pages.untilText("#mails", "3 mails");
        pages.tabTo("#yes").press(Keys.ENTER);
        pages.untilText(".said", "Released: 3 mails, 1 order.");
        server.awaitRun("queue-both", RunState.FINISHED);
        assertThat(server.counts("queue-both")).isEqualTo(Map.of(RowState.ACCEPTED, 6L));
        sumsAreThoseOfTheRows("queue-both");
    }

    @Test
    void anOpenBreakerIsShownForMailThatLeavesAndNotForMailThatStaysHere() {
        server.campaign("queue-breaker", people(1, "stays.example", "leaves.example"));
        server.awaitRun("queue-breaker", RunState.FINISHED);
        LaneStates states = server.bean(LaneStates.class);
        List<Integer> lanes = server.sql()
                .sql("select id from lane where provider in ('stays.example', 'leaves.example')")
                .query(Integer.class).list();
        assertThat(lanes).hasSize(2);
        lanes.forEach(lane -> states.force(lane, BreakerState.OPEN, "looked at by hand"));
        try {
            server.campaign("queue-slow", people(30, "stays.example", "leaves.example"), "rate: 1/min");
            long run = server.awaitRun("queue-slow", RunState.RUNNING).id().value();
            Pages pages = Pages.of(server);
            pages.open("/queue?run=" + run);
            pages.untilText("#lines", "breaker: held by hand: looked at by hand");
            pages.untilText("#lines", "the campaign's rate of 1/min");

            await().ignoreException(StaleElementReferenceException.class) // the page is live: rows are put in place anew
                    .untilAsserted(() -> assertThat(pages.all("#lines tbody tr").stream().map(WebElement::getText)
                            .filter(row -> row.contains("breaker"))).singleElement().asString()
                            .contains("to leaves.example"));
            assertThat(new ApiCalls(server).get("/api/v1/queue?run=" + run + "&provider=stays.example").json()
                    .at("/items/0/held").asString()).startsWith("paced: campaign:queue-slow");
            pages.screenshots("/queue?run=" + run, "queue-breaker");
        } finally {
            lanes.forEach(lane -> states.reset(lane, "looked at"));
            server.act("queue-slow", Action.CANCEL);
        }
    }

    @Test
    void programsSeeTheQueueAndRetryDeferredMailByTheWordsOfItsReply() {
        ApiCalls api = new ApiCalls(server);
        server.campaign("queue-later", people(55, "later.example"));
        settled("queue-later", RowState.DEFERRED, 55);
        long run = server.run("queue-later").id().value();

        await().untilAsserted(
                () -> assertThat(api.get("/api/v1/queue?run=" + run).json().at("/items/0/last_reply/reply")
                        .asString("")).isEqualTo("451 4.2.0 come back later"));
        var line = api.get("/api/v1/queue?run=" + run).json().at("/items/0");
        assertThat(line.at("/provider").asString()).isEqualTo("later.example");
        assertThat(List.of(line.at("/waiting").asLong(), line.at("/under_way").asLong(), line.at("/deferred").asLong()))
                .containsExactly(0L, 55L, 55L);
        assertThat(line.at("/next_attempt_at").isNull()).isFalse();

        String words = "\"action\": \"retry\", \"run\": " + run + ", \"reason\": \"come back\"";
        var dry = api.post("/api/v1/queue/actions", "{" + words + ", \"dry_run\": true}").json();
        assertThat(dry.at("/mails").asLong()).isEqualTo(55);
        assertThat(api.post("/api/v1/queue/actions", "{\"action\": \"retry\", \"run\": " + run
                + ", \"reason\": \"no such words\"}").json().at("/mails").asLong()).isZero();
        LATER.set(false);
        assertThat(api.post("/api/v1/queue/actions", "{" + words + "}").json().at("/mails").asLong()).isEqualTo(55);
        server.awaitRun("queue-later", RunState.FINISHED);
        assertThat(server.counts("queue-later")).containsEntry(RowState.ACCEPTED, 55L);
    }

    @Test
    void programsAreToldAllThatIsWrongAtOnce() {
        ApiCalls api = new ApiCalls(server);

        var refused = api.post("/api/v1/queue/actions",
                "{\"action\": \"hold\", \"run\": 999999, \"provider\": \"nobody\", \"domain\": \"a b\", \"state\": \"accepted\"}");

        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.json().at("/errors").toString()).contains("there is no run 999999", "no lane of this",
                "is no domain", "leave state and reason out", "write who asked");
        assertThat(api.post("/api/v1/queue/actions", "{\"action\": \"cancel\", \"note\": \"x\"}").status())
                .isEqualTo(400);
        assertThat(api.post("/api/v1/queue/actions", "{\"action\": \"burn\"}").status()).isEqualTo(400);
        assertThat(api.get("/api/v1/queue/holds").json().at("/items").isArray()).isTrue();
        assertThat(api.get("/api/v1/connections").json().at("/relays/0/name").asString()).isEqualTo("main");
    }
}
