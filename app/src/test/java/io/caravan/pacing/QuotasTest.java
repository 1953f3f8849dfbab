package io.caravan.pacing;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.sql.DataSource;

import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import io.caravan.TestDatabase;

import static org.assertj.core.api.Assertions.assertThat;

class QuotasTest {

    private static final LocalDate TODAY = LocalDate.of(2026, 11, 25);

    private final DataSource source = TestDatabase.fresh();
    private final Quotas quotas = new Quotas(JdbcClient.create(source),
            new TransactionTemplate(new DataSourceTransactionManager(source)));

    @Test
    void aDayIsUsedUpOnceAndTheNextIsWhole() {
        assertThat(quotas.take("shop", TODAY, 100, 70)).isEqualTo(70);
        assertThat(quotas.take("shop", TODAY, 100, 70)).isEqualTo(30);
        assertThat(quotas.take("shop", TODAY, 100, 1)).isZero();
        assertThat(quotas.take("news", TODAY, 5, 9)).isEqualTo(5);

        quotas.giveBack("shop", TODAY, 20);

        assertThat(quotas.take("shop", TODAY, 100, 70)).isEqualTo(20);
        assertThat(quotas.take("shop", TODAY.plusDays(1), 100, 70)).isEqualTo(70);
        assertThat(quotas.used("shop", TODAY)).isEqualTo(100);
        assertThat(quotas.used("other", TODAY)).isZero();
    }

    @Test
    void aSmallerQuotaInTheMiddleOfTheDayLetsNothingMoreGo() {
        quotas.take("shop", TODAY, 100, 70);

        assertThat(quotas.take("shop", TODAY, 50, 10)).isZero();
        assertThat(quotas.used("shop", TODAY)).isEqualTo(70);
    }

    @Test
    void nodesThatTakeAtOnceShareOneDay() throws Exception {
        List<Callable<Long>> takes = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            int wanted = 1 + i % 13;
            takes.add(() -> quotas.take("shop", TODAY, 777, wanted));
        }
        long granted = 0;
        try (ExecutorService nodes = Executors.newFixedThreadPool(8)) {
            for (Future<Long> one : nodes.invokeAll(takes)) {
                granted += one.get();
            }
        }

        assertThat(granted).isEqualTo(777).isEqualTo(quotas.used("shop", TODAY));
    }
}
