package io.caravan.audience;

import io.caravan.mail.ContactId;
import io.caravan.mail.EmailAddress;

/** A person whom we may know under one canonical address. {@code version} is the attribute version in force. */
public record Contact(ContactId id, EmailAddress address, int version) {
}
