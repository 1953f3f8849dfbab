package io.caravan.api;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class CampaignFaultsTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            spring.campaign.yaml:3: rate: '5' is no rate; write 5/s            | rate
            spring.campaign.yaml:9: schedule.cron: it names no day; correct it | schedule.cron
            a.campaign.yaml:1: there is no file 'x.html'; put it beside        | ''
            a.html:12: the variable nick is missing: give a default            | ''
            audience.exclude: there is no list staff: drop staff.csv first     | audience.exclude
            """)
    void problemNamesItsFieldWhereItIsKnown(String problem, String field) {
        Refused.Fault fault = CampaignFaults.fault(problem);

        assertThat(fault.field()).isEqualTo(field);
        assertThat(fault.message()).isEqualTo(problem);
    }
}
