package io.caravan.rendering;

/**
 * A mail as people read it, before it is encoded.
 *
 * @param html {@code ""} if there is none
 * @param text {@code ""} if there is none
 */
public record Preview(String subject, String html, String text) {
}
