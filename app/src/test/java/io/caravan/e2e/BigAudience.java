package io.caravan.e2e;

import java.net.http.HttpRequest.BodyPublishers;
import java.util.Map;

import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What lies beside a run of a million: a list of a hundred thousand and the import that made it, a finished run of two fifths of them, a
 * mailbox and a suppression list. By SQL, in seconds.
 */
record BigAudience(long run, long again, long importId, long mail, long suppression, String upload) {

    static final long PEOPLE = 100_003; // with the three of the campaign file beside it
    /** All that can be large. What every tick of the server reads is not among them. */
    static final String[] TABLES = {"delivery", "contact", "contact_version", "list_member", "import_row",
            "import_person", "import_stretch",
            "import_span",
            "mailbox_message", "mailbox_source", "suppression", "suppression_removed", "attempt", "set_aside", "retry",
            "run_lane", "run_count", "lane_hour", "evidence", "past_recipient"};

    static BigAudience in(Server server, String list, long run) {
        JdbcClient sql = server.sql();
        long id = sql.sql("select id from list where name = :list").param("list", list).query(Long.class).single();
        long first = sql.sql("select min(contact_id) - 1 from delivery where run_id = :run").param("run", run)
                .query(Long.class).single();
        members(sql, id, first);
        long imported = imported(sql, id, first);
        long again = again(server, sql, list, first);
        mails(sql);
        return new BigAudience(run, again, imported,
                sql.sql("select max(id) - 1000 from mailbox_message").query(Long.class)
                        .single(),
                suppressed(sql), uploaded(server));
    }

    /** What paths call these things. */
    Map<String, Object> tokens() {
        return Map.of("RUN", run, "IMPORT", importId, "MAIL", mail, "SUPPRESSION", suppression, "UPLOAD", upload);
    }

    private static void members(JdbcClient sql, long list, long first) {
        sql.sql("insert ignore into list_member (list_id, contact_id) select :list, :first + seq from seq_1_to_100000")
                .param("list", list).param("first", first).update();
        sql.sql("update list l set l.members = (select count(*) from list_member m where m.list_id = l.id) where l.id = :list")
                .param("list", list).update();
        long few = sql.sql("insert into list (name, created_at, members) values ('few', now(6), 2) returning id")
                .query(Long.class).single();
        sql.sql("insert into list_member (list_id, contact_id) values (:few, :first + 7), (:few, :first + 999999)")
                .param("few", few).param("first", first).update();
    }

    private static long imported(JdbcClient sql, long list, long first) {
        long id = sql.sql("""
                insert into import (file, list_id, sha256, mode, state, through_row, started_at, finished_at, told_at, size, accepted,
                       duplicate, unchanged)
                values ('big.csv', :list, repeat('0', 64), 'add', 'finished', 100003, now(6), now(6), now(6), 100002, 50000, 2, 50000)
                returning id""").param("list", list).query(Long.class).single();
        sql.sql("""
                insert into import_row (import_id, row_no, line_no, written, contact_id, verdict)
                select :id, seq + 1, seq + 1, concat('p', seq), :first + seq - (seq >= 39999) - (seq >= 98999),
                       case when seq in (39999, 98999) then 'duplicate' when seq % 2000 < 1000 then 'accepted' else 'unchanged' end
                  from seq_1_to_100002""").param("id", id).param("first", first).update();
        sql.sql("insert into import_person select import_id, contact_id, min(row_no) from import_row where import_id = :id"
                + " group by contact_id").param("id", id).update();
        sql.sql("""
                insert into import_span (import_id, verdict, from_row, to_row)
                select import_id, verdict, min(row_no), max(row_no)
                  from (select import_id, verdict, row_no, row_no - row_number() over (partition by verdict order by row_no) as island
                          from import_row where import_id = :id) numbered
                 group by import_id, verdict, island""").param("id", id).update();
        return id;
    }

