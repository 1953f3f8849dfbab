package io.caravan.flow;

import java.util.List;
import java.util.Map;
import javax.sql.DataSource;

import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import io.caravan.TestDatabase;
import io.caravan.mail.Rate;
import io.caravan.pacing.Limit;
import io.caravan.pacing.Rates;

import static org.assertj.core.api.Assertions.assertThat;

class LanePermitsTest {

    private static final List<Limit> FAST = List.of(new Limit("lane:1", Rate.parse("5/s")));
    private static final List<Limit> WARMING = List.of(new Limit("lane:2", Rate.parse("100/s")),
            new Limit("warmup:2", Rate.parse("50/day")));

    private final DataSource source = TestDatabase.fresh();
    private final Rates rates = new Rates(JdbcClient.create(source),
            new TransactionTemplate(new DataSourceTransactionManager(source)));

    @Test
    void whatAClaimDidNotTakeOfALaneIsThatLanesAgain() {
        LanePermits permits = new LanePermits(rates);
        permits.take(1, FAST, 100);
        permits.take(2, WARMING, 100);
        permits.take(3, List.of(), 7);
        permits.take(4, List.of(), 0);
        assertThat(permits.byLane()).isEqualTo(Map.of(1, 5, 2, 1, 3, 7));

        permits.giveBack(Map.of(1, 5));

        assertThat(rates.take(WARMING, 100).permits()).as("none of it went").isEqualTo(1);
        assertThat(rates.take(WARMING, 100).permits()).isZero();
        assertThat(rates.take(FAST, 100).permits()).as("all of it went").isLessThan(5);
    }
}
