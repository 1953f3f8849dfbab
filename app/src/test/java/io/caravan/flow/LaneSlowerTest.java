package io.caravan.flow;

import java.time.InstantSource;
import java.util.List;

import org.junit.jupiter.api.Test;

import io.caravan.flow.LaneDesk.Standing;
import io.caravan.mail.RowState;

import static org.assertj.core.api.Assertions.assertThat;

/** What slows a lane down, to what, and what does not. */
class LaneSlowerTest extends LaneWatchFixture {

    @Test
    void howManyMailsOneConnectionMayHaveIsNoMatterOfSpeed() {
        assertThat(slows("Max message per connection reached, closing transmission channel")).isFalse();
        assertThat(slows("4.7.0 Too many messages in one session")).isFalse();
        assertThat(slows("too many messages in this connection")).isFalse();
        assertThat(slows("4.7.0 too many messages per minute on this connection, slow down")).isTrue();
        assertThat(slows("4.7.0 too many messages from you, slow down")).isTrue();
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

        for (int i = 0; i < 160; i++) {
            book(tail, 3, RowState.DEFERRED, "mx.x" + i + ".example", TOO_FAST, "x" + i + ".example");
        }
        step.applyNow();

        assertThat(line(tail).standing()).as("so many of them that it is us").isEqualTo(Standing.SLOWING);
    }

    /** Each hears a few of thirty words about ten thousand mails, none of them enough by itself. */
    @Test
    void whatTheNodesHearTogetherSlowsALaneOnce() {
        int lane = lane("shared.example");
        List<LaneWatch> watches = List.of(watch(), watch(), watch());
        List<BreakerStep> nodes = watches.stream().map(heard -> step(heard, InstantSource.system())).toList();
        book(lane, 3_000, RowState.ACCEPTED, HOST, "250 ok");
        for (int node = 0; node < 2; node++) {
            book(watches.get(node), lane, 6, RowState.DEFERRED, HOST, TOO_FAST, "example.org");
            nodes.get(node).applyNow();
            nodes.get(node).applyNow(); // it tells what it has told before
        }
        assertThat(line(lane).standing()).as("12 of 3,012").isEqualTo(Standing.HEALTHY);

        book(watches.get(2), lane, 6, RowState.DEFERRED, HOST, TOO_FAST, "example.org");
        nodes.get(2).applyNow();

        assertThat(line(lane).state().pace().factor()).as("18 of 3,018").isEqualTo(0.5);
        nodes.forEach(BreakerStep::applyNow);
        assertThat(jdbc.sql("select count(*) from lane_ask").query(Integer.class).single()).as("all forgotten")
                .isZero();
        jdbc.sql("update lane_state set paced_at = paced_at - interval 11 second").update();
        nodes.forEach(BreakerStep::applyNow);
        assertThat(line(lane).state().pace().factor()).as("not for the same words").isEqualTo(0.5);
    }

    @Test
    void whatANodeToldAndStoppedCountsForAMinuteAndIsRemoved() {
        int lane = lane("stopped.example");
        book(lane, 2_000, RowState.ACCEPTED, HOST, "250 ok");
        LaneWatch stopped = watch();
        book(stopped, lane, 9, RowState.DEFERRED, HOST, TOO_FAST, "example.org");
        step(stopped, InstantSource.system()).applyNow();
        jdbc.sql("update lane_ask set since = since - interval 61 second").update();

        hear(lane, 3, RowState.DEFERRED, HOST, TOO_FAST);
        assertThat(line(lane).standing()).isEqualTo(Standing.HEALTHY);

        jdbc.sql("update lane_ask set since = since - interval 2 minute").update();
        step(watch(), InstantSource.system()).applyNow(); // a step sweeps at its first turn
        assertThat(jdbc.sql("select count(*) from lane_ask").query(Integer.class).single()).isZero();
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
}
