package io.caravan.audience;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;

import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Which rows of an import have which verdict, as spans of neighbours: three duplicates among a million rows are found by three reads, and an
 * import writes a line or two for a thousand rows where an index would be written for each.
 */
final class VerdictSpans {

    private record Span(Verdict verdict, long from, long to) {
    }

    /** A row and what became of it. */
    record Judged(long row, Verdict verdict) {
    }

    private final JdbcTemplate jdbc;

    VerdictSpans(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    /** In the transaction that writes the rows. */
    void add(long importId, List<Judged> inOrder) {
        List<Span> spans = spans(inOrder);
        BulkInsert insert = new BulkInsert("insert into import_span (import_id, verdict, from_row, to_row) values ",
                spans.size());
        spans.forEach(span -> insert.add(importId, span.verdict.word(), span.from, span.to));
        jdbc.update(insert.sql(), insert.values());
    }

    private static List<Span> spans(List<Judged> inOrder) {
        List<Span> spans = new ArrayList<>();
        for (Judged judged : inOrder) {
            Span last = spans.isEmpty() ? null : spans.getLast();
            if (last != null && last.verdict == judged.verdict && last.to + 1 == judged.row) {
                spans.set(spans.size() - 1, new Span(last.verdict, last.from, judged.row));
            } else {
                spans.add(new Span(judged.verdict, judged.row, judged.row));
            }
        }
        return spans;
    }

    /** The numbers of the rows after one that have the verdict, in order, at most so many. */
    List<Long> rows(long importId, Verdict verdict, long after, int most) {
        // spans of one verdict do not overlap: the one that may hold the next row is the last that begins no later
        Long first = jdbc.queryForObject("select max(from_row) from import_span where import_id = ? and verdict = ?"
                + " and from_row <= ?", Long.class, importId, verdict.word(), after + 1);
        List<Span> spans = jdbc.query("select from_row, to_row from import_span where import_id = ? and verdict = ?"
                + " and from_row >= ? order by from_row limit " + (most + 1), // the first may lie before it
                (rs, _) -> new Span(verdict, rs.getLong(1), rs.getLong(2)), importId, verdict.word(),
                first == null ? 0 : first);
        return spans.stream().flatMapToLong(span -> LongStream.rangeClosed(Math.max(span.from, after + 1), span.to))
                .limit(most).boxed().toList();
    }
}
