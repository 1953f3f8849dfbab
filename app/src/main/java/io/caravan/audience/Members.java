package io.caravan.audience;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.support.TransactionTemplate;

import io.caravan.mail.ContactId;
import io.caravan.mail.ListId;

/** Who is in a list, and single people coming and going. Reads pieces by key, whatever the list's size. */
@Repository
public class Members {

    /**
     * How many contacts one search looks at: more than these may begin alike and not be in the list. A list that holds no more is looked
     * through itself, so that a few people are found at once among however many who begin alike.
     */
    static final int WINDOW = 450;
    private static final String SHOWN = "select c.id, c.written, c.address, coalesce(v.attributes, c.attributes) as attributes, true as member from ";
    private static final String VERSION = " left join contact_version v on v.contact_id = c.id and v.version = c.version ";

    private final JdbcClient jdbc;
    private final TransactionTemplate transaction;

    Members(JdbcClient jdbc, TransactionTemplate transaction) {
        this.jdbc = jdbc;
        this.transaction = transaction;
    }

    /**
     * A piece of a search.
     *
     * @param next the canonical address that was looked at last; null: the search is over. The piece may be short and yet not the last
     */
    public record Found(List<Member> members, @Nullable String next) {
    }

    /** In the order of the contacts' ids. */
    public List<Member> page(ListId list, long after, int limit) {
        return jdbc.sql(SHOWN + "(select contact_id from list_member where list_id = :list and contact_id > :after"
                + " order by contact_id limit :limit) m straight_join contact c on c.id = m.contact_id" + VERSION
                + "order by c.id").param("list", list.value()).param("after", after).param("limit", limit)
                .query((rs, _) -> member(rs)).list();
    }

    /** Those whose canonical address begins so, in the order of the addresses. */
    public Found search(ListId list, String prefix, String after, int limit) {
        boolean small = jdbc.sql("select members from list where id = :list").param("list", list.value())
                .query(Long.class).optional().orElse(0L) <= WINDOW;
        List<Looked> looked = small ? all(list, prefix, after) : window(list, prefix, after);
        List<Member> found = looked.stream().filter(Looked::in).map(Looked::member).toList();
        if (found.size() > limit) {
            return new Found(found.subList(0, limit), found.get(limit - 1).address());
        }
        return new Found(found, small || looked.size() < WINDOW ? null : looked.getLast().member().address());
    }

    private record Looked(Member member, boolean in) {
    }

    private List<Looked> all(ListId list, String prefix, String after) {
        return looked(SHOWN + "list_member m straight_join contact c on c.id = m.contact_id" + VERSION
                + "where m.list_id = :list and c.address like :prefix and c.address > :after order by c.address", list,
                prefix, after);
    }

    private List<Looked> window(ListId list, String prefix, String after) {
        return looked(
                "select c.id, c.written, c.address, coalesce(v.attributes, c.attributes) as attributes, m.contact_id is not null as member from "
                        + "(select id, written, address, version, attributes from contact where address like :prefix and address > :after"
                        + " order by address limit " + WINDOW + ") c"
                        + " left join list_member m on m.list_id = :list and m.contact_id = c.id"
                        + " left join contact_version v on m.contact_id is not null and v.contact_id = c.id"
                        + " and v.version = c.version order by c.address",
                list, prefix, after);
    }

    private List<Looked> looked(String sql, ListId list, String prefix, String after) {
        return jdbc.sql(sql).param("list", list.value()).param("prefix", Contacts.begins(prefix)).param("after", after)
                .query((rs, _) -> new Looked(member(rs), rs.getBoolean("member"))).list();
    }

    /** @return false if the contact was in it already */
    public boolean add(ListId list, ContactId contact) {
        return change("insert ignore into list_member (list_id, contact_id) values (:list, :contact)", list, contact,
                1);
    }

    /** @return false if the contact was not in it */
    public boolean remove(ListId list, ContactId contact) {
        return change("delete from list_member where list_id = :list and contact_id = :contact", list, contact, -1);
    }

    private boolean change(String sql, ListId list, ContactId contact, int by) {
        return transaction.execute(_ -> {
            boolean changed = jdbc.sql(sql).param("list", list.value()).param("contact", contact.value()).update() == 1;
            if (changed) {
                jdbc.sql("update list set members = members + :by where id = :list").param("by", by)
                        .param("list", list.value()).update();
            }
            return changed;
        });
    }

    static Member member(ResultSet rs) throws SQLException {
        String attributes = rs.getString("attributes");
        return new Member(new ContactId(rs.getLong("id")), rs.getString("written"), rs.getString("address"),
                attributes == null ? Map.of() : Attributes.read(attributes));
    }
}
