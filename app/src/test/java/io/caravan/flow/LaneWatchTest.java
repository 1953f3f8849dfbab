package io.caravan.flow;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import javax.sql.DataSource;

import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;

import io.caravan.TestDatabase;
import io.caravan.delivery.Outcome;
import io.caravan.delivery.Planned;
import io.caravan.delivery.Waiting;
import io.caravan.flow.LaneDesk.Act;
import io.caravan.flow.LaneDesk.Line;
import io.caravan.flow.LaneDesk.Standing;
import io.caravan.mail.Rate;
import io.caravan.mail.RowId;
import io.caravan.mail.RowState;
import io.caravan.mail.SmtpReply;
import io.caravan.pacing.LaneHours;
import io.caravan.pacing.LaneMinutes;
import io.caravan.pacing.LaneReplies;
import io.caravan.pacing.LaneStates;
import io.caravan.pacing.Lanes;
import io.caravan.shaping.BreakerRule;
import io.caravan.shaping.BreakerRules;
import io.caravan.shaping.Slowing;

import static org.assertj.core.api.Assertions.assertThat;

/** What counts for a lane and what does not, by the shipped windows: bounces by hours, deferrals by minutes. */
class LaneWatchTest {

    private static final String HOST = "mx.example.org";
    private static final String TOO_FAST = "450 4.7.0 you send too fast";

    private final DataSource source = TestDatabase.fresh();
    private final JdbcClient jdbc = JdbcClient.create(source);
    private final LaneStates states = new LaneStates(jdbc);
    private final Lanes lanes = new Lanes(jdbc);
    private final LaneHours hours = new LaneHours(new JdbcTemplate(source));
    private final LaneMinutes minutes = new LaneMinutes(new JdbcTemplate(source));
    private final Slowing slowing = new Slowing(0.5, 0.05, Duration.ofSeconds(10), Duration.ofMinutes(10));
    private final BreakerRules rules = new BreakerRules(List.of(
            rule("bounce", 0.05, Duration.ofHours(24), RowState.BOUNCED, Set.of(RowState.ACCEPTED, RowState.BOUNCED)),
            rule("deferral", 0.3, Duration.ofMinutes(15), RowState.DEFERRED,
                    Set.of(RowState.ACCEPTED, RowState.BOUNCED, RowState.DEFERRED))));
    private final LaneWatch watch = new LaneWatch(new Refusals(ReplyRulesFile.read(Path.of("nowhere"))), hours, minutes,
            states, rules);

    private static BreakerRule rule(String measure, double threshold, Duration window, RowState bad, Set<RowState> of) {
        return new BreakerRule(measure, threshold, 200, window, Duration.ofMinutes(30), Rate.parse("10/min"),
                Set.of(bad), of);
    }

    private final Sending sending = new Sending(true, Set.of(), Sending.MAILBOX, Map.of(), Map.of(), null, Map.of(),
            Map.of("own.example", Rate.parse("10/s")), Map.of(), "http://127.0.0.1:8080", 500, 1_500, 64 << 20,
            Duration.ofSeconds(5));
    private final BreakerStep step = step(InstantSource.system());
    private final LaneDesk desk = new LaneDesk(lanes, states, hours, new Waiting(jdbc), new LaneReplies(jdbc),
            rules, slowing, sending, step);

    private BreakerStep step(InstantSource clock) {
        return new BreakerStep(watch, states, minutes, rules, new LaneSlower(states, minutes, lanes, sending, slowing),
                new LastReplies(new LaneReplies(jdbc)), clock);
    }

    private int lane(String provider) {
        return lanes.ids("shop.example", List.of(provider)).get(provider);
    }

    /** So many answers of now. */
    private void hear(int lane, int n, RowState state, String host, String reply) {
        book(lane, n, state, host, reply);
        step.applyNow();
    }

    private void book(int lane, int n, RowState state, String host, String reply) {
        book(lane, n, state, host, reply, "example.org");
    }

