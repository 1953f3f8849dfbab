package io.caravan.pacing;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;

import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;

import io.caravan.TestDatabase;
import io.caravan.mail.BreakerState;
import io.caravan.mail.RowState;

import static org.assertj.core.api.Assertions.assertThat;

class LaneStatesTest {

    private final DataSource source = TestDatabase.fresh();
    private final LaneStates states = new LaneStates(JdbcClient.create(source));
    private final LaneMinutes minutes = new LaneMinutes(new JdbcTemplate(source));

    @Test
    void ofSeveralNodesThatDecideTheSameOneDoesIt() {
        Instant past = states.read().now().minusSeconds(1);
        assertThat(states.read().lanes()).isEmpty();

        assertThat(List.of(states.open(7, "bounce", past, "12 %"), states.open(7, "deferral", past, "40 %")))
                .containsExactly(true, false);
        assertThat(List.of(states.halfOpen(7), states.halfOpen(7))).containsExactly(true, false);
        states.tried(7, 20, 1);
        LaneState tried = states.read().lanes().get(7);
        assertThat(tried.state()).isEqualTo(BreakerState.HALF_OPEN);
        assertThat(tried.measure()).isEqualTo("bounce");
        assertThat(tried.trial()).isEqualTo(new LaneState.Trial(20, 1));
        assertThat(List.of(states.close(7, "healed"), states.close(7, "healed"))).containsExactly(true, false);

        LaneState healed = states.read().lanes().get(7);
        assertThat(healed.state()).isEqualTo(BreakerState.CLOSED);
        assertThat(healed.countsFrom()).isEqualTo(healed.since());
        states.tried(7, 1, 1);
        assertThat(states.read().lanes().get(7).trial()).as("no trickle any more").isEqualTo(tried.trial());
    }

    @Test
    void anOpenLaneWaitsUntilItsTimeAndAPersonMayHurryIt() {
        Instant later = states.read().now().plusSeconds(3600);
        states.open(7, "bounce", later, "12 %");

        assertThat(states.halfOpen(7)).isFalse();
        assertThat(states.tryNow(7, "they say it is mended")).isTrue();

        assertThat(states.read().lanes().get(7).state()).isEqualTo(BreakerState.HALF_OPEN);
        assertThat(states.openAgain(7, later, "worse")).isTrue();
        assertThat(states.read().lanes().get(7)).satisfies(lane -> {
            assertThat(lane.state()).isEqualTo(BreakerState.OPEN);
            assertThat(lane.note()).isEqualTo("they say it is mended");
            assertThat(lane.until()).isEqualTo(later);
        });
    }

    @Test
    void whatAPersonSetNobodyElseChangesUntilItIsReset() {
        Instant past = states.read().now().minusSeconds(1);
        states.force(7, BreakerState.CLOSED, "they know us");
        assertThat(states.open(7, "bounce", past, "12 %")).isFalse();
        states.force(7, BreakerState.OPEN, "no more today");
        assertThat(List.of(states.halfOpen(7), states.tryNow(7, "x"))).containsOnly(false);

        states.reset(7, "go on");

        assertThat(states.read().lanes().get(7)).satisfies(lane -> {
            assertThat(lane.state()).isEqualTo(BreakerState.CLOSED);
            assertThat(lane.forced()).isFalse();
            assertThat(lane.note()).isEqualTo("go on");
        });
        assertThat(states.open(7, "bounce", past, "12 %")).isTrue();
    }

    @Test
    void countsAreByMinuteAndGoAfterTwoHours() {
        Instant now = states.read().now().truncatedTo(ChronoUnit.MINUTES);
        Instant old = now.minus(3, ChronoUnit.HOURS);
        minutes.book(Map.of(new LaneMinutes.Key(7, now, RowState.BOUNCED), 3,
                new LaneMinutes.Key(7, now.minusSeconds(60), RowState.ACCEPTED), 40,
                new LaneMinutes.Key(7, old, RowState.BOUNCED), 500, new LaneMinutes.Key(8, now, RowState.DEFERRED), 1));
        minutes.book(Map.of(new LaneMinutes.Key(7, now.plusSeconds(30), RowState.BOUNCED), 2));

        LaneMinutes.Counts lately = minutes.byMinute(List.of(7, 9), now.minusSeconds(120)).get(7);
        assertThat(lately.outcomes()).containsOnly(Map.entry(RowState.BOUNCED, 5L), Map.entry(RowState.ACCEPTED, 40L));
        assertThat(lately.first()).isEqualTo(now.minusSeconds(60));
        assertThat(lately.of(List.of(RowState.BOUNCED, RowState.ACCEPTED))).isEqualTo(45);

        minutes.removeBefore(now.minus(LaneMinutes.KEPT));
        assertThat(minutes.byMinute(List.of(7), old).get(7).of(List.of(RowState.BOUNCED))).isEqualTo(5);
    }
}
