package io.caravan.web.schedule;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import io.caravan.flow.ScheduleDesk;
import io.caravan.web.LiveTopic;

/** {@code schedule}: a campaign changed, a run opened, or a schedule was paused. */
@Configuration(proxyBeanMethods = false)
class ScheduleTopics {

    @Bean
    LiveTopic scheduleTopic(ScheduleDesk desk) {
        return LiveTopic.of("schedule", _ -> desk.stamp());
    }
}
