package io.caravan.web.audience;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import io.caravan.audience.ImportHistory;
import io.caravan.web.LiveTopic;

/** {@code imports} and {@code import:ID}: pages that show them hear when they move. */
@Configuration(proxyBeanMethods = false)
class ImportTopics {

    @Bean
    LiveTopic importsTopic(ImportHistory history) {
        return LiveTopic.of("imports", _ -> history.stamp());
    }

    @Bean
    LiveTopic importTopic(ImportHistory history) {
        return LiveTopic.of("import",
                about -> about.matches("\\d{1,18}") ? history.stamp(Long.parseLong(about)) : "");
    }
}
