package io.caravan.audience;

import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.support.TransactionTemplate;

import io.caravan.mail.ContactId;
import io.caravan.mail.EmailAddress;
import io.caravan.mail.InvalidInput;

/** The contacts, one by one or a piece at a time in the order of their addresses. */
@Repository
public class Contacts {

    private static final int SHOWN_VERSIONS = 50;
    private static final int SHOWN_LISTS = 500;

    private final ContactRepository rows;
    private final JdbcClient jdbc;
    private final TransactionTemplate transaction;
    private final InstantSource clock;

    /** A version of a person's attributes, as it was written then. */
    public record Version(int number, Map<String, String> attributes, Instant at) {
    }

    Contacts(ContactRepository rows, JdbcClient jdbc, TransactionTemplate transaction, InstantSource clock) {
        this.rows = rows;
        this.jdbc = jdbc;
        this.transaction = transaction;
        this.clock = clock;
    }

    public Optional<Contact> find(EmailAddress address) {
        return rows.findByAddress(address.canonical()).map(ContactRow::contact);
    }

    public Optional<Contact> find(ContactId id) {
        return rows.findById(id).map(ContactRow::contact);
    }

    /** The attributes of one version, empty if there is no such version. */
    public Map<String, String> attributes(ContactId contact, int version) {
        return rows.attributes(contact, version).map(Attributes::read).orElse(Map.of());
    }

    /**
     * Those whose canonical address begins so, in the order of the addresses.
     *
     * @param after the canonical address of the last one that was given; "" at first
     */
    public List<Member> page(String prefix, String after, int limit) {
        return jdbc.sql("""
                select c.id, c.written, c.address, coalesce(v.attributes, c.attributes) as attributes
                  from (select id, written, address, version, attributes from contact where address like :prefix and address > :after
                         order by address limit :limit) c
                  left join contact_version v on v.contact_id = c.id and v.version = c.version
                 order by c.address""").param("prefix", begins(prefix)).param("after", after).param("limit", limit)
                .query((rs, _) -> Members.member(rs)).list();
    }

    /** A pattern for LIKE: canonical addresses are in lower case, and nothing that was typed is a wildcard. */
    static String begins(String prefix) {
        return prefix.strip().toLowerCase(Locale.ROOT).replaceAll("[\\\\%_]", "\\\\$0") + "%";
    }

    /** The versions of a person's attributes, the latest first, the latest fifty. */
    public List<Version> versions(ContactId contact) {
        return jdbc.sql("""
                select version, attributes, created_at from contact_version where contact_id = :contact
                union all
                select 1, attributes, created_at from contact where id = :contact and attributes is not null
                 order by version desc limit %d""".formatted(SHOWN_VERSIONS)).param("contact", contact.value())
                .query((rs, _) -> new Version(rs.getInt(1), Attributes.read(rs.getString(2)),
                        Times.instant(rs, "created_at")))
                .list();
    }

    /** The names of the lists that hold the person. */
    public List<String> lists(ContactId contact) {
        return jdbc.sql("""
                select l.name from list l straight_join list_member m on m.list_id = l.id and m.contact_id = :contact
                 order by l.name limit %d""".formatted(SHOWN_LISTS)).param("contact", contact.value())
                .query(String.class).list();
    }

    /** The person of that address, made known with these attributes if nobody knew them; a known one keeps their own. */
    public Contact known(EmailAddress address, Map<String, String> attributes) {
        return find(address).orElseGet(() -> {
            jdbc.sql("insert ignore into contact (address, written, domain, attributes)"
                    + " values (:address, :written, :domain, :attributes)").param("address", address.canonical())
                    .param("written", address.written()).param("domain", address.domain())
                    .param("attributes", Attributes.write(attributes)).update();
            return find(address).orElseThrow();
        });
    }

    /**
     * Gives a person other attributes, all of them: a new version, or none if nothing is different.
     *
     * @param seen the version that the editor saw
     * @return the version in force
     * @throws InvalidInput if somebody else wrote one meanwhile
     */
    public int edit(ContactId contact, int seen, Map<String, String> attributes) {
        return transaction.execute(_ -> {
            int version = jdbc.sql("select version from contact where id = :id for update").param("id", contact.value())
                    .query(Integer.class).single();
            if (version != seen) {
                throw new InvalidInput(
                        "these attributes were changed meanwhile (version " + version + "; you saw " + seen
                                + "): look at them again and change what is still to be changed");
            }
            if (attributes(contact, version).equals(attributes)) {
                return version;
            }
            write(contact, version + 1, attributes);
            jdbc.sql("update contact set version = :version, updated_at = :now where id = :id")
                    .param("version", version + 1).param("now", Times.utc(clock.instant()))
                    .param("id", contact.value()).update();
            return version + 1;
        });
    }

    private void write(ContactId contact, int version, Map<String, String> attributes) {
        jdbc.sql("""
                insert into contact_version (contact_id, version, attributes, created_at)
                values (:contact, :version, :attributes, :now)""").param("contact", contact.value())
                .param("version", version).param("attributes", Attributes.write(attributes))
                .param("now", Times.utc(clock.instant())).update();
    }
}
