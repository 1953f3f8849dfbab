package io.caravan.web.schedule;

import org.springframework.stereotype.Component;

import io.caravan.flow.ScheduleDesk;
import io.caravan.web.LiveTopic;

/** {@code schedule}: a campaign changed, a run opened, or a schedule was paused. */
@Component
class ScheduleTopic implements LiveTopic {

    private final ScheduleDesk desk;

    ScheduleTopic(ScheduleDesk desk) {
        this.desk = desk;
    }

    @Override
    public String name() {
        return "schedule";
    }

    @Override
    public String stamp(String about) {
        return desk.stamp();
    }
}
