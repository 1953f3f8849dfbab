package io.caravan.transport;

import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import io.caravan.transport.Providers.Provider;
import io.caravan.transport.Providers.Rule;

import static org.assertj.core.api.Assertions.assertThat;

class ProvidersTest {

    private final Providers providers = new Providers(List.of(
            new Rule("special", List.of("mx.special.google.test"), List.of("pinned.example"), 3),
            new Rule("google", List.of("*.google.test"), List.of("gmail.test"), 10)));

    @Test
    void aDomainIsPinnedByItsNameElseKnownByItsMailExchangerTheNarrowestRuleFirst() {
        assertThat(providers.of("gmail.test")).contains(new Provider("google", 10));
        assertThat(providers.of("pinned.example", "aspmx.l.google.test")).isEqualTo(new Provider("special", 3));
        assertThat(providers.of("firm.example", "aspmx.l.google.test")).isEqualTo(new Provider("google", 10));
        assertThat(providers.of("firm.example", "mx.special.google.test").name()).isEqualTo("special");
        assertThat(providers.of("firm.example", "notgoogle.test").name()).isEqualTo("notgoogle.test");
    }

    @ParameterizedTest
    @CsvSource({"mx1.hoster.example, hoster.example", "mx.a.b.hoster.co.uk, hoster.co.uk",
            "mx.shop.com.br, shop.com.br",
            "hoster.example, hoster.example", "localhost, localhost", "mx.example.com.example, com.example",
            "'[192.0.2.1]', '[192.0.2.1]'"})
    void theRestIsKnownByTheDomainThatItsHostIsRegisteredUnderAndGetsFewConnections(String host, String provider) {
        assertThat(providers.of("firm.test", host)).isEqualTo(new Provider(provider, Providers.SMALL));
    }
}
