package io.caravan.web.lanes;

import java.time.InstantSource;

import org.springframework.stereotype.Component;

import io.caravan.flow.LaneDesk;
import io.caravan.web.LiveTopic;

/** {@code lanes}: at once when something is decided of a lane, and every five seconds for the counts. Asks no database. */
@Component
class LanesTopic implements LiveTopic {

    private final LaneDesk desk;
    private final InstantSource clock;

    LanesTopic(LaneDesk desk, InstantSource clock) {
        this.desk = desk;
        this.clock = clock;
    }

    @Override
    public String name() {
        return "lanes";
    }

    @Override
    public String stamp(String about) {
        return LiveTopic.now(clock) + "/" + desk.decided();
    }
}
