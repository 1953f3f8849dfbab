package io.caravan.web;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** {@code runs}: the overview's runs. While one is open its rate and its times move by themselves, so the page is told each second. */
@Configuration(proxyBeanMethods = false)
class RunTopics {

    @Bean
    LiveTopic runsTopic(Overview overview) {
        return LiveTopic.of("runs", _ -> overview.stamp());
    }
}
