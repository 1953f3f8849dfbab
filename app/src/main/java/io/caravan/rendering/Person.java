package io.caravan.rendering;

import java.util.Map;

/**
 * Whom a mail is for.
 *
 * @param address    as the person wrote it; parsed when it came in
 * @param attributes by name; an empty value is a missing one. {@code name}, if it is there, stands beside the address in To
 */
public record Person(String address, Map<String, String> attributes) {
}
