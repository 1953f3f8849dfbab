package io.caravan.audience;

import java.time.InstantSource;
import java.util.Optional;

import org.springframework.stereotype.Repository;

import io.caravan.mail.ContactId;
import io.caravan.mail.ListId;

/** The lists and how many they hold. */
@Repository
public class Lists {

    private final ListRepository rows;
    private final InstantSource clock;

    Lists(ListRepository rows, InstantSource clock) {
        this.rows = rows;
        this.clock = clock;
    }

    public Optional<ListId> find(String name) {
        return rows.findByName(name).map(ContactList::id);
    }

    /** The list of that name, made if it is not there. */
    public ListId named(String name) {
        return find(name).orElseGet(() -> {
            rows.make(name, clock.instant());
            return find(name).orElseThrow();
        });
    }

    public long members(ListId list) {
        return rows.members(list);
    }

    public boolean isMember(ListId list, ContactId contact) {
        return rows.memberships(list, contact) > 0;
    }
}
