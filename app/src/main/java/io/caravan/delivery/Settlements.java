package io.caravan.delivery;

import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Predicate;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.json.JsonMapper;

import io.caravan.mail.RowState;

/**
 * Settles results in bulk: the row, its retry, the run's counts and its batch in one transaction, a constant statement for 500 rows.
 *
 * <p>A result counts only if its batch is open in the epoch that sends it and the row still waits for just this attempt. What does not
 * match goes to the evidence table and overwrites nothing, but for a doubt that it ends ({@link LateEvidence}).
 */
@Repository
public class Settlements {

    private static final String ROWS = """
            json_table(:rows, '$[*]' columns (batch bigint path '$.b', n int path '$.n', attempt smallint path '$.a', at datetime(6) path '$.t',
                state varchar(10) path '$.s', reason varchar(500) path '$.w', host varchar(255) path '$.h', status varchar(11) path '$.x',
                reply varchar(500) path '$.r', retry_at datetime(6) path '$.d', tried tinyint path '$.y')) v
            """;
    private static final String WAITING = """
             and b.node_id = :node and b.epoch = :epoch and b.state = 'open'
            straight_join delivery d on d.run_id = b.run_id and d.n = v.n and d.attempts = v.attempt - 1 and d.state in ('pending', 'deferred')
            """;
    private static final String FENCED = ROWS + "straight_join batch b on b.id = v.batch" + WAITING;
    private static final String SET = """
            set d.state = %1$sstate, d.reason = %1$sreason, d.host = %1$shost, d.status = %1$sstatus, d.reply = %1$sreply,
                d.attempts = if(%1$stried, v.attempt, d.attempts), d.dated_at = coalesce(d.dated_at, b.claimed_at),
                d.first_attempt_at = if(%1$stried, coalesce(d.first_attempt_at, v.at), d.first_attempt_at),
                d.last_attempt_at = if(%1$stried, v.at, d.last_attempt_at)
            """;
    private static final String SETTLE = "update " + FENCED + SET.formatted("v.");
    /** The same for rows of one batch that came to the same: the narrow table costs the server a quarter less. */
    private static final String SETTLE_ALIKE = """
            update json_table(:rows, '$[*]' columns (n int path '$[0]', attempt smallint path '$[1]', at datetime(6) path '$[2]')) v
            straight_join batch b on b.id = :batch""" + WAITING + SET.formatted(":");
    private static final int ALIKE = 50; // fewer are not worth a statement of their own

    private record Held(long batch, int n) {
    }

    /** What a whole batch often comes to. */
    private record Same(long batch, RowState state, String reason, String host, String status, String reply,
            boolean isAttempt) {
        static Same of(Outcome one) {
            return new Same(one.batch(), one.state(), one.reason(), one.host(), one.status(), one.reply(),
                    one.isAttempt());
        }
    }

    private final JdbcClient jdbc;
    private final TransactionTemplate transaction;
    private final JsonMapper json = JsonMapper.builder().build();

    public Settlements(JdbcClient jdbc, TransactionTemplate transaction) {
        this.jdbc = jdbc;
        this.transaction = transaction;
    }

    /**
     * Settles results of one node and epoch.
     *
     * @param together what belongs to the settled ones and is written in the same transaction
     * @return those that were settled, late ones among them; the others are kept as evidence
     */
    public List<Outcome> settle(int node, int epoch, List<Outcome> outcomes, Consumer<List<Outcome>> together) {
        if (outcomes.isEmpty()) {
            return outcomes;
        }
        Boolean whole = transaction.execute(status -> {
            if (!settleAll(node, epoch, outcomes)) {
                status.setRollbackOnly();
                return false;
            }
            together.accept(outcomes);
            return true;
        });
        return whole ? outcomes : transaction.execute(_ -> settleWaiting(node, epoch, outcomes, together));
    }

