package io.caravan.config;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The whole application's way to its database. */
@Configuration(proxyBeanMethods = false)
class ServerDatabase {

    @Bean(destroyMethod = "close")
    DatabaseAccess databaseAccess(CaravanProperties settings) {
        return DatabaseAccess.forServer(settings);
    }
}
