package io.caravan.audience;

import java.util.Optional;

import org.springframework.data.jdbc.repository.query.Query;
import org.springframework.data.repository.Repository;

import io.caravan.mail.ContactId;

interface ContactRepository extends Repository<ContactRow, ContactId> {

    Optional<ContactRow> findById(ContactId id);

    Optional<ContactRow> findByAddress(String canonical);

    @Query("""
            select attributes from contact_version where contact_id = :contact and version = :version
            union all
            select attributes from contact where id = :contact and :version = 1 and attributes is not null""")
    Optional<String> attributes(ContactId contact, int version);
}
