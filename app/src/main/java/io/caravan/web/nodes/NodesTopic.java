package io.caravan.web.nodes;

import java.time.InstantSource;

import org.springframework.stereotype.Component;

import io.caravan.flow.NodeReport;
import io.caravan.web.LiveTopic;

/** {@code nodes}: at once when readiness or a hold changes, and every five seconds for the figures. Asks no database. */
@Component
class NodesTopic implements LiveTopic {

    private static final int EVERY = 5;

    private final NodeReport report;
    private final InstantSource clock;

    NodesTopic(NodeReport report, InstantSource clock) {
        this.report = report;
        this.clock = clock;
    }

    @Override
    public String name() {
        return "nodes";
    }

    @Override
    public String stamp(String about) {
        NodeReport.Here here = report.here();
        return clock.instant().getEpochSecond() / EVERY + "/" + (here.unready() == null) + (here.held() == null);
    }
}