    /** Some row no longer waits for its result: the others are settled, and what came for it is kept as evidence. */
    private List<Outcome> settleWaiting(int node, int epoch, List<Outcome> outcomes, Consumer<List<Outcome>> together) {
        Set<Held> held = new HashSet<>(jdbc.sql("select v.batch, v.n from " + FENCED + " for update")
                .param("rows", rows(outcomes)).param("node", node).param("epoch", epoch)
                .query((rs, _) -> new Held(rs.getLong(1), rs.getInt(2))).list());
        List<Outcome> settling = new ArrayList<>();
        List<Outcome> late = new ArrayList<>();
        for (Outcome outcome : outcomes) {
            if (held.contains(new Held(outcome.batch(), outcome.row().n()))) {
                settling.add(outcome);
            } else if (tooLate(node, epoch, outcome)) {
                late.add(outcome);
            }
        }
        if (!settling.isEmpty() && !settleAll(node, epoch, settling)) {
            throw new IllegalStateException("rows that are locked were changed: " + settling);
        }
        settling.addAll(late);
        if (!settling.isEmpty()) {
            together.accept(settling);
        }
        return settling;
    }

    /** Kept as evidence in any case. True: it also ended the doubt that its row was in. */
    private boolean tooLate(int node, int epoch, Outcome outcome) {
        Optional<RowState> ended = LateEvidence.ends(jdbc, node, epoch, outcome);
        keepAsEvidence(epoch, outcome, ended.isPresent());
        ended.ifPresent(from -> LateEvidence.settle(jdbc, from, outcome));
        return ended.isPresent();
    }

    private String rows(List<Outcome> outcomes) {
        return json.writeValueAsString(outcomes.stream().map(Settlements::row).toList());
    }

    private boolean settleAll(int node, int epoch, List<Outcome> outcomes) {
        if (rowsHit(node, epoch, outcomes) < outcomes.size()) {
            return false;
        }
        retries(outcomes);
        attempts(outcomes);
        counts(outcomes);
        RunLanes.settled(jdbc, outcomes);
        SetAside.settled(jdbc, outcomes);
        return true;
    }

    private int rowsHit(int node, int epoch, List<Outcome> outcomes) {
        Map<Same, List<Outcome>> same = new LinkedHashMap<>();
        outcomes.forEach(outcome -> same.computeIfAbsent(Same.of(outcome), _ -> new ArrayList<>()).add(outcome));
        int hit = 0;
        List<Outcome> others = new ArrayList<>();
        for (Map.Entry<Same, List<Outcome>> each : same.entrySet()) {
            if (each.getValue().size() < ALIKE) {
                others.addAll(each.getValue());
            } else {
                hit += settleAlike(node, epoch, each.getKey(), each.getValue());
            }
        }
        return others.isEmpty()
                ? hit
                : hit + jdbc.sql(SETTLE).param("rows", rows(others)).param("node", node).param("epoch", epoch).update();
    }

    private int settleAlike(int node, int epoch, Same same, List<Outcome> outcomes) {
        StringBuilder rows = new StringBuilder(outcomes.size() * 48).append('[');
        for (Outcome one : outcomes) {
            rows.append(rows.length() == 1 ? "[" : ",[").append(one.row().n()).append(',').append(one.attempt())
                    .append(",\"").append(time(one.at())).append("\"]");
        }
        return jdbc.sql(SETTLE_ALIKE).param("rows", rows.append(']').toString()).param("batch", same.batch())
                .param("node", node).param("epoch", epoch).param("state", same.state().word())
                .param("reason", cut(same.reason(), 500)).param("host", cut(same.host(), 255))
                .param("status", same.status()).param("reply", cut(same.reply(), 500))
                .param("tried", same.isAttempt()).update();
    }

    private void retries(List<Outcome> outcomes) {
        withRows(outcomes, outcome -> outcome.state() == RowState.DEFERRED, """
                insert into retry (run_id, n, lane_id, due_at) select b.run_id, v.n, d.lane_id, v.retry_at
                from %s straight_join batch b on b.id = v.batch straight_join delivery d on d.run_id = b.run_id and d.n = v.n
                on duplicate key update due_at = values(due_at), batch_id = null""");
        withRows(outcomes, outcome -> outcome.attempt() > 1 && outcome.state() != RowState.DEFERRED, """
                delete t from %s straight_join batch b on b.id = v.batch
                straight_join retry t on t.run_id = b.run_id and t.n = v.n and t.batch_id = v.batch""");
    }

