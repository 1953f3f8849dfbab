package io.caravan.e2e;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.caravan.flow.LaneDesk;
import io.caravan.flow.LaneDesk.Act;
import io.caravan.flow.LaneDesk.Line;
import io.caravan.flow.LaneDesk.Standing;
import io.caravan.mail.RowState;
import io.caravan.mail.RunState;
import io.caravan.transport.ScriptedSink;
import io.caravan.transport.ScriptedSink.Taken;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** A provider that turns bad is left alone, nobody else notices, and it is served again when it is well. Waits are scaled: minutes are seconds. */
class BreakerIT {

    private static final int RATE = 40;
    private static final int GOOD = 320;

    @TempDir
    private Path data;

    private final AtomicBoolean faulty = new AtomicBoolean(true);

    /** Refuses every eighth recipient while it is faulty. */
    private ScriptedSink provider(String refusal) throws IOException {
        AtomicInteger asked = new AtomicInteger();
        ScriptedSink.Act act = session -> (faulty.get() && asked.incrementAndGet() % 8 == 0
                ? ScriptedSink.reply(refusal)
                : ScriptedSink.honest()).at(session);
        return new ScriptedSink().quiet().always(ScriptedSink.script().on(ScriptedSink.Verb.RCPT,
                Collections.nCopies(2000, act).toArray(ScriptedSink.Act[]::new))).start();
    }

    private Server server(ScriptedSink good, ScriptedSink bad, String... more) {
        return Server.on(data, Server.relays("main", good.port(), "bad", bad.port()))
                .with("caravan.routing.domains.[bad.example]=relay:bad",
                        "caravan.pacing.providers.bad.domains=bad.example", "caravan.pacing.providers.bad.rate=60/s",
                        "caravan.pacing.providers.good.domains=good.example,fine.example",
                        "caravan.pacing.providers.good.rate=" + RATE + "/s")
                .with(more);
    }

    private static Line lane(Server server, String provider) {
        return server.bean(LaneDesk.class).page("", "", 500).stream()
                .filter(line -> line.lane().provider().equals(provider)).findFirst().orElse(null);
    }

