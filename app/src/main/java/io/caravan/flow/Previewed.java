package io.caravan.flow;

import java.util.List;

import io.caravan.rendering.Finding;

/**
 * A mail as one person would get it, not sent.
 *
 * @param to      the person's address
 * @param headers decoded, in their order
 * @param html    "" if it has none
 * @param source  the bytes that would go over the wire, but for Message-ID, Date and the links' tokens
 * @param links   of the HTML, each once
 */
public record Previewed(String to, List<Header> headers, String subject, String html, String text, byte[] source,
        List<String> links, List<Finding> lint) {

    public record Header(String name, String value) {
    }

    /** Bytes of the whole mail. */
    public int size() {
        return source.length;
    }
}
