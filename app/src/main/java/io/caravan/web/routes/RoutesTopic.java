package io.caravan.web.routes;

import java.time.InstantSource;

import org.springframework.stereotype.Component;

import io.caravan.flow.RouteBoard;
import io.caravan.web.LiveTopic;

/** {@code routes}: at once when one fails or stops, and every five seconds for the figures, which move all the time. */
@Component
class RoutesTopic implements LiveTopic {

    private static final int EVERY = 5;

    private final RouteBoard board;
    private final InstantSource clock;

    RoutesTopic(RouteBoard board, InstantSource clock) {
        this.board = board;
        this.clock = clock;
    }

    @Override
    public String name() {
        return "routes";
    }

    @Override
    public String stamp(String about) {
        return clock.instant().getEpochSecond() / EVERY + "/" + board.stamp();
    }
}
