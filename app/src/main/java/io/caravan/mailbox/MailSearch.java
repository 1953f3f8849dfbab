package io.caravan.mailbox;

import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

import io.caravan.mailbox.MailQuery.Term;

/**
 * Finds kept mails by a query, in the order of their ids.
 *
 * <p>A whole recipient, a campaign and a run are keys. Every other term is held against the lines of the list, the newest first, until
 * enough are found: never against the mails themselves.
 */
@Repository
public class MailSearch {

    /** Beyond it {@link #size} guesses: a list must not read a mailbox of a million to say how full it is. */
    static final int COUNTED = 200;
    private static final int SLICE = 1000;
    private static final String SELECT = """
            select id, run_id, n, campaign, sender, recipient, from_header, subject, message_id, size, received_at, tags, attachments
              from mailbox_message""";

    private final Mailbox mailbox;
    private final JdbcClient jdbc;

    MailSearch(Mailbox mailbox, JdbcClient jdbc) {
        this.mailbox = mailbox;
        this.jdbc = jdbc;
    }

    /**
     * How full the mailbox is.
     *
     * @param exact false: the database's own guess
     */
    public record Size(long mails, boolean exact) {
    }

    /**
     * A page, newest first.
     *
     * @param before only mails with a smaller id; {@code Long.MAX_VALUE} for the first page
     */
    public List<Message> page(MailQuery query, long before, int limit) {
        return find(query, "id < :edge", before, "id desc", limit);
    }

    /** The next newer mail that the query finds. */
    public Optional<Message> newer(MailQuery query, long than) {
        return find(query, "id > :edge", than, "id", 1).stream().findFirst();
    }

    /** The next older mail that the query finds. */
    public Optional<Message> older(MailQuery query, long than) {
        return page(query, than, 1).stream().findFirst();
    }

    private List<Message> find(MailQuery query, String side, long edge, String order, int limit) {
        Where where = new Where(query);
        return jdbc.sql(SELECT + " where " + side + where.sql + " order by " + order + " limit " + limit)
                .param("edge", edge).params(where.values).query((row, _) -> {
                    long run = row.getLong("run_id");
                    Long of = row.wasNull() ? null : run;
                    int n = row.getInt("n");
                    return new MessageRow(row.getLong("id"), of, of == null ? null : n, row.getString("campaign"),
                            row.getString("sender"), row.getString("recipient"), row.getString("from_header"),
                            row.getString("subject"), row.getString("message_id"), row.getInt("size"),
                            row.getTimestamp("received_at").toInstant(), row.getString("tags"),
                            row.getInt("attachments")).message();
                }).list();
    }

    /** Throws away what the query found when this began, in slices of a thousand. */
    public long remove(MailQuery query) {
        if (query.terms().isEmpty()) {
            return mailbox.clear();
        }
        Where where = new Where(query);
        long removed = 0;
        Long edge = jdbc.sql("select max(id) + 1 from mailbox_message").query(Long.class).optional().orElse(null);
        while (edge != null) {
            List<Long> ids = jdbc
                    .sql("select id from mailbox_message where id < :edge" + where.sql + " order by id desc limit "
                            + SLICE)
                    .param("edge", edge).params(where.values).query(Long.class).list();
            removed += ids.isEmpty() ? 0 : mailbox.remove(ids);
            edge = ids.size() < SLICE ? null : ids.getLast();
        }
        return removed;
    }

    public Size size() {
        int counted = jdbc.sql("select count(*) from (select 1 from mailbox_message limit " + (COUNTED + 1) + ") some")
                .query(Integer.class).single();
        return counted <= COUNTED ? new Size(counted, true) : new Size(Math.max(counted, guess()), false);
    }

    /** By the statistics that the optimizer goes by; reads no row. */
    private long guess() {
        return jdbc.sql("""
                select coalesce(max(table_rows), 0) from information_schema.tables
                 where table_schema = database() and table_name = 'mailbox_message'""").query(Long.class).single();
    }

    /** A query as the end of a where clause. */
    private static final class Where {

        private final Map<String, Object> values = new HashMap<>();
        private final String sql;

        Where(MailQuery query) {
            List<String> parts = new ArrayList<>();
            query.terms().forEach(term -> parts.add(condition(term)));
            sql = parts.isEmpty() ? "" : " and " + String.join(" and ", parts);
        }

        private String condition(Term term) {
            return switch (term) {
                case MailQuery.Not not -> "not (" + condition(not.term()) + ")";
                case MailQuery.Contains part -> column(part.field()) + " like lower(" + value(like(part.text()))
                        + ") escape '!'";
                case MailQuery.Recipient to -> "recipient_key = lower(" + value(to.address()) + ")";
                case MailQuery.OfCampaign of -> of.name().endsWith("*")
                        ? "campaign like " + value(escaped(of.name().substring(0, of.name().length() - 1)) + "%")
                                + " escape '!'"
                        : "campaign = " + value(of.name());
                case MailQuery.OfRun of -> "run_id <=> " + value(of.run());
                case MailQuery.Tagged tag -> tagged(tag.tag());
                case MailQuery.WithAttachment _ -> "attachments > 0";
                case MailQuery.Before end -> "received_at < " + value(Timestamp.from(end.moment()));
                case MailQuery.After begin -> "received_at >= " + value(Timestamp.from(begin.moment()));
            };
        }

        /** The whole line, what stands before its {@code =}, or what stands behind it. */
        private String tagged(String tag) {
            String lines = "lower(concat('\\n', tags, '\\n')) like lower(";
            String any = List.of("%\n" + escaped(tag) + "\n%", "%\n" + escaped(tag) + "=%", "%=" + escaped(tag) + "\n%")
                    .stream().map(pattern -> lines + value(pattern) + ") escape '!'")
                    .reduce((one, other) -> one + " or " + other).orElseThrow();
            return "(tags <> '' and (" + any + "))";
        }

        private static String column(MailQuery.Field field) {
            return switch (field) {
                case FROM -> "lower(from_header)";
                case TO -> "lower(recipient)";
                case SUBJECT -> "lower(subject)";
                case ANYWHERE -> "lower(concat_ws('\\n', recipient, from_header, subject, campaign, tags))";
            };
        }

        private static String like(String text) {
            return "%" + escaped(text) + "%";
        }

        private static String escaped(String text) {
            return text.replace("!", "!!").replace("%", "!%").replace("_", "!_");
        }

        private String value(Object value) {
            String name = "v" + values.size();
            values.put(name, value);
            return ":" + name;
        }
    }
}
