package io.caravan.audience;

import java.time.Instant;
import java.util.Optional;

import org.springframework.data.jdbc.repository.query.Modifying;
import org.springframework.data.jdbc.repository.query.Query;
import org.springframework.data.repository.Repository;

import io.caravan.mail.ContactId;
import io.caravan.mail.ListId;

interface ListRepository extends Repository<ContactList, ListId> {

    Optional<ContactList> findByName(String name);

    /** Whoever comes second finds it made. */
    @Modifying
    @Query("insert ignore into list (name, created_at) values (:name, :now)")
    void make(String name, Instant now);

    @Query("select members from list where id = :list")
    long members(ListId list);

    @Query("select count(*) from list_member where list_id = :list and contact_id = :contact")
    long memberships(ListId list, ContactId contact);
}
