package io.caravan.flow;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import io.caravan.delivery.Outcome;
import io.caravan.delivery.Planned;
import io.caravan.flow.LaneDesk.Act;
import io.caravan.flow.LaneDesk.Standing;
import io.caravan.mail.RowId;
import io.caravan.mail.RowState;

import static org.assertj.core.api.Assertions.assertThat;

/** What counts for a lane and what does not, by the shipped windows: bounces by hours, deferrals by minutes. */
class LaneWatchTest extends LaneWatchFixture {

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

    /** As Postfix says it to whoever comes, at whatever command, and qmail of its queue. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"MAIL | 452 4.3.1 Insufficient system storage",
            "RCPT | 452 4.3.1 Insufficient system storage", "final dot | 452 4.3.1 Insufficient system storage",
            "final dot | 451 qq write error or disk full (#4.3.0)", "'' | 452 4.3.1 Insufficient system storage",
            "MAIL | 452 Insufficient system storage"})
    void aHostWhoseDiskIsFullHoldsItsLane(String verb, String reply) {
        int lane = lane("full.example");

        defer(lane, 300, verb, reply);

        assertThat(line(lane).standing()).isEqualTo(Standing.HELD);
        assertThat(line(lane).state().why()).startsWith("100.0 % deferred of 300");
    }

    /** Before a recipient is named, the mailbox of which a host speaks is the sender's. */
    @Test
    void whatWouldBeTheRecipientsFaultAtRcptCountsAtMail() {
        int recipients = lane("recipients.example");
        int ours = lane("ours.example");

        defer(recipients, 300, "RCPT", "450 4.2.1 mailbox is inactive");
        defer(ours, 300, "MAIL", "450 4.2.1 mailbox is inactive");

        assertThat(line(recipients).state()).isNull();
        assertThat(line(ours).standing()).isEqualTo(Standing.HELD);
    }

    @Test
    void mailThatComesTooFastForOnePersonStillCountsForItsLane() {
        int lane = lane("fast.example");

        hear(lane, 300, RowState.DEFERRED, HOST,
                "450 4.2.1 The user you are trying to contact is receiving mail too quickly");

        assertThat(line(lane).standing()).isEqualTo(Standing.HELD);
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

    /** Each of them is tried again every few minutes, and the lane's other mail is out long ago. */
    @Test
    void aFewDomainsThatAreDownForADayHoldNotTheMailOfAllSmallProviders() {
        int tail = lanes.tail("shop.example");
        List<String> down = List.of("a.example", "b.example", "c.example");
        hear(tail, 20, RowState.ACCEPTED, HOST, "250 ok");
        down.forEach(domain -> book(tail, 200, RowState.DEFERRED, "mx." + domain, "450 4.3.0 try later", domain));
        step.applyNow();

        assertThat(line(tail).state()).isNull();
        assertThat(line(tail).measures().get(1).bad()).as("one of each").isEqualTo(3);
        for (int i = 0; i < 200; i++) {
            book(tail, 1, RowState.DEFERRED, "mx.x" + i + ".example", "450 4.3.0 try later", "x" + i + ".example");
        }
        step.applyNow();
        assertThat(line(tail).standing()).as("many of them").isEqualTo(Standing.HELD);
    }

    @Test
    void aDeferralCountsOnceAlsoWhenItsTransactionIsDoneAgain() {
        TailDeferrals counting = new TailDeferrals(lanes);
        int tail = lanes.tail("shop.example");
        Instant now = Instant.parse("2026-03-02T10:00:00Z");

        assertThat(counts(counting, tail, 1, now)).isTrue();
        assertThat(counts(counting, tail, 1, now)).as("the same again").isTrue();
        assertThat(counts(counting, tail, 2, now.plusSeconds(59))).as("another of its minute").isFalse();
        assertThat(counts(counting, tail, 2, now.plusSeconds(60))).isTrue();
        int large = lane("large.example");
        assertThat(counts(counting, large, 1, now) && counts(counting, large, 2, now)).isTrue();
    }

    private static boolean counts(TailDeferrals counting, int lane, int n, Instant at) {
        RowId row = new RowId(1, n);
        return counting.count(
                new Outcome(1, row, 1, lane, at, RowState.DEFERRED, "", HOST, "4.3.0", "450 4.3.0 try later", null),
                new Planned(row, lane, "ana@a.example", "ana@a.example", 0, at, null, "{}"));
    }
}
