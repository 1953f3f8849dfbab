package io.caravan.e2e;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.caravan.campaign.Action;
import io.caravan.mail.RowState;
import io.caravan.mail.RunState;
import io.caravan.pacing.LaneStates;
import io.caravan.transport.ScriptedSink;
import io.caravan.transport.ScriptedSink.Act;
import io.caravan.transport.ScriptedSink.Taken;
import io.caravan.transport.ScriptedSink.Verb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Every rate holds in every window at the sink: at most what it allows and one second of it more. What exceeds it waits and goes by itself. */
class PacingIT {

    private static final int RESTARTS = Integer.getInteger("soak.restarts", 3);
    private static final double HELD_UP = 0.5; // seconds

    @TempDir
    private Path data;

    @Test
    void everyScopesRateHoldsAndWhatExceedsItWaitsWithTheReason() throws IOException {
        try (ScriptedSink main = new ScriptedSink().quiet().start();
                ScriptedSink slow = new ScriptedSink().quiet().start();
                Server server = Server.on(data, Server.relays("main", main.port(), "slow", slow.port()))
                        .with("caravan.pacing.overall=70/s", "caravan.identities.paced.domain=paced.example",
                                "caravan.identities.paced.rate=15/s", "caravan.relays.slow.rate=15/s",
                                "caravan.routing.domains.[relay.example]=relay:slow",
                                "caravan.pacing.providers.small.domains=small.example",
                                "caravan.pacing.providers.small.rate=15/s")
                        .start()) {
            server.campaign("campaign", Server.people(45, "campaign.example"), "rate: 15/s");
            server.campaign("identity", Server.people(45, "identity.example"), "from: news@paced.example");
            server.campaign("relay", Server.people(45, "relay.example"));
            server.campaign("domain", Server.people(45, "small.example"));
            Set<String> reasons = new HashSet<>(
                    reasonsUntilFinished(server, "campaign", "identity", "relay", "domain"));
            server.campaign("all", Server.people(200, "all.example"));
            reasons.addAll(reasonsUntilFinished(server, "all"));

            assertThat(main.takenCount() + slow.takenCount()).isEqualTo(380);
            assertHolds(15, main, mail -> mail.recipient().endsWith("@campaign.example"));
            assertHolds(15, main, mail -> mail.sender().contains("paced.example"));
            assertHolds(15, main, mail -> mail.recipient().endsWith("@small.example"));
            assertHolds(15, slow, _ -> true);
            List<Taken> together = new ArrayList<>(main.taken());
            together.addAll(slow.taken());
            assertHolds(70, together);
            assertThat(reasons).contains("paced: campaign:campaign 15/s", "paced: identity:paced 15/s",
                    "paced: relay:slow 15/s",
                    "paced: provider:small 15/s", "paced: overall 70/s");
        }
    }

    /** Why rows waited, as the ledger said while they did. */
    private static Set<String> reasonsUntilFinished(Server server, String... campaigns) {
        Set<String> reasons = new HashSet<>();
        await().atMost(Duration.ofSeconds(90)).pollInterval(Duration.ofMillis(50)).until(() -> {
            boolean over = true;
            for (String name : campaigns) {
                over &= !server.runs(name).isEmpty() && server.run(name).state() == RunState.FINISHED;
                if (!over && !server.runs(name).isEmpty()) {
                    server.ledger(name).stream().filter(row -> row.state() == RowState.PENDING)
                            .forEach(row -> reasons.add(row.reason()));
                }
            }
            return over;
        });
        return reasons;
    }

    /** {@code -Dsoak.restarts} restarts more often. */
    @Test
    void aRestartRefillsNothingAndAnOpenBreakerStaysOpen() throws IOException {
        int people = 60 + 5 * RESTARTS; // fewer than 50 have no lane of their own
        try (ScriptedSink sink = new ScriptedSink().quiet().start();
                Server server = Server.on(data, Server.relays("main", sink.port())).start()) {
            server.campaign("held", Server.people(people, "held.example"), "rate: 10/min");
            await().atMost(Duration.ofSeconds(60)).until(() -> sink.takenCount() == 1);
            server.bean(LaneStates.class).open(lane(server, "held.example"), "bounce",
                    Instant.now().plus(1, ChronoUnit.HOURS), "12.0 % bounced");
            server.campaign("slow", Server.people(people, "slow.example"), "rate: 60/min");
            for (int restart = 0; restart < RESTARTS; restart++) { // soon, so that each would find a full second if it refilled
                int taken = 2 + 3 * restart;
                await().atMost(Duration.ofSeconds(60)).until(() -> taken(sink, "slow.example") >= taken);
                server.restart();
            }
            server.act("slow", Action.CANCEL);
            server.awaitRun("slow", RunState.CANCELLED);

            assertThat(taken(sink, "slow.example")).isLessThan(people);
            assertThat(taken(sink, "held.example")).as("at most one was on its way when it opened").isLessThan(3);
            assertThat(server.sql().sql("select state from lane_state where lane_id = :lane")
                    .param("lane", lane(server, "held.example")).query(String.class).single()).isEqualTo("open");
            assertHolds(1, sink, mail -> mail.recipient().endsWith("@slow.example"));
            System.out.printf("PacingIT restarts=%d rate=60/min most in any 60 s: %d of %d%n", RESTARTS,
                    mostInAMinute(sink), taken(sink, "slow.example"));
            assertThat(mostInAMinute(sink)).as("limit, one second of it, and one held up on the way")
                    .isLessThanOrEqualTo(60 + 1 + 1);
            assertThat(new HashSet<>(sink.taken().stream().map(Taken::recipient).toList())).hasSize(sink.takenCount());
        }
    }

