package io.caravan.flow;

import java.time.Duration;
import java.time.Instant;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class SeamTest {

    private Instant now = Instant.parse("2026-11-25T10:00:00Z");
    private final Seam seam = new Seam("jms:queue:caravan.batches?priority=5", true, true, Duration.ofMinutes(1),
            () -> now);

    @Test
    void aBrokerThatTakesNothingIsTriedEveryFewSecondsUntilItTakesABatch() {
        handsOver(2, "Connection refused");
        assertThat(seam.broken())
                .contains("the seam jms:queue:caravan.batches takes no batches: Connection refused");
        assertThat(seam.trialDue()).isFalse();

        now = now.plusSeconds(5);
        assertThat(seam.trialDue()).isTrue();
        handsOver(1, "Connection refused");
        assertThat(seam.trialDue()).isFalse();
        assertThat(seam.broken()).isPresent();

        now = now.plusSeconds(5);
        handsOver(1, null);
        assertThat(seam.broken()).isEmpty();
        assertThat(seam.trialDue()).isFalse();
    }

    @Test
    void isTriedAtOnceWhenTheClockHasGoneBack() {
        handsOver(1, "Connection refused");

        now = now.minus(Duration.ofHours(2));

        assertThat(seam.trialDue()).isTrue();
        handsOver(1, "Connection refused");
        assertThat(seam.trialDue()).isFalse();
    }

    @Test
    void aRoundThatHandsNothingOverProvesNothing() {
        handsOver(1, "gone");

        handsOver(0, null);

        assertThat(seam.broken()).isPresent();
        seam.forget();
        assertThat(seam.broken()).isEmpty();
    }

    @Test
    void onlySedaIsWithinOneNode() {
        assertThat(seam.isLocal()).isFalse();
        assertThat(seam.scheme()).isEqualTo("jms");
        assertThat(new Seam("seda:batches", true, true, Duration.ofMinutes(1), () -> now).isLocal()).isTrue();
    }

    /** A round of the pump as it sees the seam. */
    private void handsOver(int references, String fault) {
        seam.hands(references);
        if (fault != null) {
            seam.failed(new IllegalStateException("outside", new IllegalStateException(fault)));
        }
        seam.handed();
    }
}
