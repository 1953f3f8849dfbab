package io.caravan.config;

import java.time.Duration;
import java.util.Objects;
import java.util.Properties;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;

import io.caravan.delivery.ShortTurn;

/**
 * Connections of their own for what must be known within seconds: the lease and the suppression feed. They never stand in line behind a
 * plan or an import, and give up early on a server that hangs, where a plan must be allowed to take its time.
 */
@Configuration(proxyBeanMethods = false)
class UrgentDatabase {

    /** One for the lease, one for the feed. */
    private static final int CONNECTIONS = 2;
    private static final long LEAST_MILLIS = 500;

    @Bean(destroyMethod = "close", defaultCandidate = false)
    @Qualifier("urgent")
    HikariDataSource urgentConnections(HikariDataSource pool, CaravanProperties settings) {
        HikariConfig urgent = new HikariConfig();
        pool.copyStateTo(urgent);
        long answer = Math.max(LEAST_MILLIS, patience(settings.waits().lease()).toMillis());
        Properties driver = new Properties();
        driver.putAll(pool.getDataSourceProperties());
        driver.setProperty("socketTimeout", Long.toString(answer));
        driver.setProperty("connectTimeout", Long.toString(answer));
        urgent.setDataSourceProperties(driver);
        urgent.setPoolName(pool.getPoolName() + "-urgent");
        urgent.setMaximumPoolSize(CONNECTIONS);
        urgent.setMinimumIdle(0);
        urgent.setConnectionTimeout(answer);
        urgent.setValidationTimeout(answer / 2);
        HikariDataSource connections = new HikariDataSource(); // opens nothing before it is asked
        urgent.copyStateTo(connections);
        return connections;
    }

    /** Statements and transactions of a {@link ShortTurn} are bounded; the pool itself knows nothing of it. */
    @Bean
    static BeanPostProcessor shortTurns() {
        return new BeanPostProcessor() {
            @Override
            public Object postProcessBeforeInitialization(Object bean, String name) {
                switch (bean) {
                    case DataSourceTransactionManager manager ->
                        manager.setDataSource(ShortTurn.bounded(Objects.requireNonNull(manager.getDataSource())));
                    case JdbcTemplate template ->
                        template.setDataSource(ShortTurn.bounded(Objects.requireNonNull(template.getDataSource())));
                    default -> {
                    }
                }
                return bean;
            }
        };
    }

    /** So that a renewal that hangs can be followed by another while the lease is still fresh. */
    static Duration patience(Duration lease) {
        return lease.dividedBy(4);
    }

    @Bean(defaultCandidate = false)
    @Qualifier("urgent")
    JdbcClient urgentJdbc(@Qualifier("urgent") HikariDataSource connections) {
        return JdbcClient.create(connections);
    }
}
