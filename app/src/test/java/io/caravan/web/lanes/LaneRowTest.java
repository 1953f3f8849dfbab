package io.caravan.web.lanes;

import java.time.Instant;
import java.util.List;

import org.junit.jupiter.api.Test;

import io.caravan.flow.LaneDesk.Line;
import io.caravan.flow.LaneDesk.Standing;
import io.caravan.mail.BreakerState;
import io.caravan.pacing.LaneState;
import io.caravan.pacing.Lanes;

import static org.assertj.core.api.Assertions.assertThat;

/** What the page says of a lane that was slowed. */
class LaneRowTest {

    private static final Instant SLOWED = Instant.parse("2026-03-02T10:00:00Z");

    private static String why(Standing standing, double share, boolean forced) {
        LaneState state = new LaneState(7, BreakerState.CLOSED, "", SLOWED, null, "healed: 0 of 20 bad", forced, "",
                null, new LaneState.Trial(0, 0), new LaneState.Pace(0.5, 20, SLOWED, "421 slow down"));
        return LaneRow.of(new Line(new Lanes.Lane(7, "shop", "big.example"), standing, share, state, 0, 0L, List.of(),
                List.of(), null)).why();
    }

    @Test
    void saysHowMuchOfItsRateALaneUsesAndHowFarItIsBeyondThat() {
        assertThat(why(Standing.SLOWING, 0.5, false)).isEqualTo("slowed to 50 % of its rate: 421 slow down");
        assertThat(why(Standing.HEALING, 4.29, false)).isEqualTo(
                "slowed lately; may go 4.3 times as fast as before by now, and faster until nothing limits it: 421 slow down");
        assertThat(why(Standing.HEALING, 4.29, true))
                .startsWith("let go by hand: not judged until a person resets it; slowed lately; may go 4.3 times");
        assertThat(why(Standing.HEALING, 1, false)).as("of its breaker").isEqualTo("healed: 0 of 20 bad");
    }
}
