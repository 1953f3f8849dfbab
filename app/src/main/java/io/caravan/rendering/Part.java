package io.caravan.rendering;

/**
 * A template's text.
 *
 * @param file its name, for messages
 */
public record Part(String file, String text) {
}
