package io.caravan.web.routes;

import java.time.InstantSource;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import io.caravan.flow.RouteBoard;
import io.caravan.web.LiveTopic;

/** {@code routes}: at once when one fails or stops, and every few seconds for the figures, which move all the time. */
@Configuration(proxyBeanMethods = false)
class RouteTopics {

    @Bean
    LiveTopic routesTopic(RouteBoard board, InstantSource clock) {
        return LiveTopic.of("routes", _ -> LiveTopic.now(clock) + "/" + board.stamp());
    }
}