    private void book(int lane, int n, RowState state, String host, String reply, String domain) {
        Instant now = states.read().now();
        String status = reply.startsWith("4") && reply.indexOf('.') == 5
                ? reply.substring(4, reply.indexOf(' ', 4))
                : "";
        watch.book(IntStream.rangeClosed(1, n).mapToObj(i -> new Outcome(1, new RowId(1, i), 1, lane, now, state, "",
                host, status, reply, null)).toList(),
                outcome -> new Planned(outcome.row(), lane, "ana@" + domain, "ana@" + domain, 0, now, null, "{}"));
    }

    @Test
    void judgesAtOnceWhenTheClockHasGoneBack() {
        Instant[] now = {Instant.now()};
        BreakerStep own = step(() -> now[0]);
        own.apply();
        int lane = lane("bad.example");
        book(lane, 300, RowState.BOUNCED, HOST, "554 5.7.1 blocked");
        own.apply();
        assertThat(line(lane).state()).as("within the second").isNull();

        now[0] = now[0].minus(Duration.ofHours(2));
        own.apply();

        assertThat(line(lane).standing()).isEqualTo(Standing.HELD);
    }

    private Line line(int lane) {
        return desk.find(lane).orElseThrow();
    }

    /** What was decided two hours after now holds nothing, and hides nothing. */
    @Test
    void whatWasDecidedBeforeTheClockWentBackNeitherHoldsALaneNorBlindsItsBreaker() {
        int held = lane("held.example");
        states.open(held, "bounce", states.read().now().plus(30, ChronoUnit.MINUTES), "12.0 % bounced");
        int healed = lane("healed.example");
        states.open(healed, "bounce", states.read().now().minusSeconds(1), "12.0 % bounced");
        states.halfOpen(healed);
        states.close(healed, "healed");
        jdbc.sql("update lane_state set since = since + interval 2 hour, until = until + interval 2 hour,"
                + " counts_from = counts_from + interval 2 hour").update();

        hear(healed, 300, RowState.BOUNCED, HOST, "554 5.7.1 blocked");

        assertThat(line(held).standing()).isEqualTo(Standing.TRICKLING);
        assertThat(line(healed).standing()).isEqualTo(Standing.HELD);
    }

    /** Neither when it heals nor when the clock comes to where it was. */
    @Test
    void whatWasHeardBeforeTheClockWentBackTripsNoBreaker() {
        int healed = lane("healed.example");
        int plain = lane("plain.example");
        for (int lane : List.of(healed, plain)) {
            book(lane, 100, RowState.ACCEPTED, HOST, "250 ok");
            book(lane, 299, RowState.DEFERRED, HOST, "451 4.3.2 system not accepting messages");
            book(lane, 299, RowState.BOUNCED, HOST, "554 5.7.1 blocked");
        }
        jdbc.sql("update lane_minute set minute = minute + interval 100 minute").update();
        jdbc.sql("update lane_hour set hour = hour + interval 2 hour").update();
        states.open(healed, "deferral", states.read().now().minusSeconds(1), "75 % deferred");
        states.halfOpen(healed);
        states.close(healed, "healed");
        jdbc.sql("update lane_state set counts_from = counts_from - interval 5 minute").update();

        hear(healed, 1, RowState.DEFERRED, HOST, "451 4.3.2 system not accepting messages");
        hear(plain, 1, RowState.BOUNCED, HOST, "554 5.7.1 blocked");

        assertThat(line(healed).standing()).isNotEqualTo(Standing.HELD);
        assertThat(line(plain).standing()).isEqualTo(Standing.HEALTHY);
        assertThat(line(plain).measures()).extracting(LaneDesk.Measure::of).containsOnly(1L);
        assertThat(jdbc.sql("select sum(n) from lane_minute").query(Long.class).single()).as("what would count later")
                .isEqualTo(2);
    }

    @Test
    void mailThatNeverMetAHostNeitherHidesABadShareNorMakesOne() {
        int lane = lane("bad.example");
        hear(lane, 5_000, RowState.ACCEPTED, Sending.MAILBOX, "kept"); // yesterday's rehearsal in the sandbox
        hear(lane, 300, RowState.BOUNCED, SendStep.SIMULATOR, "550 5.1.1 user unknown");
        hear(lane, 264, RowState.ACCEPTED, HOST, "250 ok");
        assertThat(line(lane).state()).as("the simulator's bounces").isNull();

        hear(lane, 36, RowState.BOUNCED, HOST, "554 5.7.1 blocked");

        assertThat(line(lane).standing()).isEqualTo(Standing.HELD);
        assertThat(line(lane).state().why()).startsWith("12.0 % bounced of 300 since");
        assertThat(line(lane).hours().getLast().accepted() + line(lane).hours().get(22).accepted()).isEqualTo(264);
    }

