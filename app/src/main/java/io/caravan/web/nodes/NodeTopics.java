package io.caravan.web.nodes;

import java.time.InstantSource;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import io.caravan.flow.NodeReport;
import io.caravan.web.LiveTopic;

/** {@code nodes}: at once when readiness or a hold changes, and every few seconds for the figures. Asks no database. */
@Configuration(proxyBeanMethods = false)
class NodeTopics {

    @Bean
    LiveTopic nodesTopic(NodeReport report, InstantSource clock) {
        return LiveTopic.of("nodes", _ -> {
            NodeReport.Here here = report.here();
            return LiveTopic.now(clock) + "/" + (here.unready() == null) + (here.held() == null);
        });
    }
}
