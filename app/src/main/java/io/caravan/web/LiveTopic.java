package io.caravan.web;

import java.time.InstantSource;
import java.util.function.UnaryOperator;

/**
 * Something that moves while people look at it. While a page listens to a topic its stamp is asked once a second, by one thread for all
 * pages; when it changed, each of them fetches its fragment again.
 */
public interface LiveTopic {

    /** As pages name it: {@code runs}, or with what it is about, {@code run:17}: then {@link #stamp} is given {@code 17}. */
    String name();

    /**
     * Changes whenever what the pages show changes; cheap, since it is asked once a second.
     *
     * @param about what stands behind the topic's colon, "" if nothing does
     */
    String stamp(String about);

    /** A topic that needs no class of its own. */
    static LiveTopic of(String name, UnaryOperator<String> stamp) {
        return new LiveTopic() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public String stamp(String about) {
                return stamp.apply(about);
            }
        };
    }

    /** Part of a stamp: changes every five seconds, for figures that move all the time. */
    static String now(InstantSource clock) {
        return now(clock, 5);
    }

    /** The same, every so many seconds. */
    static String now(InstantSource clock, int seconds) {
        return Long.toString(clock.instant().getEpochSecond() / seconds);
    }
}
