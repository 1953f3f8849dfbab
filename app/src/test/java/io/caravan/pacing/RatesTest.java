package io.caravan.pacing;

import java.util.List;
import javax.sql.DataSource;

import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import io.caravan.TestDatabase;
import io.caravan.mail.Rate;

import static org.assertj.core.api.Assertions.assertThat;

class RatesTest {

    private final DataSource source = TestDatabase.fresh();
    private final JdbcClient jdbc = JdbcClient.create(source);
    private final Rates rates = new Rates(jdbc, new TransactionTemplate(new DataSourceTransactionManager(source)));

    @Test
    void grantsAtMostASecondOfTheTightestRateAndNamesIt() {
        Limit wide = new Limit("overall", Rate.parse("1000/s"));
        Limit tight = new Limit("campaign:1", Rate.parse("600/min"));

        Grant first = rates.take(List.of(wide, tight), 500);
        Grant second = rates.take(List.of(wide, tight), 500);

        assertThat(first.permits()).isEqualTo(10);
        assertThat(first.tightest()).isEqualTo(tight);
        assertThat(second.permits()).isLessThanOrEqualTo(1);
        assertThat(second.retryIn().toMillis()).isBetween(0L, 100L);
    }

    @Test
    void refillsNothingByBeingMadeAnewAndReturnsWhatNobodyUsed() {
        Limit slow = new Limit("identity:shop", Rate.parse("20/h"));
        assertThat(rates.take(List.of(slow), 5).permits()).isEqualTo(1);

        Rates afterRestart = new Rates(jdbc, new TransactionTemplate(new DataSourceTransactionManager(source)));

        assertThat(afterRestart.take(List.of(slow), 5).permits()).isZero();
        afterRestart.giveBack(List.of(slow), 1);
        assertThat(afterRestart.take(List.of(slow), 5).permits()).isEqualTo(1);
    }

    @Test
    void letsManyTakersTogetherHaveNoMoreThanTheRate() throws Exception {
        Limit limit = new Limit("relay:a", Rate.parse("50/s"));
        long start = System.nanoTime();
        java.util.concurrent.atomic.AtomicLong granted = new java.util.concurrent.atomic.AtomicLong();

        try (var pool = java.util.concurrent.Executors.newFixedThreadPool(4)) {
            for (int i = 0; i < 4; i++) {
                pool.submit(() -> {
                    while (System.nanoTime() - start < 1_000_000_000L) {
                        granted.addAndGet(rates.take(List.of(limit), 7).permits());
                    }
                });
            }
        }
        double seconds = (System.nanoTime() - start) / 1e9;

        assertThat((double) granted.get()).isBetween(50.0, 50 * seconds + 51);
    }

    /** One mail of four: what lets 20 go lets 80 go of which it has a quarter, and what is given back counts a quarter. */
    @Test
    void aShareOfWhatGoesCountsForThatShare() {
        Limit quarter = new Limit("relay:quarter", Rate.parse("20/min"), 0.25);
        Limit whole = new Limit("relay:quarter", Rate.parse("20/min"));

        assertThat(rates.take(List.of(quarter), 10).permits()).as("one second of it, four mails of which it has one")
                .isEqualTo(1);
        assertThat(new Limit("x", Rate.parse("20/s"), 0.25).burst()).isEqualTo(80);
        assertThat(quarter.interval() * 4).isEqualTo(whole.interval());
        rates.giveBack(List.of(quarter), 1);
        assertThat(rates.take(List.of(whole), 2).permits()).isEqualTo(1);
    }

    /** What went while the clock was two hours ahead, or at a lower rate, holds nothing up for longer than a burst of this rate. */
    @Test
    void waitsNoLongerThanItsOwnRateAsksAfterAClockWentBackOrARateWasRaised() {
        Limit limit = new Limit("lane:1", Rate.parse("20/s"));
        rates.take(List.of(limit), 20);
        jdbc.sql("update scope set tat = tat + 7200 * 1000000 where name = 'lane:1'").update();
        Limit daily = new Limit("identity:shop", Rate.parse("10/day"));
        rates.take(List.of(daily), 1);

        Grant behind = rates.take(List.of(limit), 1);
        Grant raised = rates.take(List.of(new Limit("identity:shop", Rate.parse("20/s"))), 1);

        assertThat(behind.permits()).as("what has gone counts").isZero();
        assertThat(behind.retryIn().toMillis()).isLessThanOrEqualTo(1000);
        assertThat(raised.retryIn().toMillis()).isLessThanOrEqualTo(1000);
        assertThat(jdbc.sql("select count(*) from scope where tat > (unix_timestamp(now(6)) + 1) * 1000000")
                .query(Integer.class).single()).as("still so far off at the next look").isZero();
    }
}
