package io.caravan.flow;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import io.caravan.delivery.BatchReference;
import io.caravan.delivery.Outcome;
import io.caravan.delivery.Planned;
import io.caravan.flow.InFlight.Held;
import io.caravan.flow.Recorder.Heard;
import io.caravan.mail.DeliveryResult;
import io.caravan.mail.RowId;
import io.caravan.mail.RowState;
import io.caravan.shaping.RelayHealth;
import io.caravan.shaping.RetrySchedule;

import static org.assertj.core.api.Assertions.assertThat;

/** What becomes of mail that had no service for as long as a mail is tried. */
class OutcomesTest {

    private static final Instant NOW = Instant.parse("2026-11-27T10:00:00Z");
    private static final DeliveryResult REFUSED = new DeliveryResult.Deferred("mx.big.test", "", "",
            "connection refused");
    private static final DeliveryResult LATER = new DeliveryResult.Deferred("mx.big.test", "4.2.1", "450 4.2.1 later",
            "RCPT answered 450", "RCPT");
    private static final DeliveryResult NO_DNS = new DeliveryResult.Deferred("", "4.4.3", "", "the DNS says nothing");
    private static final DeliveryResult UNTRIED = new DeliveryResult.NotTried("main: down, not tried again yet");

    private final InFlight inFlight = new InFlight();
    private Instant now = NOW;
    private final InstantSource clock = () -> now;
    private final RelayHealth health = new RelayHealth(RelayHealth.REST, clock.withZone(ZoneOffset.UTC));
    private final Outcomes outcomes = new Outcomes(
            new RetrySchedule(Duration.ofMinutes(5), 2, Duration.ofHours(4), Duration.ofDays(3)),
            new Refusals(ReplyRulesFile.read(Path.of("nowhere"))), new RelayRoom(health, inFlight));
    private long batches;

    private @Nullable Outcome of(String road, boolean overdue, DeliveryResult result) {
        BatchReference batch = new BatchReference(++batches, 1, 1, 1, 1);
        inFlight.claimed(batch, road, Map.of(1, 1), InFlightTest.NO_QUOTA, overdue);
        Held held = new Held(batch, road, ClaimGroupsTest.MAILING, List.of(
                new Planned(new RowId(1, 1), 1, "a@b.example", "a@b.example", 0, NOW, null, "{}")));
        inFlight.opened(held);
        return outcomes.of(new Heard(held, new RowId(1, 1), 1, result, NOW, 0));
    }

    @Test
    void whatFindsNoServiceHasExpiredAtItsFirstAttempt() {
        assertThat(of("mx big.test", false, REFUSED).state()).isEqualTo(RowState.DEFERRED);

        Outcome overdue = of("mx big.test", true, REFUSED);

        assertThat(overdue.state()).isEqualTo(RowState.EXPIRED);
        assertThat(overdue.reason()).isEqualTo(
                "no service for as long as a mail is tried (caravan.retry.expire): connection refused");
        assertThat(overdue.isAttempt()).isTrue();
    }

    @Test
    void whatAHostAnsweredOrTheDnsDidNotTellHasItsOwnTime() {
        assertThat(of("mx big.test", true, LATER).state()).isEqualTo(RowState.DEFERRED);
        assertThat(of("mx big.test", true, NO_DNS).state()).isEqualTo(RowState.DEFERRED);
        assertThat(of("mx big.test", true, UNTRIED)).as("it moves to another lane, or the node stops").isNull();
    }

    @Test
    void whatNoRelayWasAskedToTakeHasExpiredUntriedUnlessOneIsBack() {
        health.failed("main", "refused");
        Outcome untried = of("relay:main", true, UNTRIED);
        assertThat(untried.state()).isEqualTo(RowState.EXPIRED);
        assertThat(untried.isAttempt()).isFalse();
        assertThat(of("relay:main", false, UNTRIED)).isNull();

        now = now.plus(RelayHealth.REST).plusSeconds(1);
        assertThat(health.mayTry("main")).isTrue();
        health.worked("main");
        assertThat(of("relay:main", true, UNTRIED)).isNull();
    }
}
