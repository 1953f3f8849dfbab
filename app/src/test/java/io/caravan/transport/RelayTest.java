package io.caravan.transport;

import java.time.Duration;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.caravan.mail.InvalidInput;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class RelayTest {

    @Test
    void isReadFromItsUri() {
        assertThat(Relay.parse("a", "smtp://mx.example", 20))
                .isEqualTo(new Relay("a", "mx.example", 25, Tls.OPPORTUNISTIC, null, null, 20));
        assertThat(Relay.parse("a", "smtp://mx.example:2525?tls=none", 5))
                .isEqualTo(new Relay("a", "mx.example", 2525, Tls.NONE, null, null, 5));
        assertThat(Relay.parse("a", "smtp://ana%40shop:p%3Aa%2Fss+@[::1]:587", 1))
                .isEqualTo(new Relay("a", "::1", 587, Tls.REQUIRED, "ana@shop", "p:a/ss+", 1));
        assertThat(Relay.parse("a", "smtp://u:p@mx.example?tls=opportunistic", 1).tls()).isEqualTo(Tls.OPPORTUNISTIC);
        assertThat(Relay.parse("a", "smtps://u:p@mx.example", 1))
                .isEqualTo(new Relay("a", "mx.example", 465, Tls.IMPLICIT, "u", "p", 1));
        assertThat(Relay.parse("a", "smtp://u:p@mx.example:587?tls=verified", 1).tls()).isEqualTo(Tls.VERIFIED);
        assertThat(Relay.parse("a", "smtps://mx.example?tls=verified", 1).tls()).isEqualTo(Tls.IMPLICIT_VERIFIED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"mx.example", "http://mx.example", "smtp://", "smtp://user@mx.example",
            "smtp://user:@mx.example",
            "smtp://mx.example?tls=maybe", "smtp://mx.example?ssl=true", "smtps://mx.example?tls=none",
            "smtp://mx.example:99999",
            "smtp://mx.example:0", "smtp://mx.example/path", "smtp://us er:s3cret@mx.example",
            "smtp://a@b:s3cret@mx.example",
            "smtp://u:s3cret#x@mx.example"})
    void refusesWhatItCannotReadWithoutQuotingTheSecret(String uri) {
        assertThatThrownBy(() -> Relay.parse("a", uri, 20)).isInstanceOf(InvalidInput.class)
                .hasMessageContaining("caravan.relays.a.uri")
                .hasMessageNotContaining("s3cret").hasNoCause();
    }

    @Test
    void saysEverythingThatIsWrongAtOnce() {
        assertThatThrownBy(() -> Relay.parse("a", "http://user@mx.example?tls=maybe", 20)).isInstanceOfSatisfying(
                InvalidInput.class,
                wrong -> assertThat(wrong.problems()).hasSize(3));
    }

    @Test
    void hasOneToTwoHundredConnections() {
        assertThatThrownBy(() -> Relay.parse("a", "smtp://mx.example", 0)).isInstanceOf(InvalidInput.class);
        assertThatThrownBy(() -> Relay.parse("a", "smtp://mx.example", 201)).isInstanceOf(InvalidInput.class);
    }

    @Test
    void waitsAsRfc5321Says() {
        assertThat(Waits.RFC_5321)
                .isEqualTo(new Waits(Duration.ofSeconds(30), Duration.ofMinutes(5), Duration.ofMinutes(5),
                        Duration.ofMinutes(5), Duration.ofMinutes(2), Duration.ofMinutes(3), Duration.ofMinutes(10),
                        Duration.ofMinutes(1)));
    }
}
