package io.caravan.transport;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

import org.junit.jupiter.api.Test;

import io.caravan.transport.Transport.MxTrouble;

import static org.assertj.core.api.Assertions.assertThat;

class MxHealthTest {

    private final AtomicLong clock = new AtomicLong();
    private final MxHealth health = new MxHealth(Duration.ofSeconds(30), clock::get);

    private static Destination host(String provider, String host) {
        return Destination.of(List.of(new Dns.Mx(10, host)), null, new Providers.Provider(provider, 2), false);
    }

    private void pass(Duration time) {
        clock.addAndGet(time.toNanos());
    }

    @Test
    void aProviderRestsAfterAFailureThenATrialIsDueAndASuccessEndsIt() {
        health.failed(host("big", "mx.big.test"), "refused");
        assertThat(health.troubles()).isEqualTo(Map.of("big", new MxTrouble("refused", Duration.ofSeconds(30))));

        pass(Duration.ofSeconds(31));
        assertThat(health.troubles()).isEqualTo(Map.of("big", new MxTrouble("refused", Duration.ZERO)));
        assertThat(health.serves("big")).isFalse();

        health.worked(host("big", "mx.big.test"));
        assertThat(health.troubles()).isEmpty();
        assertThat(health.serves("big")).isTrue();
    }

    @Test
    void oneHostThatWorksVouchesForItsProviderUntilItFailsItself() {
        health.worked(host("big", "mx1.big.test"));
        health.failed(host("big", "mx2.big.test"), "refused");
        health.failed(host("other", "mx.other.test"), "silent");
        assertThat(health.troubles()).containsOnlyKeys("other");

        health.failed(host("big", "mx1.big.test"), "refused");
        assertThat(health.troubles()).containsOnlyKeys("big", "other");
    }

    @Test
    void whatWasLongAgoIsForgotten() {
        health.failed(host("a", "mx.a.test"), "refused");
        health.worked(host("b", "mx1.b.test"));
        pass(Duration.ofMinutes(11));
        assertThat(health.troubles()).isEmpty();
        assertThat(health.serves("b")).as("nobody knows").isFalse();

        health.failed(host("b", "mx2.b.test"), "refused");
        assertThat(health.troubles()).containsOnlyKeys("b");
    }
}
