package io.caravan.delivery;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

import io.caravan.delivery.RowsToLookAt.Span;
import io.caravan.mail.EmailAddress;
import io.caravan.mail.InvalidInput;
import io.caravan.mail.RowState;
import io.caravan.mail.RunId;

/**
 * The rows of a run by what is asked of them, page by page. There is no index on the state, on purpose: so a page looks at no more than
 * 450 rows, says how far it came, and is gone on with from there. Rare states are found by the tables that note them.
 */
@Repository
public class RunPeople {

    /** A page looks at no more rows of the ledger; with what a range reads beyond its end it stays below 500. */
    public static final int LOOK = 450;
    private static final String LAST = Character.toString(Character.MAX_CODE_POINT);

    /**
     * What is asked; all of it must hold.
     *
     * @param address the beginning of the canonical address, "" for any
     * @param reason  the beginning of the reason, "" for any
     * @param lane    null for any
     */
    public record Question(@Nullable RowState state, String address, String reason, @Nullable Integer lane) {

        public static final Question ALL = new Question(null, "", "", null);

        private boolean fits(LedgerRow row) {
            return (state == null || row.state() == state) && row.reason().startsWith(reason);
        }
    }

    /**
     * One page of them.
     *
     * @param next where to go on; null: there are no more
     * @param from the first number looked at; 0 if it was looked for by address
     * @param to   the last number looked at
     */
    public record Page(List<LedgerRow> rows, @Nullable String next, int from, int to) {
    }

    private record Named(int n, String address) {
    }

    private final JdbcClient jdbc;
    private final RowsToLookAt candidates;

    public RunPeople(JdbcClient jdbc) {
        this.jdbc = jdbc;
        candidates = new RowsToLookAt(jdbc);
    }

    /**
     * @param  after        {@code next} of the page before, null for the first
     * @param  limit        at most {@value #LOOK}
     * @throws InvalidInput if {@code after} is not from such a page
     */
    public Page page(RunId run, Question question, @Nullable String after, int limit) {
        return question.address().isBlank()
                ? byNumber(run, question, number(after), limit)
                : byAddress(run, question, after == null ? "" : after, limit);
    }

    private static int number(@Nullable String after) {
        try {
            return after == null || after.isEmpty() ? 0 : Integer.parseInt(after);
        } catch (NumberFormatException e) {
            throw new InvalidInput("'" + after + "' is no place in this list: begin at its first page", e);
        }
    }

    private Page byNumber(RunId run, Question question, int after, int limit) {
        RowsToLookAt.Found found = candidates.of(run, question.state(), question.lane(), after,
                inRetry(question.state()) ? LOOK / 2 : LOOK);
        List<LedgerRow> fitting = read(run, found.spans(), question.lane()).stream().filter(question::fits).toList();
        if (fitting.size() > limit) {
            List<LedgerRow> page = fitting.subList(0, limit);
            int last = page.getLast().row().n();
            return new Page(page, Integer.toString(last), after + 1, last);
        }
        return new Page(fitting, found.more() ? Integer.toString(found.to()) : null, after + 1, found.to());
    }

    /** Found by their retries, which are read again with the rows. */
    private static boolean inRetry(@Nullable RowState state) {
        return state == RowState.DEFERRED || state == RowState.SENDING;
    }

    /** @param lane of which alone; null for any */
    private List<LedgerRow> read(RunId run, List<Span> spans, @Nullable Integer lane) {
        if (spans.isEmpty()) {
            return List.of();
        }
        String some = spans.stream().map(span -> span.from() == span.to()
                ? "d.n = " + span.from()
                : "d.n between " + span.from() + " and " + span.to()).collect(Collectors.joining(" or "));
        String ofLane = lane == null ? "" : " and d.lane_id = " + lane;
        return jdbc.sql(Ledger.ROW + " where d.run_id = :run and (" + some + ")" + ofLane + " order by d.n")
                .param("run", run.value()).query((rs, _) -> Ledger.row(rs)).list();
    }

    /** By the contacts' unique address, a bounded piece of them, each looked up by the key that keeps a person from a second mail. */
    private Page byAddress(RunId run, Question question, String after, int limit) {
        String begins = canonical(question.address().strip());
        int most = LOOK / 2; // each row is read in its key first
        List<Named> contacts = jdbc.sql("select 0, address from contact where address >= :begins and address < :end"
                + " and address > :after order by address limit :most").param("begins", begins)
                .param("end", begins + LAST).param("after", after).param("most", most)
                .query((rs, _) -> new Named(rs.getInt(1), rs.getString(2))).list();
        if (contacts.isEmpty()) {
            return new Page(List.of(), null, 0, 0);
        }
        List<Named> named = jdbc.sql("""
                select d.n, c.address from contact c
                straight_join delivery d force index (delivery_recipient) on d.run_id = :run and d.contact_id = c.id
                where c.address between :first and :last order by c.address, d.seq""").param("run", run.value())
                .param("first", contacts.getFirst().address()).param("last", contacts.getLast().address())
                .query((rs, _) -> new Named(rs.getInt(1), rs.getString(2))).list();
        List<Named> looked = named.subList(0, Math.min(named.size(), most));
        String end = named.size() > most
                ? looked.getLast().address()
                : contacts.size() == most ? contacts.getLast().address() : null;
        return page(run, question, looked, end, limit);
    }

    private Page page(RunId run, Question question, List<Named> looked, @Nullable String end, int limit) {
        java.util.Map<Integer, LedgerRow> rows = read(run,
                looked.stream().map(one -> new Span(one.n(), one.n())).toList(), question.lane()).stream()
                .collect(Collectors.toMap(row -> row.row().n(), row -> row));
        List<LedgerRow> page = new ArrayList<>();
        String last = "";
        for (Named one : looked) {
            LedgerRow row = rows.get(one.n());
            if (row != null && question.fits(row)) {
                if (page.size() >= limit && !last.equals(one.address())) {
                    return new Page(page, last, 0, 0);
                }
                page.add(row);
                last = one.address();
            }
        }
        return new Page(page, end, 0, 0);
    }

    /** A whole address as the key has it; of a piece only the case is changed. */
    private static String canonical(String piece) {
        try {
            return EmailAddress.parse(piece).canonical();
        } catch (InvalidInput e) {
            return piece.toLowerCase(java.util.Locale.ROOT);
        }
    }
}