    /**
     * A campaign for the list whose one run is over: two fifths of its people have a row, 9,000 bounced, a third of them softly. The
     * others had a mail of a run that is forgotten, too.
     */
    private static long again(Server server, JdbcClient sql, String list, long first) {
        server.drop("big-again.txt", "Hello again.\n");
        server.drop("big-later.campaign.yaml", Server.file("big-later", "audience: {list: " + list + "}",
                "schedule: {cron: \"0 0 9 1 1 ?\"}").replace("big-later.txt", "big-again.txt"));
        server.drop("big-again.campaign.yaml", Server.file("big-again", "audience: {list: " + list + "}",
                "schedule: {cron: \"0 0 9 1 1 ?\"}"));
        assertThat(server.awaitNote("big-again.campaign.yaml")).contains("version 1");
        assertThat(server.awaitNote("big-later.campaign.yaml")).contains("version 1");
        long campaign = server.id("big-again").value();
        long run = sql.sql("""
                insert into run (campaign_id, number, version, kind, state, scheduled_for, opened_at, finished_at)
                values (:campaign, 1, 1, 'first', 'finished', now(6), now(6), now(6)) returning id""")
                .param("campaign", campaign).query(Long.class).single();
        sql.sql("update campaign set state = 'finished' where id = :id").param("id", campaign).update();
        sql.sql("""
                insert into delivery (run_id, n, contact_id, contact_version, address, domain, lane_id, state, reason, attempts, host,
                       status, reply)
                select :run, seq, :first + floor((seq - 1) / 2) * 5 + 1 + (seq - 1) % 2, 1, concat('p', seq, '@big.example'), 'big.example', 1000,
                       case when seq > 39995 then 'failed' when seq % 40 < 9 then 'bounced' else 'accepted' end,
                       case when seq > 39995 then 'template' when seq % 40 < 3 then 'soft 4.2.2' when seq % 40 < 9 then 'hard 5.1.1' else '' end,
                       1, '', '', ''
                  from seq_1_to_40000""").param("run", run).param("first", first).update();
        sql.sql("insert into run_count (run_id, state, n) select run_id, state, count(*) from delivery where run_id = :run"
                + " group by state").param("run", run).update();
        sql.sql("""
                insert into attempt (run_id, n, attempt, at, outcome, host, status, reply)
                select run_id, n, 1, now(6), state, 'mx.big.example', '5.1.1', '550 no' from delivery
                where run_id = :run and state = 'bounced'""").param("run", run).update();
        sql.sql("insert into set_aside (run_id, state, n) select run_id, state, n from delivery where run_id = :run"
                + " and state = 'failed'").param("run", run).update();
        sql.sql("insert into past_recipient (campaign_id, contact_id, outcome) select :campaign, contact_id, 1 from delivery"
                + " where run_id = :run and state = 'accepted'").param("campaign", campaign).param("run", run).update();
        sql.sql("insert into past_count (campaign_id, outcome, n) select campaign_id, outcome, count(*) from past_recipient"
                + " group by campaign_id, outcome").update();
        return run;
    }

    private static void mails(JdbcClient sql) {
        sql.sql("""
                insert into mailbox_message (run_id, n, campaign, sender, recipient, from_header, subject, message_id, size, received_at,
                       tags, attachments)
                select 77, seq, 'many', 'b@bounces.example', concat('p', seq, '@many.example'), 'News <news@shop.example>', 'Hello',
                       '<m>', 200, now(6) - interval (20000 - seq) second, '', 1
                  from seq_1_to_20000""").update();
        sql.sql("""
                insert into mailbox_source (message_id, source)
                select id, 'Subject: Hello\\r\\nMIME-Version: 1.0\\r\\nContent-Type: multipart/mixed; boundary=b\\r\\n\\r\\n--b\\r\\n\\r\\nHello\\r\\n--b\\r\\nContent-Type: application/pdf\\r\\nContent-Disposition: attachment; filename=a.pdf\\r\\n\\r\\nx\\r\\n--b--\\r\\n'
                  from mailbox_message where run_id = 77""").update();
    }

    /** Where a file waits for its columns to be named. */
    private static String uploaded(Server server) {
        try {
            Programs program = Programs.of(server);
            return program.send(program.request("/audience/upload")
                    .header("Content-Type", "multipart/form-data; boundary=xx")
                    .POST(BodyPublishers.ofString(
                            "--xx\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\n"
                                    + Server.people(9, "upload.example") + "\r\n--xx--\r\n")))
                    .headers().firstValue("Location").orElseThrow().replaceFirst(".*/", "");
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static long suppressed(JdbcClient sql) {
        sql.sql("""
                insert into suppression (address, scope, reason, evidence, created_at, changed_at)
                select concat('s', lpad(seq, 7, '0'), '@big.example'), 'global', 'manual', 'x', now(6) - interval 1 day,
                       now(6) - interval 1 day from seq_1_to_5000""").update();
        for (String table : TABLES) {
            sql.sql("analyze table " + table).query((rs, _) -> rs.getString(4)).list();
        }
        return sql.sql("select max(id) from suppression").query(Long.class).single();
    }
}
