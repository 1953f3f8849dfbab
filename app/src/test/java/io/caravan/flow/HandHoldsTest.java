package io.caravan.flow;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import javax.sql.DataSource;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import io.caravan.TestDatabase;
import io.caravan.delivery.QueueFilter;
import io.caravan.delivery.QueueHolds;
import io.caravan.pacing.Lanes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** An order to hold that ends by its time: every node's claims come upon it at once, and none of them waits. */
class HandHoldsTest {

    private final DataSource source = TestDatabase.fresh();
    private final TransactionTemplate transaction = new TransactionTemplate(new DataSourceTransactionManager(source));
    private final QueueHolds holds = new QueueHolds(JdbcClient.create(source), transaction);
    private final HandHolds rounds = new HandHolds(holds, new Lanes(JdbcClient.create(source)));
    private long order;

    @BeforeEach
    void anOrderIsOver() {
        order = holds.hold(new QueueFilter(0, "", "", "big.example"), "x", Instant.now().minusSeconds(60));
    }

    @Test
    void aRoundOfClaimsWaitsForNoReleaseOfAnotherNode() {
        transaction.executeWithoutResult(_ -> {
            holds.release(List.of(order)); // of much mail it takes its time
            assertThat(CompletableFuture.supplyAsync(rounds::read)).succeedsWithin(Duration.ofSeconds(20))
                    .satisfies(orders -> assertThat(orders.all()).isEmpty());
        });
    }

    @Test
    void itsOwnReleaseIsBesideTheClaims() {
        assertThat(rounds.read()).satisfies(orders -> {
            assertThat(orders.known()).containsExactly(order);
            assertThat(orders.all()).isEmpty();
        });

        await().until(() -> holds.all().isEmpty());
    }

    @Test
    void pagesReleaseNothing() {
        assertThat(rounds.look().all()).isEmpty();

        assertThat(holds.all()).hasSize(1);
    }
}
