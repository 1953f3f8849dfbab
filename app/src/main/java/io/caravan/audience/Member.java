package io.caravan.audience;

import java.util.Map;

import io.caravan.mail.ContactId;

/**
 * A contact in a list of contacts.
 *
 * @param written    the address as the person wrote it
 * @param address    the canonical one, the key of an order by address
 * @param attributes those in force
 */
public record Member(ContactId id, String written, String address, Map<String, String> attributes) {
}
