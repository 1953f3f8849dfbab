package io.caravan.config;

import java.time.Clock;

import org.flywaydb.core.Flyway;
import org.springframework.boot.flyway.autoconfigure.FlywayMigrationStrategy;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import io.caravan.mail.Keyed;

/** What both contexts stand on: the clock, the secrets, and the way to the database that {@link DatabaseAccess} found. */
@Configuration(proxyBeanMethods = false)
class Foundation {

    @Bean
    Clock clock() {
        return Clock.systemUTC();
    }

    @Bean
    Secrets secrets(CaravanProperties settings) {
        return Secrets.open(settings.dataFolder().prepare());
    }

    @Bean
    Keyed keyed(Secrets secrets) {
        return new Keyed(secrets.secret());
    }

    @Bean
    JdbcConnectionDetails connectionDetails(DatabaseAccess access) {
        EmbeddedDatabase.Address address = access.address();
        return new JdbcConnectionDetails() {
            @Override
            public String getUsername() {
                return address.username();
            }

            @Override
            public String getPassword() {
                return address.password();
            }

            @Override
            public String getJdbcUrl() {
                return address.url();
            }
        };
    }

    /** Beside a running server the schema is the server's business, and it is up when the server can be found. */
    @Bean
    FlywayMigrationStrategy migrations(DatabaseAccess access) {
        return (Flyway flyway) -> {
            if (!access.beside()) {
                SchemaCheck.refuseUnknown(flyway);
                flyway.migrate();
                access.ready();
            }
        };
    }
}