    @Test
    void domainsThatDoNotExistHoldNobodyElsesMail() {
        int tail = lanes.tail("shop.example");
        hear(tail, 400, RowState.ACCEPTED, HOST, "250 ok");
        hear(tail, 100, RowState.BOUNCED, "", "the domain gmial.example does not exist (NXDOMAIN)");
        hear(tail, 1, RowState.BOUNCED, HOST, "550 5.1.1 no such user");

        assertThat(line(tail).state()).isNull();
        assertThat(line(tail).measures().getFirst().of()).isEqualTo(401);
    }

    @Test
    void aDeferralThatWasOneTooManyCountsAndGreylistingDoesNotHoweverLongTheWindow() {
        int grey = lane("grey.example");
        hear(grey, 300, RowState.DEFERRED, HOST, "451 4.7.1 Greylisted, try again in five minutes");
        assertThat(line(grey).hours().getLast().deferred() + line(grey).hours().get(22).deferred()).isZero();
        int bad = lane("bad.example");
        hear(bad, 200, RowState.ACCEPTED, HOST, "250 ok");

        hear(bad, 100, RowState.EXPIRED, HOST, "451 4.3.2 system not accepting messages");
        hear(grey, 100, RowState.EXPIRED, "", "the connection was lost");

        assertThat(line(bad).state().measure()).isEqualTo("deferral");
        assertThat(line(bad).standing()).isEqualTo(Standing.HELD);
        assertThat(line(grey).state()).isNull();
    }

    /** Some words look as if a rule knew them of a recipient; nobody was named yet. */
    @Test
    void whoRefusesEverySessionForGoodHoldsItsLaneAndOneOfManyHostsDoesNot() {
        int blocked = lane("blocked.example");
        hear(blocked, 100, RowState.DEFERRED, HOST, "554 5.7.1 blocked");
        assertThat(line(blocked).state()).as("too few to say").isNull();
        hear(blocked, 100, RowState.DEFERRED, HOST, "550 5.1.1 user unknown");
        int many = lane("many-hosts.example");
        hear(many, 200, RowState.ACCEPTED, HOST, "250 ok");

        hear(many, 80, RowState.DEFERRED, "mx.odd.example", "554 No SMTP service here");

        assertThat(line(blocked).standing()).isEqualTo(Standing.HELD);
        assertThat(line(blocked).state().why()).startsWith("100.0 % deferred of 200");
        assertThat(line(many).standing()).isEqualTo(Standing.HEALTHY);
        int behind = lane("behind-a-relay.example");
        hear(behind, 300, RowState.DEFERRED, "127.0.0.1", "554 5.7.1 Relay access denied");
        assertThat(line(behind).state()).as("a relay's word about us is no provider's").isNull();
        assertThat(line(many).measures().getLast().bad()).isEqualTo(80);
    }

    @Test
    void thatOneDomainsDemandForTlsIsNotMetSaysNothingOfALane() {
        int lane = lane("tls.example");
        Instant now = states.read().now();

        watch.book(IntStream.rangeClosed(1, 300).mapToObj(i -> new Outcome(1, new RowId(1, i), 1, lane, now,
                RowState.DEFERRED, "", HOST, "4.7.4", "502 5.5.1 no STARTTLS", null)).toList(),
                outcome -> new Planned(outcome.row(), lane, "ana@example.org", "ana@example.org", 0, now, null, "{}"));
        step.applyNow();

        assertThat(line(lane).state()).isNull();
    }