    private void attempts(List<Outcome> outcomes) {
        withRows(outcomes, outcome -> outcome.state() != RowState.ACCEPTED && outcome.isAttempt(), """
                insert ignore into attempt (run_id, n, attempt, at, outcome, host, status, reply)
                select b.run_id, v.n, v.attempt, v.at, v.state, v.host, v.status, if(v.reply = '', v.reason, v.reply)
                from %s straight_join batch b on b.id = v.batch""");
    }

    private void withRows(List<Outcome> outcomes, Predicate<Outcome> which, String sql) {
        List<Outcome> some = outcomes.stream().filter(which).toList();
        if (!some.isEmpty()) {
            jdbc.sql(sql.formatted(ROWS)).param("rows", rows(some)).update();
        }
    }

    private void counts(List<Outcome> outcomes) {
        Map<Long, Integer> byBatch = new TreeMap<>();
        Map<Long, Map<RowState, Long>> byRun = new TreeMap<>();
        for (Outcome outcome : outcomes) {
            byBatch.merge(outcome.batch(), 1, Integer::sum);
            Map<RowState, Long> run = byRun.computeIfAbsent(outcome.row().run(), _ -> new EnumMap<>(RowState.class));
            run.merge(outcome.state(), 1L, Long::sum);
            run.merge(RowState.SENDING, -1L, Long::sum);
        }
        byBatch.forEach((batch, n) -> leave(jdbc, batch, n));
        byRun.forEach((run, change) -> RunCounts.add(jdbc, run, change));
    }

    /** Rows leave their batch, settled or given back; the last one closes it. */
    static void leave(JdbcClient jdbc, long batch, int n) {
        // assignments go from left to right: the state sees the new number
        jdbc.sql("update batch set settled = settled + :n, closed_at = if(settled >= size, now(6), null),"
                + " state = if(settled >= size, 'closed', 'open') where id = :id").param("n", n).param("id", batch)
                .update();
    }

    /** But for a result that stands in its row already: a settlement whose answer was lost is tried again, and proves nothing new. */
    private void keepAsEvidence(int epoch, Outcome outcome, boolean settles) {
        jdbc.sql("""
                insert into evidence (run_id, n, batch_id, epoch, attempt, at, outcome, host, status, reply, settled)
                select :run, :n, :batch, :epoch, :attempt, :at, :outcome, :host, :status, :reply, :settles from dual
                where not exists (select 1 from delivery d join batch b on b.id = :batch and b.epoch = :epoch
                    where d.run_id = :run and d.n = :n and d.state = :outcome and d.host = :host and d.reply = :reply
                      and (d.attempts = :attempt and d.last_attempt_at = :at or not :tried))""")
                .param("attempt", outcome.attempt()).param("tried", outcome.isAttempt())
                .param("run", outcome.row().run())
                .param("n", outcome.row().n()).param("batch", outcome.batch()).param("epoch", epoch)
                .param("at", LateEvidence.at(outcome)).param("status", outcome.status()).param("settles", settles)
                .param("outcome", outcome.state().word())
                .param("host", cut(outcome.host(), 255)).param("reply", cut(outcome.reply(), 500)).update();
    }

    private static Map<String, Object> row(Outcome outcome) {
        Map<String, Object> row = new TreeMap<>();
        row.put("b", outcome.batch());
        row.put("n", outcome.row().n());
        row.put("a", outcome.attempt());
        row.put("t", time(outcome.at()));
        row.put("s", outcome.state().word());
        row.put("w", cut(outcome.reason(), 500));
        row.put("h", cut(outcome.host(), 255));
        row.put("x", outcome.status());
        row.put("r", cut(outcome.reply(), 500));
        row.put("y", outcome.isAttempt() ? 1 : 0);
        Instant retryAt = outcome.retryAt();
        if (retryAt != null) {
            row.put("d", time(retryAt));
        }
        return row;
    }

    private static String time(Instant at) {
        return at.atOffset(ZoneOffset.UTC).toLocalDateTime().toString().replace('T', ' ');
    }

    /** Hosts say what they like, and the ledger is strict: one text that is too long would keep all that is settled with it from settling. */
    static String cut(String text, int longest) {
        if (text.length() <= longest) {
            return text;
        }
        int end = Character.isHighSurrogate(text.charAt(longest - 1)) ? longest - 1 : longest; // never half a character
        return text.substring(0, end);
    }
}