    private static void awaitLane(Server server, String provider, Standing... any) {
        await(provider).atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(100))
                .until(() -> lane(server, provider) != null
                        && Set.of(any).contains(lane(server, provider).standing()));
    }

    @Test
    void twelvePercentOfPolicyBlocksHoldTheirLaneAndNoOtherThroughARestartUntilTheTrickleIsWell() throws IOException {
        try (ScriptedSink good = new ScriptedSink().quiet().start();
                ScriptedSink bad = provider("554 5.7.1 blocked for policy reasons");
                Server server = server(good, bad, "caravan.breakers.bounce.minimum=40",
                        "caravan.breakers.bounce.wait=30m",
                        "caravan.breakers.bounce.trickle=20/s").start()) {
            server.campaign("good", Server.people(GOOD, "good.example"));
            server.campaign("fine", Server.people(GOOD, "fine.example"));
            server.campaign("bad", Server.people(600, "bad.example"));

            awaitLane(server, "bad.example", Standing.HELD);
            Instant opened = lane(server, "bad.example").state().since();
            assertThat(lane(server, "bad.example").state().why())
                    .matches(
                            "1\\d\\.\\d % bounced of \\d+ since \\d\\d:\\d\\d, threshold 5 %, trickle from \\d\\d:\\d\\d \\(UTC\\)");
            await().untilAsserted(() -> assertThat(server.ledger("bad")).filteredOn(
                    row -> row.state() == RowState.PENDING)
                    .isNotEmpty().allSatisfy(row -> assertThat(row.reason()).startsWith("breaker: 1")));
            int before = settled(server, bad);

            server.restart();
            assertThat(lane(server, "bad.example").standing()).isEqualTo(Standing.HELD);
            assertThat(lane(server, "bad.example").state().since()).isEqualTo(opened);
            assertThat(bad.takenCount()).as("nothing went while it was open").isEqualTo(before);
            faulty.set(false);
            server.sql().sql("update lane_state set until = utc_timestamp(6)").update(); // half an hour later
            awaitLane(server, "bad.example", Standing.HEALING);

            assertThat(lane(server, "bad.example").state().why())
                    .matches("healed: 0\\.0 % bounced of \\d+ in the trickle");
            server.awaitRun("bad", RunState.FINISHED);
            server.awaitRun("good", RunState.FINISHED);
            server.awaitRun("fine", RunState.FINISHED);
            assertThat(server.counts("good")).isEqualTo(Map.of(RowState.ACCEPTED, (long) GOOD));
            assertThat(server.counts("fine")).isEqualTo(Map.of(RowState.ACCEPTED, (long) GOOD));
            assertThat(server.ledger("bad")).filteredOn(row -> row.state() == RowState.BOUNCED)
                    .hasSizeBetween(5, 40)
                    .allSatisfy(row -> assertThat(row.reason()).startsWith("policy: ").contains("(rule "));
            assertThat(server.sql().sql("select count(*) from suppression").query(Long.class).single())
                    .as("a policy block is nobody's fault but ours").isZero();
            assertThat(lane(server, "good").state()).as("nothing was ever decided of the others").isNull();
        }
    }

    /** When all that was on the road is through. */
    private static int settled(Server server, ScriptedSink sink) {
        await().atMost(Duration.ofSeconds(30))
                .until(() -> server.counts("bad").getOrDefault(RowState.SENDING, 0L) == 0);
        return sink.takenCount();
    }

    @Test
    void theOthersKeepTheirRateWhileOneIsHeld() throws IOException {
        try (ScriptedSink good = new ScriptedSink().quiet().start();
                ScriptedSink bad = provider("550 5.7.1 blocked");
                Server server = server(good, bad, "caravan.breakers.bounce.minimum=20").start()) {
            server.campaign("bad", Server.people(300, "bad.example"));
            awaitLane(server, "bad.example", Standing.HELD);

            server.campaign("good", Server.people(GOOD, "good.example"));
            server.awaitRun("good", RunState.FINISHED);

            List<Taken> taken = good.taken();
            double seconds = Duration.between(taken.getFirst().at(), taken.getLast().at()).toMillis() / 1000.0;
            double share = (taken.size() - RATE) / seconds / RATE; // the first second of the rate goes at once
            System.out.printf("beside an open breaker: %.1f %% of %d/s%n", 100 * share, RATE);
            assertThat(share).isGreaterThan(0.95);
            assertThat(lane(server, "bad.example").standing()).isEqualTo(Standing.HELD);
        }
    }

    @Test
    void deferralsOpenItTooButGreylistingDoesNot() throws IOException {
        try (ScriptedSink grey = Answers.to("451 4.7.1 Greylisted, try again in five minutes");
                ScriptedSink bad = Answers.to("451 4.7.0 too many messages from you");
                Server server = server(grey, bad, "caravan.breakers.deferral.minimum=20").start()) {
            server.campaign("grey", Server.people(80, "grey.example"));
            server.campaign("bad", Server.people(80, "bad.example"));

            awaitLane(server, "bad.example", Standing.HELD);

            assertThat(lane(server, "bad.example").state().measure()).isEqualTo("deferral");
            await().until(() -> server.counts("grey").getOrDefault(RowState.DEFERRED, 0L) == 80);
            assertThat(lane(server, "grey.example").state()).isNull();
        }
    }

    @Test
    void aPersonHoldsALaneLetsItGoAndGivesItBackToTheRules() throws Exception {
        try (ScriptedSink good = new ScriptedSink().quiet().start();
                ScriptedSink bad = provider("550 5.7.1 blocked");
                Server server = server(good, bad).start()) {
            LaneDesk desk = server.bean(LaneDesk.class);
            server.campaign("first", Server.people(60, "bad.example"));
            server.awaitRun("first", RunState.FINISHED);
            int lane = lane(server, "bad.example").lane().id();

            desk.act(lane, Act.OPEN, "asked by phone");
            server.campaign("second", Server.people(60, "bad.example"));
            server.awaitRun("second", RunState.RUNNING);
            await().untilAsserted(() -> assertThat(server.ledger("second").getFirst().reason())
                    .isEqualTo("breaker: held by hand: asked by phone"));
            assertThat(server.counts("second")).isEqualTo(Map.of(RowState.PENDING, 60L));
            assertThat(Programs.of(server).get("/actuator/prometheus").body().lines())
                    .contains("caravan_breaker_state{provider=\"bad.example\"} 2.0");

            desk.act(lane, Act.CLOSE, "they know us");
            server.awaitRun("second", RunState.FINISHED);
            assertThat(lane(server, "bad.example").state().forced()).isTrue();

            desk.act(lane, Act.RESET, "back to the rules");
            assertThat(lane(server, "bad.example").standing()).isEqualTo(Standing.HEALTHY);
            assertThat(lane(server, "bad.example").state().note()).isEqualTo("back to the rules");
        }
    }
}