    /** When all other mail of a run is out, its retries are nearly all that is heard. */
    @Test
    void fullMailboxesHoldNoLaneAndNeitherHealNorCondemnIt() {
        int lane = lane("many.example");
        hear(lane, 300, RowState.DEFERRED, HOST, "452 4.2.2 The email account that you tried to reach is over quota");
        assertThat(line(lane).state()).isNull();
        states.open(lane, "deferral", states.read().now().minusSeconds(1), "40.0 % deferred");
        states.halfOpen(lane);
        step.applyNow();

        hear(lane, 20, RowState.DEFERRED, HOST, "452 4.2.2 The email account that you tried to reach is over quota");
        assertThat(line(lane).standing()).isEqualTo(Standing.TRICKLING);
        hear(lane, 20, RowState.ACCEPTED, HOST, "250 ok");
        step.applyNow();

        assertThat(line(lane).standing()).isEqualTo(Standing.HEALING);
    }

    @Test
    void mailThatComesTooFastForOnePersonStillCountsForItsLane() {
        int lane = lane("fast.example");

        hear(lane, 300, RowState.DEFERRED, HOST,
                "450 4.2.1 The user you are trying to contact is receiving mail too quickly");

        assertThat(line(lane).standing()).isEqualTo(Standing.HELD);
    }

    @Test
    void howManyMailsOneConnectionMayHaveIsNoMatterOfSpeed() {
        assertThat(slows("Max message per connection reached, closing transmission channel")).isFalse();
        assertThat(slows("4.7.0 Too many messages in one session")).isFalse();
        assertThat(slows("too many messages in this connection")).isFalse();
        assertThat(slows("4.7.0 too many messages per minute on this connection, slow down")).isTrue();
        assertThat(slows("4.7.0 too many messages from you, slow down")).isTrue();
    }

    /** If a 421 that ends a session slows a lane. */
    private boolean slows(String text) {
        int lane = lane(text);
        watch.turnedAway(
                new Planned(new RowId(1, 1), lane, "ana@example.org", "ana@example.org", 0, Instant.now(), null,
                        "{}"),
                new SmtpReply(421, text));
        step.applyNow();
        return line(lane).standing() == Standing.SLOWING;
    }

    @Test
    void aStrayWordAmongThousandsAcceptedSlowsNobodyAndAStormDoesAtOnce() {
        int lane = lane("large.example");
        hear(lane, 3_000, RowState.ACCEPTED, HOST, "250 ok");
        hear(lane, 1, RowState.DEFERRED, HOST, TOO_FAST);
        assertThat(line(lane).standing()).isEqualTo(Standing.HEALTHY);

        hear(lane, 40, RowState.DEFERRED, HOST, TOO_FAST);

        assertThat(line(lane).standing()).isEqualTo(Standing.SLOWING);
        assertThat(line(lane).state().pace().why()).isEqualTo(TOO_FAST);
        int fresh = lane("fresh.example");
        hear(fresh, 1, RowState.DEFERRED, HOST, TOO_FAST);
        assertThat(line(fresh).standing()).as("the first that it says").isEqualTo(Standing.SLOWING);
    }

    /** What it has done in the second before it is asked may be next to nothing. */
    @Test
    void aLaneIsSlowedFromTheBusiestOfItsLastMinutesAndFromOneMailASecondAtLeast() {
        int idle = lane("idle.example");
        hear(idle, 1, RowState.DEFERRED, HOST, TOO_FAST);
        assertThat(line(idle).state().pace().base()).isEqualTo(1);
        int busy = lane("busy.example");
        book(busy, 1_200, RowState.ACCEPTED, HOST, "250 ok");
        jdbc.sql("update lane_minute set minute = minute - interval 1 minute where lane_id = :lane")
                .param("lane", busy).update();

        hear(busy, 10, RowState.DEFERRED, HOST, TOO_FAST);

        assertThat(line(busy).state().pace().base()).isEqualTo(20);
        jdbc.sql("update lane_state set pace_base = 0.01, paced_at = paced_at - interval 1 minute").update();
        hear(idle, 5, RowState.DEFERRED, HOST, TOO_FAST);
        assertThat(line(idle).state().pace().base()).as("as an older version may have written it").isEqualTo(1);
    }

