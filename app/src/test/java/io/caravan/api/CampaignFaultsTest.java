package io.caravan.api;

import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;

import io.caravan.api.Refused.Fault;
import io.caravan.mail.InvalidInput;
import io.caravan.mail.InvalidInput.Problem;

import static org.assertj.core.api.Assertions.assertThat;

class CampaignFaultsTest {

    private static final InvalidInput WRONG = InvalidInput.of(List.of(
            new Problem("rate", "spring.campaign.yaml:3", "rate: '5' is no rate; write 5/s"),
            new Problem("html", "", "a.html:12: the variable nick is missing: give a default")));

    @Test
    void problemOfKeysNamesItsFieldAndTheCampaignAndNoFileOrLineOfIt() {
        assertThat(CampaignFaults.ofKeys(Map.of("name", "spring")).of(WRONG).faults()).containsExactly(
                new Fault("rate", "invalid", "campaign spring: rate: '5' is no rate; write 5/s"),
                new Fault("html", "invalid",
                        "campaign spring: a.html:12: the variable nick is missing: give a default"));
    }

    @Test
    void problemOfATextNamesItsLine() {
        assertThat(CampaignFaults.ofText("name: spring\n").of(WRONG).faults().getFirst().message())
                .isEqualTo("campaign spring, line 3: rate: '5' is no rate; write 5/s");
        assertThat(CampaignFaults.ofText("name: [spring\n").of(WRONG).faults().getFirst().message())
                .startsWith("campaign without a name, line 3: ");
    }
}
