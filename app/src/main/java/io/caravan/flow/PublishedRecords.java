package io.caravan.flow;

import java.util.List;

import io.caravan.mail.TemporaryFault;

/** What the DNS answers today: asked before a key signs. */
@FunctionalInterface
public interface PublishedRecords {

    /**
     * The TXT records of a name; white space and quotes in them mean nothing.
     *
     * @return empty if there are none for certain
     * @throws TemporaryFault if there is no answer
     */
    List<String> txt(String name);
}
