package io.caravan.journal;

import java.time.Instant;

import org.junit.jupiter.api.Test;

import io.caravan.mail.DeliveryResult;

import static org.assertj.core.api.Assertions.assertThat;

class AftermathTest {

    private static final DeliveryResult RESULT = new DeliveryResult.Accepted("mx.example", "", "250 ok");
    private static final Line DOT = new Line.Dot(Instant.EPOCH, "mx.example");

    @Test
    void settlesWhatWasReplied() {
        assertThat(Aftermath.of(new Line.Replied(RESULT), true)).isEqualTo(new Aftermath.Settle(RESULT));
        assertThat(Aftermath.of(new Line.Replied(RESULT), false)).isEqualTo(new Aftermath.Settle(RESULT));
    }

    @Test
    void givesBackWhatHasNoLine() {
        assertThat(Aftermath.of(null, true)).isEqualTo(new Aftermath.Pending());
        assertThat(Aftermath.of(null, false)).isEqualTo(new Aftermath.Pending());
    }

    @Test
    void doubtsADotWithoutReply() {
        assertThat(Aftermath.of(DOT, true)).isInstanceOfSatisfying(Aftermath.InDoubt.class,
                doubt -> assertThat(doubt.host()).isEqualTo("mx.example"));
        assertThat(Aftermath.of(DOT, false)).isInstanceOf(Aftermath.InDoubt.class);
    }

    @Test
    void doubtsReadyOnlyWhenTheMachineWentDown() {
        assertThat(Aftermath.of(new Line.Ready(), true)).isEqualTo(new Aftermath.Pending());
        assertThat(Aftermath.of(new Line.Ready(), false)).isInstanceOf(Aftermath.InDoubt.class);
    }
}
