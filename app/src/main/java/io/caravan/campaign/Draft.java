package io.caravan.campaign;

import java.time.Instant;
import java.util.Map;

/**
 * A campaign that is being written: its file, which need not be whole yet, and what it names.
 *
 * @param edit     goes up with each save; 0: never saved
 * @param base     the version that it began from; 0: a new campaign
 * @param source   the campaign file's text
 * @param contents file name to content id
 */
public record Draft(String name, long edit, int base, String source, Map<String, Long> contents, Instant updatedAt) {

    /** The same with another text. */
    public Draft saying(String text) {
        return new Draft(name, edit, base, text, contents, updatedAt);
    }

    /** The same with other files. */
    public Draft naming(Map<String, Long> files) {
        return new Draft(name, edit, base, source, files, updatedAt);
    }

    /** The same as somebody has it who read that edit. */
    public Draft upon(long readEdit) {
        return new Draft(name, readEdit, base, source, contents, updatedAt);
    }
}
