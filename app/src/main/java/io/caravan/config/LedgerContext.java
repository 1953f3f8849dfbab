package io.caravan.config;

import org.springframework.boot.autoconfigure.AutoConfigurationPackage;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.data.jdbc.autoconfigure.DataJdbcRepositoriesAutoConfiguration;
import org.springframework.boot.flyway.autoconfigure.FlywayAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcClientAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcTemplateAutoConfiguration;
import org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.context.annotation.Import;

/**
 * The light context of verbs: the ledgers, their database and nothing else - no Camel, no Quartz, no pages. Not annotated as a
 * configuration, so that the whole application's scan passes it by.
 */
@Import({Foundation.class, SigningWiring.class, Bounds.class, UrgentDatabase.class, LedgerMapping.class})
@ComponentScan({"io.caravan.audience", "io.caravan.content", "io.caravan.campaign", "io.caravan.delivery",
        "io.caravan.pacing",
        "io.caravan.suppression", "io.caravan.mailbox", "io.caravan.nodes", "io.caravan.identity"})
@AutoConfigurationPackage(basePackages = {"io.caravan.audience", "io.caravan.content", "io.caravan.campaign",
        "io.caravan.delivery",
        "io.caravan.pacing", "io.caravan.suppression", "io.caravan.mailbox", "io.caravan.nodes", "io.caravan.identity"})
@ImportAutoConfiguration({DataSourceAutoConfiguration.class, DataSourceTransactionManagerAutoConfiguration.class,
        JdbcTemplateAutoConfiguration.class, JdbcClientAutoConfiguration.class, TransactionAutoConfiguration.class,
        FlywayAutoConfiguration.class, DataJdbcRepositoriesAutoConfiguration.class})
class LedgerContext {

    @Bean(destroyMethod = "close")
    DatabaseAccess databaseAccess(CaravanProperties settings) {
        return DatabaseAccess.forVerb(settings);
    }
}
