package io.caravan.flow;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import javax.sql.DataSource;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;

import io.caravan.TestDatabase;
import io.caravan.delivery.Outcome;
import io.caravan.delivery.Planned;
import io.caravan.delivery.Waiting;
import io.caravan.flow.LaneDesk.Line;
import io.caravan.flow.LaneDesk.Standing;
import io.caravan.mail.DeliveryResult;
import io.caravan.mail.InDoubtPolicy;
import io.caravan.mail.Rate;
import io.caravan.mail.RowId;
import io.caravan.mail.RowState;
import io.caravan.mail.SmtpReply;
import io.caravan.pacing.LaneAsks;
import io.caravan.pacing.LaneHours;
import io.caravan.pacing.LaneMinutes;
import io.caravan.pacing.LaneReplies;
import io.caravan.pacing.LaneStates;
import io.caravan.pacing.Lanes;
import io.caravan.shaping.BreakerRule;
import io.caravan.shaping.BreakerRules;
import io.caravan.shaping.RetrySchedule;
import io.caravan.shaping.Slowing;

/** What hears of outcomes and judges lanes, on a database, by the shipped windows: bounces by hours, deferrals by minutes. */
abstract class LaneWatchFixture {

    static final String HOST = "mx.example.org";
    static final String TOO_FAST = "450 4.7.0 you send too fast";

    final DataSource source = TestDatabase.fresh();
    final JdbcClient jdbc = JdbcClient.create(source);
    final LaneStates states = new LaneStates(jdbc);
    final Lanes lanes = new Lanes(jdbc);
    final LaneHours hours = new LaneHours(new JdbcTemplate(source));
    final LaneMinutes minutes = new LaneMinutes(new JdbcTemplate(source));
    final Slowing slowing = new Slowing(0.5, 0.05, Duration.ofSeconds(10), Duration.ofMinutes(10));
    final BreakerRules rules = new BreakerRules(List.of(
            rule("bounce", 0.05, Duration.ofHours(24), RowState.BOUNCED, Set.of(RowState.ACCEPTED, RowState.BOUNCED)),
            rule("deferral", 0.3, Duration.ofMinutes(15), RowState.DEFERRED,
                    Set.of(RowState.ACCEPTED, RowState.BOUNCED, RowState.DEFERRED))));
    final LaneWatch watch = watch();

    /** Another node's. */
    LaneWatch watch() {
        return new LaneWatch(new Refusals(ReplyRulesFile.read(Path.of("nowhere"))), hours, minutes, states, lanes,
                rules);
    }

    static BreakerRule rule(String measure, double threshold, Duration window, RowState bad, Set<RowState> of) {
        return new BreakerRule(measure, threshold, 200, window, Duration.ofMinutes(30), Rate.parse("10/min"),
                Set.of(bad), of);
    }

    final Sending sending = new Sending(true, Set.of(), Sending.MAILBOX, Map.of(), Map.of(), null, Map.of(),
            Map.of("own.example", Rate.parse("10/s")), Map.of(), "http://127.0.0.1:8080", 500, 1_500, 64 << 20,
            Duration.ofSeconds(5));
    final BreakerStep step = step(InstantSource.system());
    final LaneDesk desk = new LaneDesk(lanes, states, hours, new Waiting(jdbc), new LaneReplies(jdbc),
            rules, slowing, sending, step);

    BreakerStep step(InstantSource clock) {
        return step(watch, clock);
    }

    /** Another node's, with what it hears. */
    BreakerStep step(LaneWatch watch, InstantSource clock) {
        return new BreakerStep(watch, states, minutes, rules,
                new LaneSlower(states, new LaneAsks(jdbc), minutes, lanes, sending, slowing),
                new LastReplies(new LaneReplies(jdbc)), clock);
    }

    int lane(String provider) {
        return lanes.ids("shop.example", List.of(provider)).get(provider);
    }

    /** So many answers of now. */
    void hear(int lane, int n, RowState state, String host, String reply) {
        book(lane, n, state, host, reply);
        step.applyNow();
    }

    void book(int lane, int n, RowState state, String host, String reply) {
        book(lane, n, state, host, reply, "example.org");
    }

    void book(int lane, int n, RowState state, String host, String reply, String domain) {
        book(watch, lane, n, state, host, reply, domain);
    }

    void book(LaneWatch watch, int lane, int n, RowState state, String host, String reply, String domain) {
        Instant now = states.read().now();
        watch.book(IntStream.rangeClosed(1, n).mapToObj(i -> new Outcome(1, new RowId(1, i), 1, lane, now, state, "",
                host, status(reply), reply, null)).toList(), outcome -> planned(outcome.row(), lane, domain, now));
    }

    /** So many deferrals of now, as the transport hears them in answer to a command. */
    void defer(int lane, int n, String verb, String reply) {
        Instant now = states.read().now();
        Outcomes outcomes = new Outcomes(
                new RetrySchedule(Duration.ofMinutes(5), 2, Duration.ofHours(4), Duration.ofDays(4)),
                new Refusals(ReplyRulesFile.read(Path.of("nowhere"))), null);
        watch.book(IntStream.rangeClosed(1, n)
                .mapToObj(i -> outcomes.of(1, planned(new RowId(1, i), lane, "example.org", now), InDoubtPolicy.HOLD,
                        1, new DeliveryResult.Deferred(HOST, status(reply), reply, "deferred", verb), now))
                .toList(), outcome -> planned(outcome.row(), lane, "example.org", now));
        step.applyNow();
    }

    private static String status(String reply) {
        return reply.startsWith("4") && reply.indexOf('.') == 5 ? reply.substring(4, reply.indexOf(' ', 4)) : "";
    }

    private static Planned planned(RowId row, int lane, String domain, Instant now) {
        return new Planned(row, lane, "ana@" + domain, "ana@" + domain, 0, now, null, "{}");
    }

    Line line(int lane) {
        return desk.find(lane).orElseThrow();
    }

    /** If a 421 that ends a session slows a lane. */
    boolean slows(String text) {
        int lane = lane(text);
        watch.turnedAway(
                new Planned(new RowId(1, 1), lane, "ana@example.org", "ana@example.org", 0, Instant.now(), null,
                        "{}"),
                new SmtpReply(421, text));
        step.applyNow();
        return line(lane).standing() == Standing.SLOWING;
    }

    boolean slowsAsResult(String reply) {
        int lane = lane(reply.substring(0, Math.min(60, reply.length())));
        hear(lane, 10, RowState.DEFERRED, HOST, reply);
        return line(lane).standing() == Standing.SLOWING;
    }
}
