package io.caravan.flow;

import java.util.List;

import io.caravan.mail.TemporaryFault;

/** What the DNS answers today: asked before a key signs, and now and then while it does. */
@FunctionalInterface
public interface PublishedRecords {

    /**
     * The TXT records of a name, the strings of each joined as a receiver joins them (RFC 6376 section 3.6.2.2), one character per byte.
     *
     * @return empty if there are none for certain
     * @throws TemporaryFault if there is no answer
     */
    List<String> txt(String name);
}
