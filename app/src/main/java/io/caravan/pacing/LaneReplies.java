package io.caravan.pacing;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

import io.caravan.mail.RowState;

/** What each lane's hosts said last, for people. */
@Repository
public class LaneReplies {

    /**
     * @param at    when it was heard
     * @param host  who said it
     * @param reply its last line
     */
    public record Reply(Instant at, RowState outcome, String host, String reply) {
    }

    private final JdbcClient jdbc;

    public LaneReplies(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** Keeps the later of what is known and these: nodes tell it in any order. */
    public void tell(Map<Integer, Reply> lanes) {
        new TreeMap<>(lanes).forEach((lane, reply) -> jdbc.sql("""
                insert into lane_reply (lane_id, at, outcome, host, reply) values (:lane, :at, :outcome, :host, :reply)
                on duplicate key update outcome = if(values(at) >= at, values(outcome), outcome),
                    host = if(values(at) >= at, values(host), host), reply = if(values(at) >= at, values(reply), reply),
                    at = greatest(at, values(at))""").param("lane", lane)
                .param("at", LocalDateTime.ofInstant(reply.at(), ZoneOffset.UTC))
                .param("outcome", reply.outcome().word()).param("host", cut(reply.host(), 255))
                .param("reply", cut(reply.reply(), 500)).update());
    }

    /** Of these lanes; those that never heard one are left out. */
    public Map<Integer, Reply> of(Collection<Integer> lanes) {
        Map<Integer, Reply> replies = new HashMap<>();
        if (!lanes.isEmpty()) {
            jdbc.sql("select lane_id, at, outcome, host, reply from lane_reply where lane_id in (:lanes)")
                    .param("lanes", lanes)
                    .query((rs, _) -> replies.put(rs.getInt(1),
                            new Reply(rs.getObject(2, LocalDateTime.class).toInstant(ZoneOffset.UTC),
                                    RowState.of(rs.getString(3)), rs.getString(4), rs.getString(5))))
                    .list();
        }
        return replies;
    }

    /** Hosts and their DNS say what they like, and the ledger is strict: what is too long would fail all that is written with it. */
    static String cut(String text, int longest) {
        if (text.length() <= longest) {
            return text;
        }
        return text.substring(0, Character.isHighSurrogate(text.charAt(longest - 1)) ? longest - 1 : longest);
    }
}
