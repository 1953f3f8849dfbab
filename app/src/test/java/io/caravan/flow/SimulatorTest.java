package io.caravan.flow;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import io.caravan.mail.DeliveryResult;
import io.caravan.mail.EmailAddress;

import static org.assertj.core.api.Assertions.assertThat;

class SimulatorTest {

    @ParameterizedTest
    @CsvSource({"success, Accepted, 2.0.0, ''", "ooto, Accepted, 2.0.0, ''", "bounce, Bounced, 5.1.1, hard 5.1.1",
            "suppressionlist, Bounced, 5.1.1, hard 5.1.1", "complaint, Complained, '', complaint from the simulator",
            "BOUNCE, Bounced, 5.1.1, hard 5.1.1", "success+one.42, Accepted, 2.0.0, ''",
            "bounce+label, Bounced, 5.1.1, hard 5.1.1", "sucess, Bounced, 5.1.1, hard 5.1.1"})
    void answersAsItsAddressSaysWhateverStandsAfterAPlus(String local, String outcome, String status, String reason) {
        DeliveryResult result = Simulator.result(EmailAddress.parse(local + "@simulator.caravan.test"));

        assertThat(result.getClass().getSimpleName()).isEqualTo(outcome);
        assertThat(result.status()).isEqualTo(status);
        assertThat(result.reason()).isEqualTo(reason);
        assertThat(result.host()).isEqualTo("simulator");
    }
}
