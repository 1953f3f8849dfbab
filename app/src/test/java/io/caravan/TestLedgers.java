package io.caravan;

import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import javax.sql.DataSource;

import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.AutoConfigurationPackage;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.data.jdbc.autoconfigure.DataJdbcRepositoriesAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcClientAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcTemplateAutoConfiguration;
import org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.simple.JdbcClient;

import io.caravan.config.LedgerMapping;

/** The ledgers on a test's own database and clock, wired as the application wires them. */
public final class TestLedgers {

    private TestLedgers() {
    }

    public static AnnotationConfigApplicationContext on(DataSource source, InstantSource clock) {
        AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();
        context.registerBean(DataSource.class, () -> source);
        context.registerBean(Clock.class, () -> clock.withZone(ZoneOffset.UTC));
        context.register(Wiring.class);
        context.refresh();
        return context;
    }

    // no @Configuration: the whole application, started in a test, must not find it
    @Import(LedgerMapping.class)
    @ComponentScan(basePackages = {"io.caravan.audience", "io.caravan.content", "io.caravan.campaign",
            "io.caravan.delivery", "io.caravan.suppression", "io.caravan.mailbox", "io.caravan.nodes",
            "io.caravan.identity"}, lazyInit = true)
    @AutoConfigurationPackage(basePackages = {"io.caravan.audience", "io.caravan.content", "io.caravan.campaign",
            "io.caravan.delivery", "io.caravan.suppression", "io.caravan.mailbox", "io.caravan.nodes",
            "io.caravan.identity"})
    @ImportAutoConfiguration({DataSourceTransactionManagerAutoConfiguration.class, JdbcTemplateAutoConfiguration.class,
            JdbcClientAutoConfiguration.class, TransactionAutoConfiguration.class,
            DataJdbcRepositoriesAutoConfiguration.class})
    static class Wiring {
        @Bean(defaultCandidate = false)
        @Qualifier("urgent")
        JdbcClient urgentJdbc(DataSource source) {
            return JdbcClient.create(source);
        }
    }
}
