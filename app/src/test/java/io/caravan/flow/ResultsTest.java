package io.caravan.flow;

import java.time.Instant;
import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ResultsTest {

    private static final Instant AT = Instant.parse("2026-03-02T09:00:00Z");

    @Test
    void csvHasOneLineForEachResultInTheOrderOfThePublishedColumns() {
        String csv = new Results().csv(List.of(result("ana@example.org", "accepted", "", "250 2.0.0 ok"),
                result("bo@example.org", "bounced", "hard 5.1.1", "550 5.1.1 unknown")));

        assertThat(csv).isEqualTo("""
                2026-03-02T09:00:00Z,spring,7.1,ana@example.org,accepted,,1,mx.example,2.0.0,250 2.0.0 ok
                2026-03-02T09:00:00Z,spring,7.1,bo@example.org,bounced,hard 5.1.1,1,mx.example,2.0.0,550 5.1.1 unknown
                """);
    }

    @Test
    void csvQuotesWhatAHostOrAnAddressBringsWithIt() {
        String csv = new Results()
                .csv(List.of(result("\"a,b\"@example.org", "bounced", "soft", "550 \"no\",\r\nnever")));

        assertThat(csv).isEqualTo(
                "2026-03-02T09:00:00Z,spring,7.1,\"\"\"a,b\"\"@example.org\",bounced,soft,1,mx.example,2.0.0,"
                        + "\"550 \"\"no\"\",\r\nnever\"\n");
    }

    @Test
    void csvOfNothingIsNothing() {
        assertThat(new Results().csv(List.of())).isEmpty();
    }

    private static Result result(String address, String state, String reason, String reply) {
        return new Result("spring", "7.1", address, state, reason, 1, "mx.example", "2.0.0", reply, AT);
    }
}
