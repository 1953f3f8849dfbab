package io.caravan.flow;

import java.util.List;

import org.junit.jupiter.api.Test;

import io.caravan.rendering.Shortcoming;

import static org.assertj.core.api.Assertions.assertThat;

class RowFaultsTest {

    @Test
    void tellsEachCauseOnceWithItsFirstRow() {
        RowFaults faults = new RowFaults();

        faults.add("2.1", List.of(missing("city", " (this person has name)"), missing("since", "")));
        faults.add("2.2", List.of());
        faults.add("2.3", List.of(missing("city", "")));
        faults.add("2.4", List.of(missing("city", "")));

        assertThat(faults.lines()).containsExactly(
                "row 2.1 and 2 other rows: spring.html:3: no value for 'city' (this person has name)",
                "row 2.1: spring.html:3: no value for 'since'");
        assertThat(faults.rows()).isEqualTo(3);
    }

    @Test
    void hasNothingToTellOfRowsThatRender() {
        RowFaults faults = new RowFaults();

        faults.add("2.1", List.of());

        assertThat(faults.isEmpty()).isTrue();
        assertThat(faults.lines()).isEmpty();
    }

    private static Shortcoming missing(String attribute, String more) {
        return new Shortcoming("spring.html", 3, attribute, "no value for '" + attribute + "'" + more);
    }
}