    @Test
    void aLaneThatIsBackIsToldUntilNothingLimitsIt() {
        int lane = lane("back.example");
        int own = lane("own.example");
        for (int one : List.of(lane, own)) {
            states.slow(one, null, 0.5, 10, TOO_FAST);
        }

        jdbc.sql("update lane_state set paced_at = paced_at - interval 7 minute").update();
        assertThat(line(lane).standing()).isEqualTo(Standing.HEALING);
        assertThat(line(lane).share()).isBetween(4.0, 5.0);
        assertThat(desk.troubled(5)).extracting(line -> line.lane().id()).containsExactly(lane);
        assertThat(line(own).standing()).as("it has its rate").isEqualTo(Standing.HEALTHY);
        jdbc.sql("update lane_state set paced_at = paced_at - interval 9 minute").update();
        assertThat(line(lane).standing()).isEqualTo(Standing.HEALTHY);
        assertThat(line(lane).share()).isEqualTo(1);
    }

    @Test
    void oneSmallHostSlowsNotTheMailOfAllSmallProviders() {
        int tail = lanes.tail("shop.example");
        hear(tail, 100, RowState.DEFERRED, "mx.a.example", TOO_FAST); // before anybody else has answered
        assertThat(line(tail).standing()).isEqualTo(Standing.HEALTHY);
        hear(tail, 2_900, RowState.ACCEPTED, HOST, "250 ok");
        for (String domain : List.of("b.example", "c.example", "d.example")) {
            book(tail, 1, RowState.DEFERRED, "mx." + domain, TOO_FAST, domain);
            step.applyNow();
        }
        assertThat(line(tail).standing()).as("odd ones").isEqualTo(Standing.HEALTHY);

        for (String domain : List.of("b.example", "c.example", "d.example")) {
            book(tail, 100, RowState.DEFERRED, "mx." + domain, TOO_FAST, domain);
        }
        step.applyNow();

        assertThat(line(tail).standing()).as("so many of them that it is us").isEqualTo(Standing.SLOWING);
    }

    @Test
    void aReplyThatARuleCallsThrottleSlowsALaneWithoutAStatusAndWhoWeAreDoesNot() {
        assertThat(slowsAsResult("450 Connection frequency limited, slow down")).isTrue();
        assertThat(slowsAsResult("451 4.7.1 something that no rule knows")).isTrue();
        assertThat(slowsAsResult("450 4.2.1 The user you are trying to contact is receiving mail too quickly"))
                .isFalse();
        assertThat(slowsAsResult("451 4.7.1 Greylisted, try again in five minutes")).isFalse();
        assertThat(slowsAsResult("421 4.7.26 Unauthenticated mail: SPF did not pass")).isFalse();
        assertThat(slowsAsResult("450 4.7.25 Client host rejected: cannot find your reverse hostname")).isFalse();
        assertThat(slowsAsResult(
                "421 4.7.0 [TSS04] Messages temporarily deferred due to unexpected volume or user complaints"))
                .isTrue();
    }

    private boolean slowsAsResult(String reply) {
        int lane = lane(reply.substring(0, Math.min(60, reply.length())));
        hear(lane, 10, RowState.DEFERRED, HOST, reply);
        return line(lane).standing() == Standing.SLOWING;
    }

    @Test
    void whatIsHeldIsToldFirstHoweverManyLanesWereSlowedOnceAndWhatAPersonLetGoIsToldToo() {
        for (int i = 0; i < 20; i++) {
            int lane = lane("well" + i + ".example");
            states.slow(lane, null, 0.5, 10, "421 too fast");
        }
        jdbc.sql("update lane_state set paced_at = utc_timestamp(6) - interval 1 day").update(); // long since well
        int trickling = lane("tried.example");
        states.open(trickling, "bounce", states.read().now().minusSeconds(1), "12.0 % bounced");
        states.halfOpen(trickling);
        int forced = lane("friend.example");
        desk.act(forced, Act.CLOSE, "they know us");
        int held = lane("held.example");
        states.open(held, "bounce", states.read().now().plus(1, ChronoUnit.HOURS), "12.0 % bounced");

        assertThat(desk.troubled(10)).extracting(line -> line.lane().id()).containsExactlyInAnyOrder(held, trickling,
                forced);
        assertThat(desk.troubled(2)).extracting(line -> line.lane().id()).containsExactlyInAnyOrder(held, trickling);
    }
}
