package io.caravan.rendering;

/**
 * Something in a finished mail that will be seen by its reader, or by a spam filter.
 *
 * @param code   for programs: {@code missing_alt}
 * @param what   what is so, a sentence
 * @param remedy what to do about it, a sentence
 */
public record Finding(String code, String what, String remedy) {
}
