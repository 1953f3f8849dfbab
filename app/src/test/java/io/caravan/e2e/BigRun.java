package io.caravan.e2e;

import org.springframework.jdbc.core.simple.JdbcClient;

import io.caravan.campaign.Run;
import io.caravan.mail.RunState;

/**
 * A run of a million, made by SQL in half a minute: paused on its way, a hundred lanes and some in every state. What is kept beside its rows
 * is counted from them, once.
 */
final class BigRun {

    static final int ROWS = 1_000_000;
    static final int LANE = 9_900;
    private static final int FIRST_CONTACT = 10_000_000;
    private static final String STATES = """
            case when s.seq > 990000 then 'suppressed' when s.seq between 300000 and 300004 then 'failed'
                 when s.seq between 400000 and 400002 then 'in_doubt' when s.seq = 450000 then 'complained'
                 when s.seq = 450001 then 'expired' when s.seq <= 600000 then 'accepted'
                 when s.seq <= 610000 then 'bounced' when s.seq <= 615000 then 'deferred' else 'pending' end""";

    private BigRun() {
    }

    /** The run's id. Its campaign has one small finished run beside it. */
    static long in(Server server, String campaign) {
        server.campaign(campaign, Server.people(3, "small.example"));
        Run first = server.awaitRun(campaign, RunState.FINISHED);
        JdbcClient sql = server.sql();
        long run = sql.sql("""
                insert into run (campaign_id, number, version, kind, state, paused_from, scheduled_for, opened_at)
                values (:campaign, 2, 1, 'again', 'paused', 'running', now(6), now(6)) returning id""")
                .param("campaign", first.campaign().value()).query(Long.class).single();
        sql.sql("update campaign set state = 'paused' where id = :id").param("id", first.campaign().value()).update();
        people(sql, run);
        beside(sql, run);
        return run;
    }

    private static void people(JdbcClient sql, long run) {
        sql.sql("insert into contact (id, address, written, domain, version, created_at, updated_at)"
                + " select :first + s.seq, concat('p', lpad(s.seq, 7, '0'), '@big.example'),"
                + " concat('P', lpad(s.seq, 7, '0'), '@big.example'), 'big.example', 1, now(6), now(6)"
                + " from seq_1_to_1000000 s").param("first", FIRST_CONTACT).update();
        sql.sql("insert into contact_version (contact_id, version, attributes, created_at)"
                + " select :first + s.seq, 1, '{\"first_name\":\"Ana\"}', now(6) from seq_1_to_1000 s")
                .param("first", FIRST_CONTACT).update();
        sql.sql("insert into lane (id, identity, provider) select 1000 + s.seq, 'shop.example',"
                + " concat('d', s.seq, '.example') from seq_0_to_99 s").update();
        sql.sql("""
                insert into delivery (run_id, n, contact_id, contact_version, address, domain, lane_id, state, reason, attempts, host,
                       status, reply, dated_at, first_attempt_at, last_attempt_at)
                select :run, s.seq, :first + s.seq, 1, concat('P', lpad(s.seq, 7, '0'), '@big.example'), 'big.example',
                       least(1000 + floor((s.seq - 1) / :lane), 1099), %1$s,
                       case %1$s when 'bounced' then 'hard 5.1.1' when 'suppressed' then 'suppression:1' else '' end,
                       if(%1$s in ('pending', 'suppressed'), 0, 1), '', '', '', if(%1$s in ('pending', 'suppressed'), null, now(6)),
                       null, null
                from seq_1_to_1000000 s""".formatted(STATES)).param("run", run).param("first", FIRST_CONTACT)
                .param("lane", LANE).update();
    }

    private static void beside(JdbcClient sql, long run) {
        sql.sql("insert into tls_result (day, domain, policy, host, result, sessions) select date '2026-11-25' - interval s.seq % 20 day, concat('d', lpad(s.seq div 20, 5, '0'),"
                + " '.example'), 'sts', 'mx.example', if(s.seq % 3 = 0, 'validation-failure', 'success'), 1"
                + " from seq_1_to_40000 s").update();
        sql.sql("insert into tls_day (day, domain, ok, failed, next_at) select day, domain, result = 'success',"
                + " result <> 'success', day from tls_result").update();
        sql.sql("insert into run_count (run_id, state, n) select run_id, state, count(*) from delivery"
                + " where run_id = :run group by state").param("run", run).update();
        sql.sql("""
                insert into run_lane (run_id, lane_id, from_n, to_n, planned, accepted, bounced, complained, expired, failed, in_doubt,
                       deferred)
                select run_id, lane_id, min(n), max(n), count(*), sum(state = 'accepted'), sum(state = 'bounced'),
                       sum(state = 'complained'), sum(state = 'expired'), sum(state = 'failed'), sum(state = 'in_doubt'),
                       sum(state = 'deferred')
                from delivery where run_id = :run and state <> 'suppressed' group by lane_id""").param("run", run)
                .update();
        sql.sql("""
                insert into stretch (run_id, lane_id, next_n, to_n) select run_id, lane_id, min(n), max(n) from delivery
                where run_id = :run and state = 'pending' group by lane_id""").param("run", run).update();
        sql.sql("""
                insert into retry (run_id, n, lane_id, due_at) select run_id, n, lane_id, now(6) + interval 1 hour from delivery
                where run_id = :run and state = 'deferred'""").param("run", run).update();
        sql.sql("""
                insert into attempt (run_id, n, attempt, at, outcome, host, status, reply)
                select run_id, n, 1, now(6), state, 'mx.big.example', '5.1.1', '550 no' from delivery
                where run_id = :run and state in ('bounced', 'deferred', 'in_doubt', 'expired')""").param("run", run)
                .update();
        sql.sql("insert into set_aside (run_id, state, n) select run_id, state, n from delivery"
                + " where run_id = :run and state in ('failed', 'complained')").param("run", run).update();
        sql.sql("insert into hold (run_id, lane_id, reason, since) values (:run, 1099, 'paced: provider:d99.example 1/s', now(6))")
                .param("run", run).update();
        for (String table : new String[]{"delivery", "contact", "attempt", "retry", "run_lane", "stretch"}) {
            sql.sql("analyze table " + table).query((rs, _) -> rs.getString(4)).list(); // as a database that grew knows them
        }
    }
}
