package io.caravan.audience;

import org.springframework.data.annotation.Id;
import org.springframework.data.relational.core.mapping.Table;

import io.caravan.mail.ContactId;
import io.caravan.mail.EmailAddress;

@Table("contact")
record ContactRow(@Id ContactId id, String written, String address, int version) {

    Contact contact() {
        return new Contact(id, EmailAddress.trusted(written, address), version);
    }
}
