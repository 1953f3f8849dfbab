package io.caravan.mailbox;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * Finds kept mails by a query, in the order of their ids.
 *
 * <p>A whole recipient, a campaign, a run and times are keys. Every other term is held against the lines of the list, the newest first, so
 * many a call: the answer says how far it looked. It never reads the mails themselves.
 */
@Repository
public class MailSearch {

    /** Beyond it {@link #size} guesses: a list must not read a mailbox of a million to say how full it is. */
    static final int COUNTED = 90;
    /** So many lines one call looks at for what no key finds; with {@link #COUNTED} they stay below 500. */
    static final int LOOK = 400;
    private static final int NEAR = 200;
    private static final int MOST = 500;
    private static final Duration SLACK = Duration.ofMinutes(10);
    private static final int SLICE = 1000;
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
     * A piece of what a query finds.
     *
     * @param next the id that was looked at last: only mails beyond it are still to come; null: these are all. The piece may be short, even
     *             empty, and yet not be the last
     * @param back when the mail that was looked at last was received, if lines were looked at that do not fit; null: all of them fit
     */
    public record Found(List<Message> mails, @Nullable Long next, @Nullable Instant back) {
    }

    /**
     * A page, newest first.
     *
     * @param before only mails with a smaller id; {@code Long.MAX_VALUE} for the first page
     * @param limit  up to 500
     */
    public Found page(MailQuery query, long before, int limit) {
        return find(query, before, false, limit, LOOK);
    }

    /** The next newer mail that the query finds among the two hundred that lie nearest. */
    public Optional<Message> newer(MailQuery query, long than) {
        return find(query, than, true, 1, NEAR).mails().stream().findFirst();
    }

    /** The next older one, likewise. */
    public Optional<Message> older(MailQuery query, long than) {
        return find(query, than, false, 1, NEAR).mails().stream().findFirst();
    }

    private record Line(Message mail, boolean fits) {
    }

    private Found find(MailQuery query, long edge, boolean up, int limit, int look) {
        MailTerms terms = new MailTerms(query);
        int most = terms.byKeyAlone() ? Math.min(limit + 1, MOST) : look;
        List<Line> lines = lines(terms, edge, up, most);
        List<Message> fitting = lines.stream().filter(Line::fits).map(Line::mail).toList();
        if (fitting.size() > limit) {
            List<Message> page = fitting.subList(0, limit);
            return new Found(page, page.getLast().id(), null);
        }
        boolean over = lines.size() < most;
        Message last = over ? null : lines.getLast().mail();
        return new Found(fitting, last == null ? null : last.id(),
                last == null || terms.byKeyAlone() ? null : last.receivedAt());
    }

    /** One walk along one key, which ends after {@code most} lines whether they fit or not. */
    private List<Line> lines(MailTerms terms, long edge, boolean up, int most) {
        return jdbc.sql("select id, run_id, n, campaign, sender, recipient, from_header, subject, message_id, size,"
                + " received_at, tags, attachments, (" + terms.others() + ") as fits from mailbox_message" + terms.key()
                + " and id " + (up ? ">" : "<") + " :edge" + times(terms) + " order by id" + (up ? "" : " desc")
                + " limit " + most).param("edge", edge).params(terms.values())
                .query((row, _) -> new Line(message(row), row.getBoolean("fits"))).list();
    }

    /**
     * Ids grow with time, but nodes' clocks differ and mails wait to be written: ten minutes are enough for that. Each look reads one
     * entry of the key of times.
     */
    private String times(MailTerms terms) {
        String edges = "";
        Instant end = terms.before();
        if (end != null) {
            edges += id("received_at >= :moment order by received_at", end.plus(SLACK)).map(id -> " and id < " + id)
                    .orElse("");
        }
        Instant begin = terms.since();
        if (begin != null) {
            edges += id("received_at < :moment order by received_at desc", begin.minus(SLACK))
                    .map(id -> " and id > " + id).orElse("");
        }
        return edges;
    }

    private Optional<Long> id(String first, Instant moment) {
        return jdbc.sql("select id from mailbox_message force index (mailbox_received) where " + first + " limit 1")
                .param("moment", Timestamp.from(moment)).query(Long.class).optional();
    }

    private static Message message(ResultSet row) throws SQLException {
        long run = row.getLong("run_id");
        Long of = row.wasNull() ? null : run;
        int n = row.getInt("n");
        return new MessageRow(row.getLong("id"), of, of == null ? null : n, row.getString("campaign"),
                row.getString("sender"), row.getString("recipient"), row.getString("from_header"),
                row.getString("subject"), row.getString("message_id"), row.getInt("size"),
                row.getTimestamp("received_at").toInstant(), row.getString("tags"), row.getInt("attachments"))
                .message();
    }

    /** Throws away what the query found when this began, in slices of a thousand. */
    public long remove(MailQuery query) {
        if (query.terms().isEmpty()) {
            return mailbox.clear();
        }
        MailTerms terms = new MailTerms(query);
        long removed = 0;
        Long edge = jdbc.sql("select max(id) + 1 from mailbox_message").query(Long.class).optional().orElse(null);
        while (edge != null) {
            List<Long> ids = jdbc
                    .sql("select id from mailbox_message" + terms.key() + " and id < :edge and " + terms.others()
                            + " order by id desc limit " + SLICE)
                    .param("edge", edge).params(terms.values()).query(Long.class).list();
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
}
