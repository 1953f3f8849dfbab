package io.caravan.config;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class DnsServerTest {

    @ParameterizedTest
    @CsvSource({"192.0.2.1, /192.0.2.1:53", "127.0.0.1:5353, /127.0.0.1:5353", "::1, /[0:0:0:0:0:0:0:1]:53",
            "[::1]:5353, /[0:0:0:0:0:0:0:1]:5353"})
    void readsAnAddressWithOrWithoutPort(String written, String read) {
        assertThat(DnsServer.parse(written)).hasToString(read);
    }

    @ParameterizedTest
    @ValueSource(strings = {"dns.example", "127.0.0.1:0", "127.0.0.1:70000", "300.1.1.1", "", "[::1"})
    void refusesWhatIsNoAddressAndLooksNothingUp(String written) {
        assertThatThrownBy(() -> DnsServer.parse(written)).hasMessageContaining("'" + written + "' is no address");
    }
}
