package io.caravan.web.queue;

import java.time.InstantSource;

import org.springframework.stereotype.Component;

import io.caravan.web.LiveTopic;

/** {@code queue} and {@code connections} move every two seconds. Asks no database. */
@Component
class QueueTopic implements LiveTopic {

    private static final int EVERY = 2;

    private final InstantSource clock;

    QueueTopic(InstantSource clock) {
        this.clock = clock;
    }

    @Override
    public String name() {
        return "queue";
    }

    @Override
    public String stamp(String about) {
        return LiveTopic.now(clock, EVERY);
    }
}
