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
        return new Topic("imports") {
            @Override
            public String stamp(String about) {
                return history.stamp();
            }
        };
    }

    @Bean
    LiveTopic importTopic(ImportHistory history) {
        return new Topic("import") {
            @Override
            public String stamp(String about) {
                return about.matches("\\d{1,18}") ? history.stamp(Long.parseLong(about)) : "";
            }
        };
    }

    private abstract static class Topic implements LiveTopic {

        private final String name;

        Topic(String name) {
            this.name = name;
        }

        @Override
        public String name() {
            return name;
        }
    }
}
