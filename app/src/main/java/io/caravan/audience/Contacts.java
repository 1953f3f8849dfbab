package io.caravan.audience;

import java.util.Map;
import java.util.Optional;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

import io.caravan.mail.ContactId;
import io.caravan.mail.EmailAddress;

/** The contacts, one by one. */
@Repository
public class Contacts {

    private final JdbcClient jdbc;

    public Contacts(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    public Optional<Contact> find(EmailAddress address) {
        return jdbc.sql("select id, written, address, version from contact where address = :address")
                .param("address", address.canonical())
                .query((rs, _) -> new Contact(new ContactId(rs.getLong("id")),
                        EmailAddress.trusted(rs.getString("written"), rs.getString("address")), rs.getInt("version")))
                .optional();
    }

    /** The attributes of one version, empty if there is no such version. */
    public Map<String, String> attributes(ContactId contact, int version) {
        return jdbc.sql("select attributes from contact_version where contact_id = :contact and version = :version")
                .param("contact", contact.value()).param("version", version).query(String.class).optional()
                .map(Attributes::read)
                .orElse(Map.of());
    }
}