    @Test
    void aLaneThatIsAskedToSlowDownDoesAndComesBackAndAWarmUpKeepsToItsDay() throws IOException {
        try (ScriptedSink busy = Answers.first(1, "451 4.7.0 too many messages from you, slow down");
                ScriptedSink main = new ScriptedSink().quiet().start();
                ScriptedSink young = new ScriptedSink().quiet().start();
                Server server = Server
                        .on(data, Server.relays("main", main.port(), "busy", busy.port(), "young", young.port()))
                        .with("caravan.routing.domains.[busy.example]=relay:busy",
                                "caravan.routing.domains.[moving.example]=relay:young",
                                "caravan.pacing.warmup.moving.identity=moving.example",
                                "caravan.pacing.warmup.moving.begin=" + LocalDate.now(ZoneOffset.UTC),
                                "caravan.pacing.warmup.moving.daily=3,1000",
                                "caravan.pacing.warmup.moving.overflow=relay:main",
                                "caravan.pacing.providers.busy.domains=busy.example",
                                "caravan.pacing.providers.busy.rate=40/s", "caravan.pacing.slowing.factor=10 %",
                                "caravan.pacing.slowing.recovery=8s", "caravan.pacing.warmup.new.identity=new.example",
                                "caravan.pacing.warmup.new.begin=" + LocalDate.now(ZoneOffset.UTC),
                                "caravan.pacing.warmup.new.daily=3,1000")
                        .start()) {
            server.campaign("fresh", Server.people(60, "warm.example"), "from: news@new.example");
            server.campaign("moving", Server.people(60, "moving.example"), "from: news@moving.example");
            server.campaign("busy", Server.people(240, "busy.example"));

            Set<String> reasons = new HashSet<>();
            await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(50)).until(() -> {
                if (!server.runs("busy").isEmpty()) {
                    server.ledger("busy").stream().filter(row -> row.state() == RowState.PENDING)
                            .forEach(row -> reasons.add(row.reason()));
                }
                return busy.takenCount() == 239;
            });

            assertThat(reasons).contains(
                    "slowed to 10 % of its rate, which recovers by itself: 451 4.7.0 too many messages from you, slow down");
            List<Instant> times = busy.taken().stream().map(Taken::at).sorted().toList();
            double seconds = Duration.between(times.getFirst(), times.getLast()).toMillis() / 1000.0;
            assertThat(seconds).as("five seconds at full rate").isGreaterThan(6);
            long first = times.stream().filter(at -> at.isBefore(times.getFirst().plusSeconds(4))).count();
            assertThat(first).as("slow at first").isLessThan(140);
            assertThat(taken(main, "warm.example")).as("one now, three in the day").isEqualTo(1);
            assertThat(young.takenCount()).as("one now, and what is left of the day's three").isEqualTo(1);
            assertThat(taken(main, "moving.example")).as("what the day does not take").isBetween(56L, 59L);
            assertThat(server.ledger("moving")).filteredOn(row -> row.state() == RowState.PENDING)
                    .hasSize(59 - (int) taken(main, "moving.example")).allSatisfy(row -> assertThat(row.reason())
                            .isEqualTo("warm-up, day 1 of 2: 3/day; the rest goes by relay:main"));
            assertThat(server.ledger("fresh")).filteredOn(row -> row.state() == RowState.PENDING).hasSize(59)
                    .allSatisfy(row -> assertThat(row.reason())
                            .isEqualTo("warm-up, day 1 of 2: 3/day; the rest goes tomorrow and later"));
            ApiCalls api = new ApiCalls(server);
            assertThat(api.get("/api/v1/queue?identity=new.example").json().at("/items/0/held_until").asString())
                    .isEqualTo(LocalDate.now(ZoneOffset.UTC).plusDays(1) + "T00:00:00Z");
            assertThat(api.get("/api/v1/queue?identity=moving.example").json().get("items")) // none in the evening, UTC
                    .allSatisfy(left -> assertThat(left.get("held_until").isNull())
                            .as("another way takes the rest today").isTrue());
        }
    }

    private static long taken(ScriptedSink sink, String domain) {
        return sink.taken().stream().filter(mail -> mail.recipient().endsWith("@" + domain)).count();
    }

    private static long mostInAMinute(ScriptedSink sink) {
        List<Instant> times = sink.taken().stream().filter(mail -> mail.recipient().endsWith("@slow.example"))
                .map(Taken::at).toList();
        return times.stream().mapToLong(from -> times.stream()
                .filter(at -> !at.isBefore(from) && at.isBefore(from.plusSeconds(60))).count()).max().orElse(0);
    }

    private static int lane(Server server, String provider) {
        return server.sql().sql("select id from lane where provider = :provider").param("provider", provider)
                .query(Integer.class).single();
    }

    /** Each session takes two mails and is ended with the third. Nobody is refused, so no result says that it is too fast. */
    @Test
    void a421ThatEndsASessionWhichWorkedSlowsItsLaneAtOnceAndCostsNoAttempt() throws IOException {
        AtomicBoolean hurried = new AtomicBoolean(true);
        Act third = session -> (hurried.get()
                ? ScriptedSink.replyAndClose("421 4.7.0 too fast, slow down")
                : ScriptedSink.honest()).at(session);
        try (ScriptedSink busy = new ScriptedSink().quiet()
                .always(ScriptedSink.script().on(Verb.MAIL, ScriptedSink.honest(), ScriptedSink.honest(), third))
                .start();
                ScriptedSink main = new ScriptedSink().quiet().start();
                // one connection: a mail that was turned away is the first of the next session
                Server server = Server
                        .on(data, Stream.of(Server.relays("main", main.port(), "busy", busy.port()))
                                .map(option -> option.replace("busy.connections=4", "busy.connections=1"))
                                .toArray(String[]::new))
                        .with("caravan.routing.domains.[busy.example]=relay:busy", "caravan.pacing.slowing.pause=1m")
                        .start()) {
            server.campaign("busy", Server.people(120, "busy.example"), "rate: 40/s");
            server.campaign("free", Server.people(120, "free.example"), "rate: 40/s");
            await().atMost(Duration.ofSeconds(60)).until(() -> pace(server).size() == 1);
            hurried.set(false);
            int whenSlowed = busy.takenCount();
            server.sql().sql("update lane_state set pace = 2").update(); // all its way back; a reset would judge the lane anew
            server.awaitRun("busy", RunState.FINISHED);
            server.awaitRun("free", RunState.FINISHED);

            assertThat(whenSlowed).as("at once, not at the end").isLessThan(120);
            assertThat(pace(server)).containsEntry("busy.example", "421 4.7.0 too fast, slow down");
            assertThat(busy.taken().stream().map(Taken::recipient)).hasSize(120).doesNotHaveDuplicates();
            assertThat(server.ledger("busy")).allMatch(row -> row.state() == RowState.ACCEPTED && row.attempts() == 1);
        }
    }

    /** The lanes that were slowed, and in whose words. */
    private static Map<String, String> pace(Server server) {
        Map<String, String> lanes = new HashMap<>();
        server.sql().sql("select l.provider, s.pace_why from lane_state s join lane l on l.id = s.lane_id"
                + " where s.paced_at is not null").query((rs, _) -> lanes.put(rs.getString(1), rs.getString(2))).list();
        return lanes;
    }

    private static void assertHolds(int perSecond, ScriptedSink sink, Predicate<Taken> which) {
        List<Taken> mails = sink.taken().stream().filter(which).toList();
        assertThat(mails).isNotEmpty();
        assertHolds(perSecond, mails);
    }

    /** Between any two mails. Claims are made in time; a busy machine may hold some up on the way, and the next then come closer by that. */
    static void assertHolds(int perSecond, List<Taken> mails) {
        List<Instant> times = mails.stream().map(Taken::at).sorted().toList();
        for (int from = 0; from < times.size(); from++) {
            for (int to = from; to < times.size(); to++) {
                double seconds = Duration.between(times.get(from), times.get(to)).toMillis() / 1000.0;
                assertThat((double) (to - from + 1)).as("mails in %.3f s at %d/s", seconds, perSecond)
                        .isLessThanOrEqualTo(perSecond * (seconds + HELD_UP) + perSecond + 1);
            }
        }
    }
}
