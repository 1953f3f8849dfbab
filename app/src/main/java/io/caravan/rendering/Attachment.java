package io.caravan.rendering;

/**
 * A file that goes with every mail of a mailing.
 *
 * @param name  shown to the recipient; its ending says the content type
 * @param bytes not changed after it was handed over
 */
public record Attachment(String name, byte[] bytes) {
}
