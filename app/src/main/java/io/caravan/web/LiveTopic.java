package io.caravan.web;

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
}
