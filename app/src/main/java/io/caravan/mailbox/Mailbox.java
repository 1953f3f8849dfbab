package io.caravan.mailbox;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

import org.springframework.data.domain.Limit;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.support.TransactionTemplate;

import io.caravan.mail.RowId;

/** The built-in mailbox's ledger. */
@Repository
public class Mailbox {

    private static final int MOST_AT_ONCE = 100;
    private static final long BYTES_AT_ONCE = 4 << 20; // escaped it may double, and max_allowed_packet is 16 MB
    private static final int SLICE = 1000;

    private final AtomicLong removals = new AtomicLong();
    private final MessageRepository messages;
    private final SourceRepository sources;
    private final JdbcTemplate jdbc;
    private final TransactionTemplate transaction;

    Mailbox(MessageRepository messages, SourceRepository sources, JdbcTemplate jdbc, TransactionTemplate transaction) {
        this.messages = messages;
        this.sources = sources;
        this.jdbc = jdbc;
        this.transaction = transaction;
    }

    /**
     * Keeps mails in two statements for up to a hundred (fewer when they are large). A row's mail is kept once, however often it comes.
     *
     * @return how many were not there before
     */
    public int keep(List<Kept> mails) {
        int fresh = 0;
        List<Kept> chunk = new ArrayList<>();
        long bytes = 0;
        for (Kept mail : mails) {
            if (chunk.size() == MOST_AT_ONCE || !chunk.isEmpty() && bytes + mail.size() > BYTES_AT_ONCE) {
                fresh += keepChunk(chunk);
                chunk.clear();
                bytes = 0;
            }
            chunk.add(mail);
            bytes += mail.size();
        }
        return chunk.isEmpty() ? fresh : fresh + keepChunk(chunk);
    }

    private int keepChunk(List<Kept> chunk) {
        Map<RowId, Kept> byRow = new LinkedHashMap<>();
        chunk.forEach(mail -> byRow.putIfAbsent(mail.row(), mail));
        List<Kept> mails = List.copyOf(byRow.values());
        return transaction.execute(_ -> {
            Map<Long, Kept> fresh = insertLines(mails, byRow);
            if (!fresh.isEmpty()) {
                insertSources(fresh);
            }
            return fresh.size();
        });
    }

    /** What INSERT IGNORE passed over does not come back from RETURNING. */
    private Map<Long, Kept> insertLines(List<Kept> mails, Map<RowId, Kept> byRow) {
        String sql = "insert ignore into mailbox_message (run_id, n, campaign, sender, recipient, from_header, subject, message_id, size,"
                + " received_at, tags, attachments) values " + "(?,?,?,?,?,?,?,?,?,?,?,?),".repeat(mails.size() - 1)
                + "(?,?,?,?,?,?,?,?,?,?,?,?) returning id, run_id, n";
        Map<Long, Kept> fresh = new HashMap<>();
        jdbc.query(sql, statement -> {
            int at = 1;
            for (Kept mail : mails) {
                at = bind(statement, at, mail);
            }
        }, row -> {
            Kept mail = byRow.get(new RowId(row.getLong("run_id"), row.getInt("n")));
            if (mail != null) {
                fresh.put(row.getLong("id"), mail);
            }
        });
        return fresh;
    }

    private static int bind(PreparedStatement statement, int first, Kept mail) throws SQLException {
        int at = first;
        statement.setLong(at++, mail.row().run());
        statement.setInt(at++, mail.row().n());
        statement.setString(at++, cut(mail.campaign(), 190));
        statement.setString(at++, cut(mail.sender(), 320));
        statement.setString(at++, cut(mail.recipient(), 320));
        statement.setString(at++, cut(mail.from(), 998));
        statement.setString(at++, cut(mail.subject(), 998));
        statement.setString(at++, cut(mail.messageId(), 255));
        statement.setInt(at++, mail.size());
        statement.setTimestamp(at++, Timestamp.from(mail.receivedAt()));
        statement.setString(at++, cut(mail.about().lines(), 2000));
        statement.setInt(at++, mail.about().attachments());
        return at;
    }

    private void insertSources(Map<Long, Kept> mails) {
        String sql = "insert into mailbox_source (message_id, source) values " + "(?,?),".repeat(mails.size() - 1)
                + "(?,?)";
        jdbc.update(sql, statement -> {
            int at = 1;
            for (Map.Entry<Long, Kept> mail : mails.entrySet()) {
                statement.setLong(at++, mail.getKey());
                statement.setBytes(at++, mail.getValue().bytes());
            }
        });
    }

    private static String cut(String text, int longest) {
        if (text.length() <= longest) {
            return text;
        }
        return text.substring(0, Character.isHighSurrogate(text.charAt(longest - 1)) ? longest - 1 : longest);
    }

    /**
     * A page of the list, newest first.
     *
     * @param before only mails with a smaller id; {@code Long.MAX_VALUE} for the first page
     */
    public List<Message> page(long before, int limit) {
        return messages.findByIdLessThanOrderByIdDesc(before, Limit.of(limit)).stream().map(MessageRow::message)
                .toList();
    }

    public Optional<Message> find(long id) {
        return messages.findById(id).map(MessageRow::message);
    }

    public Optional<Message> find(RowId row) {
        return messages.findByRunIdAndN(row.run(), row.n()).map(MessageRow::message);
    }

    /** The mail as it was sent. */
    public Optional<byte[]> raw(long id) {
        return sources.findById(id).map(Source::source);
    }

    public long count() {
        return messages.count();
    }

    /** Another one whenever mails came or, by this node, went. Two looks at the key's ends. */
    public String stamp() {
        return jdbc.queryForObject("select concat_ws('-', min(id), max(id)) from mailbox_message", String.class) + "-"
                + removals.get();
    }

    /** @return false if it was not there */
    public boolean remove(long id) {
        return remove(List.of(id)) > 0;
    }

    /** Throws every mail away that was there when it began, in slices. The ids are not used again. */
    public long clear() {
        Long newest = jdbc.queryForObject("select max(id) from mailbox_message", Long.class);
        return newest == null ? 0 : removeWhile("id <= ?", newest);
    }

    /** Retention: throws away what was received before the moment, in slices. */
    public long removeBefore(Instant moment) {
        return removeWhile("received_at < ?", Timestamp.from(moment));
    }

    /** Ids grow with time, so the old ones are the first; a slice without any ends it. */
    private long removeWhile(String condition, Object value) {
        long removed = 0;
        List<Long> ids;
        do {
            ids = jdbc.queryForList("select id from (select id, received_at from mailbox_message order by id limit "
                    + SLICE + ") oldest where "
                    + condition, Long.class, value);
            removed += ids.isEmpty() ? 0 : remove(ids);
        } while (!ids.isEmpty());
        return removed;
    }

    /** In one transaction. */
    long remove(List<Long> ids) {
        long removed = transaction.execute(_ -> removeNow(ids));
        removals.incrementAndGet(); // only now can others see it
        return removed;
    }

    private long removeNow(List<Long> ids) {
        String marks = "?,".repeat(ids.size() - 1) + "?";
        jdbc.update("delete from mailbox_source where message_id in (" + marks + ")", ids.toArray());
        return jdbc.update("delete from mailbox_message where id in (" + marks + ")", ids.toArray());
    }
}
