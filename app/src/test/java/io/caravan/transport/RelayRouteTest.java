package io.caravan.transport;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.caravan.transport.RelayRoute.Part;

import static org.assertj.core.api.Assertions.assertThat;

class RelayRouteTest {

    @Test
    void readsOrderAndWeights() {
        assertThat(RelayRoute.parse("relay:a, relay:b,relay:a")).isEqualTo(
                new RelayRoute(List.of(new Part("a", 0), new Part("b", 0))));
        assertThat(RelayRoute.parse("relay:a*3,relay:b * 1,relay:c")).isEqualTo(
                new RelayRoute(List.of(new Part("a", 3), new Part("b", 1), new Part("c", 0))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "mx", "relay:", "relay:a,", "relay:a*0", "relay:a*-1", "relay:a*1000", "relay:a*x",
            "relay:a*", "relay:a,mailbox"})
    void readsNothingElse(String written) {
        assertThat(RelayRoute.parse(written)).isNull();
    }

    @Test
    void takesTurnsSoThatNobodyHasItsShareInOneRow() {
        RelayRoute.Turns turns = new RelayRoute.Turns(new RelayRoute(
                List.of(new Part("spare", 0), new Part("a", 5), new Part("b", 1), new Part("c", 1))));

        String order = IntStream.range(0, 14).mapToObj(_ -> "sabc".substring(turns.next()).substring(0, 1))
                .collect(Collectors.joining());

        assertThat(order).isEqualTo("aabacaaaabacaa");
    }
}
