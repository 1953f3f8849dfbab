package io.caravan.flow;

import java.time.Duration;
import java.time.Instant;
import javax.sql.DataSource;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

import io.caravan.TestDatabase;
import io.caravan.delivery.Outages;
import io.caravan.flow.LaneOutages.Service;
import io.caravan.mail.RunId;
import io.caravan.shaping.RetrySchedule;

import static org.assertj.core.api.Assertions.assertThat;

/** How long a lane has had no service is known over restarts, and is no time in which nobody looked. */
class LaneOutagesTest {

    private static final RunId RUN = new RunId(4);
    private static final int LANE = 7;
    private static final DataSource DATABASE = TestDatabase.fresh();
    private static final RetrySchedule THREE_DAYS = new RetrySchedule(Duration.ofMinutes(5), 2, Duration.ofHours(4),
            Duration.ofDays(3));

    private final JdbcClient jdbc = JdbcClient.create(DATABASE);
    private Instant now = Instant.parse("2026-11-26T10:00:00Z");
    private LaneOutages lanes = node();

    private LaneOutages node() {
        return node("seda:batches");
    }

    private LaneOutages node(String seam) {
        return new LaneOutages(new Outages(jdbc), THREE_DAYS,
                new Seam(seam, true, true, Duration.ofSeconds(5), () -> now), () -> now);
    }

    @BeforeEach
    void nothingIsOut() {
        jdbc.sql("delete from outage").update();
    }

    /** Rounds of claims, ten minutes apart. */
    private boolean after(Duration time, Service service) {
        for (Instant until = now.plus(time); now.isBefore(until);) {
            now = now.plus(Duration.ofMinutes(10));
            lanes.isOverdue(RUN, LANE, service);
        }
        return lanes.isOverdue(RUN, LANE, service);
    }

    @Test
    void itsMailIsOverdueWhenItHadNoServiceForAsLongAsAMailIsTriedAndNotBefore() {
        assertThat(after(Duration.ofHours(72), Service.NONE)).isFalse();
        assertThat(after(Duration.ofMinutes(10), Service.NONE)).isTrue();
        assertThat(lanes.isOverdue(new RunId(5), LANE, Service.NONE)).as("a run that begins now").isFalse();
    }

    @Test
    void aRestartOrANodeThatKnowsNothingEndsNoOutage() {
        after(Duration.ofHours(71), Service.NONE);

        lanes = node();
        assertThat(after(Duration.ofMinutes(30), Service.UNKNOWN)).isFalse();

        assertThat(after(Duration.ofMinutes(40), Service.NONE)).isTrue();
    }

    @Test
    void serviceEndsIt() {
        after(Duration.ofHours(71), Service.NONE);
        lanes = node();
        lanes.isOverdue(RUN, LANE, Service.GIVEN);

        assertThat(after(Duration.ofHours(2), Service.NONE)).isFalse();
        assertThat(after(Duration.ofHours(71), Service.NONE)).isTrue();
    }

    @Test
    void aPauseIsNobodysOutage() {
        after(Duration.ofHours(71), Service.NONE);
        now = now.plus(Duration.ofDays(4));

        assertThat(after(Duration.ofHours(2), Service.NONE)).isFalse();
    }

    @Test
    void aNodeThatSendsByABrokerDoesNotKnow() {
        lanes = node("jms:queue:batches");

        assertThat(after(Duration.ofHours(80), Service.NONE)).isFalse();
    }
}
