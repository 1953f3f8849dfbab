package io.caravan.web.queue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.caravan.flow.QueueDesk.Place;

import static org.assertj.core.api.Assertions.assertThat;

class QueuePageTest {

    @ParameterizedTest
    @CsvSource({"17, 4", "1, 0", "999999999999999999, 1234567890", "17, 2147483647"})
    void nextLeadsOnFromWhereThePageEnded(long run, int lane) {
        Place end = new Place(run, lane); // the desk ends a page behind all lanes of a run with the largest number

        assertThat(QueuePage.place(QueuePage.link(end))).isEqualTo(end);
    }

    @Test
    void aLaneBeyondAnyIsBehindAll() {
        assertThat(QueuePage.place("17-9999999999")).isEqualTo(new Place(17, Integer.MAX_VALUE));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "17", "17-", "-4", "17-x", "17-12345678901", "1234567890123456789-1"})
    void whatIsNoPlaceIsTheBeginning(String after) {
        assertThat(QueuePage.place(after)).isNull();
    }
}
