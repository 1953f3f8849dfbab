package io.caravan.delivery;

import java.util.List;
import java.util.Optional;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

import io.caravan.delivery.PlanOrder.Who;
import io.caravan.mail.ContactId;

/** The people of an audience, one by one, before there is a run. */
@Repository
public class AudiencePeople {

    /**
     * Somebody of it.
     *
     * @param written    the address as the person wrote it
     * @param attributes of the version in force, a JSON object of strings
     */
    public record Someone(ContactId contact, String written, String attributes) {
    }

    private static final String PERSON = """
            select c.id, c.written, coalesce(v.attributes, c.attributes, '{}') from contact c
            left join contact_version v on v.contact_id = c.id and v.version = c.version where c.%s = :key""";

    private final JdbcClient jdbc;

    public AudiencePeople(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * The next one of the audience.
     *
     * @param after only contacts with a greater id; 0: the first
     */
    public Optional<Someone> next(PlanOrder.Audience audience, long after) {
        return jdbc.sql(AudienceSql.contacts(Who.of(audience))).param("after", after).param("slice", 1)
                .query(Long.class).optional().flatMap(id -> by("id", id));
    }

    /** Whoever has this canonical address, of this audience or not. */
    public Optional<Someone> named(String canonical) {
        return by("address", canonical);
    }

    /**
     * Somebody of an audience as a plan would see them.
     *
     * @param reason {@code ""}, or why there is no mail for them: {@code suppression:ID}, {@code excluded:list:staff}
     */
    public record Candidate(ContactId contact, String written, String attributes, String reason) {
    }

    /**
     * The next ones of the audience in the order of their contacts, the suppressed and excluded among them.
     *
     * @param after only contacts with a greater id; 0: the first
     * @param limit how many rows are read
     */
    public List<Candidate> slice(PlanOrder.Audience audience, List<PlanOrder.Exclusion> exclude, List<String> scopes,
            long after, int limit) {
        Who who = new Who(audience, exclude, null, scopes);
        return AudienceSql.bind(jdbc.sql("""
                select c.id, c.written, coalesce(v.attributes, c.attributes, '{}'), %s as reason from (%s) a join contact c on c.id = a.contact_id
                left join contact_version v on v.contact_id = c.id and v.version = c.version order by c.id"""
                .formatted(AudienceSql.reason(who), AudienceSql.contacts(who))), who, after, limit)
                .query((rs, _) -> new Candidate(new ContactId(rs.getLong(1)), rs.getString(2), rs.getString(3),
                        rs.getString(4)))
                .list();
    }

    /** The first and the last contact id of the audience, by its key; empty if it has nobody. */
    public Optional<long[]> ends(PlanOrder.Audience audience) {
        String of = switch (audience) {
            case PlanOrder.OfList(long list) -> "list_member where list_id = " + list;
            case PlanOrder.OfImport(long id) -> "import_person where import_id = " + id;
            case PlanOrder.NotReached _ -> throw new IllegalArgumentException("a re-send has no key of its people");
        };
        return jdbc.sql("select min(contact_id), max(contact_id) from " + of)
                .query((rs, _) -> rs.getObject(1) == null ? new long[0] : new long[]{rs.getLong(1), rs.getLong(2)})
                .list()
                .stream().filter(ends -> ends.length == 2).findFirst();
    }

    /** Whether that contact is of the audience. */
    public boolean has(PlanOrder.Audience audience, ContactId contact) {
        return jdbc.sql(AudienceSql.contacts(Who.of(audience))).param("after", contact.value() - 1).param("slice", 1)
                .query(Long.class).optional().filter(first -> first == contact.value()).isPresent();
    }

    /** Those of the audience whose canonical address begins so; at most a hundred contacts are looked at. */
    public List<Someone> beginning(PlanOrder.Audience audience, String canonical, int limit) {
        String like = canonical.replace("!", "!!").replace("%", "!%").replace("_", "!_") + "%";
        return jdbc.sql("select c.id, c.written, '{}' from contact c where c.address like :like escape '!'"
                + " order by c.address limit 100").param("like", like)
                .query((rs, _) -> new Someone(new ContactId(rs.getLong(1)), rs.getString(2), rs.getString(3))).list()
                .stream().filter(one -> has(audience, one.contact())).limit(limit).toList();
    }

    private Optional<Someone> by(String column, Object key) {
        return jdbc.sql(PERSON.formatted(column)).param("key", key)
                .query((rs, _) -> new Someone(new ContactId(rs.getLong(1)), rs.getString(2), rs.getString(3)))
                .optional();
    }
}
