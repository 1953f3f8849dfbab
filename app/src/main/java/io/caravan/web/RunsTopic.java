package io.caravan.web;

import org.springframework.stereotype.Component;

/** {@code runs}: the overview's runs. While one is open its rate and its times move by themselves, so the page is told each second. */
@Component
class RunsTopic implements LiveTopic {

    private final Overview overview;

    RunsTopic(Overview overview) {
        this.overview = overview;
    }

    @Override
    public String name() {
        return "runs";
    }

    @Override
    public String stamp(String about) {
        return overview.stamp();
    }
}
