package io.caravan.audience;

import java.util.Map;
import java.util.Optional;

import org.springframework.stereotype.Repository;

import io.caravan.mail.ContactId;
import io.caravan.mail.EmailAddress;

/** The contacts, one by one. */
@Repository
public class Contacts {

    private final ContactRepository rows;

    Contacts(ContactRepository rows) {
        this.rows = rows;
    }

    public Optional<Contact> find(EmailAddress address) {
        return rows.findByAddress(address.canonical()).map(ContactRow::contact);
    }

    /** The attributes of one version, empty if there is no such version. */
    public Map<String, String> attributes(ContactId contact, int version) {
        return rows.attributes(contact, version).map(Attributes::read).orElse(Map.of());
    }
}
