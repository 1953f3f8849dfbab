package io.caravan.audience;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.RowMapper;

/**
 * An import's rows, read together from where they stand: those that say something of their own in {@code import_row}, and stretches of
 * neighbours that say nothing of their own (new people mostly) as one row for thousands.
 */
final class Stretches {

    /** Fewer neighbours are cheaper row by row. A page of so many rows meets so few stretches. */
    static final int SHORTEST = 16;

    /** A row without a reason whose address stands in its contact as it stood in the file. */
    record Plain(long row, long line, long contact, Verdict verdict) {

        boolean follows(Plain other) {
            return row == other.row + 1 && line == other.line + 1 && contact == other.contact + 1
                    && verdict == other.verdict;
        }
    }

    private record Stretch(long from, long to, long line, long contact, Verdict verdict) {
    }

    private static final String SELECT = "select from_row, to_row, from_line, from_contact, verdict from import_stretch"
            + " where import_id = ? and ";
    private static final RowMapper<Stretch> STRETCH = (rs, _) -> new Stretch(rs.getLong(1), rs.getLong(2),
            rs.getLong(3), rs.getLong(4), Verdict.of(rs.getString(5)));
    private static final RowMapper<RowVerdict> ROW = (rs, _) -> new RowVerdict(rs.getLong(1), rs.getLong(2),
            rs.getString(3), Verdict.of(rs.getString(4)), rs.getString(5));

    private final JdbcTemplate jdbc;

    Stretches(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * Writes those that have enough neighbours, in the transaction of their chunk.
     *
     * @return the numbers of the rows that are told now
     */
    Set<Long> add(long importId, List<Plain> inOrder) {
        Set<Long> told = new HashSet<>();
        List<Object[]> rows = new ArrayList<>();
        for (int from = 0, to = 1; from < inOrder.size(); from = to++) {
            while (to < inOrder.size() && inOrder.get(to).follows(inOrder.get(to - 1))) {
                to++;
            }
            if (to - from >= SHORTEST) {
                Plain first = inOrder.get(from);
                rows.add(new Object[]{importId, first.row, first.row + to - from - 1, first.line, first.contact,
                        first.verdict.word()});
                inOrder.subList(from, to).forEach(plain -> told.add(plain.row));
            }
        }
        jdbc.batchUpdate("insert into import_stretch (import_id, from_row, to_row, from_line, from_contact, verdict)"
                + " values (?, ?, ?, ?, ?, ?)", rows);
        return told;
    }

    /** The rows after one, in the order of the file, at most so many. */
    List<RowVerdict> page(long importId, long after, int most) {
        List<RowVerdict> own = jdbc.query("select row_no, line_no, written, verdict, reason from import_row"
                + " where import_id = ? and row_no > ? order by row_no limit ?", ROW, importId, after, most);
        List<RowVerdict> plain = new ArrayList<>();
        for (Stretch stretch : jdbc.query(SELECT + "from_row >= coalesce((select max(from_row) from import_stretch"
                + " where import_id = ? and from_row <= ?), 0) order by from_row limit ?", STRETCH, importId, importId,
                after + 1, most / SHORTEST + 2)) {
            long from = Math.max(stretch.from, after + 1);
            long to = Math.min(stretch.to, from + most - plain.size() - 1);
            if (from <= to) {
                plain.addAll(rows(stretch, from, to));
            }
        }
        return Stream.concat(own.stream(), plain.stream()).sorted(Comparator.comparingLong(RowVerdict::row))
                .limit(most).toList();
    }

    /** The rows of these numbers, which are in order. */
    List<RowVerdict> rows(long importId, List<Long> numbers) {
        if (numbers.isEmpty()) {
            return List.of();
        }
        List<RowVerdict> rows = new ArrayList<>(jdbc.query(
                "select row_no, line_no, written, verdict, reason from import_row where import_id = ? and row_no in ("
                        + String.join(",", numbers.stream().map(String::valueOf).toList()) + ")",
                ROW, importId));
        TreeSet<Long> missing = new TreeSet<>(numbers);
        rows.forEach(row -> missing.remove(row.row()));
        while (!missing.isEmpty()) {
            Stretch stretch = jdbc.query(SELECT + "from_row <= ? order by from_row desc limit 1", STRETCH, importId,
                    missing.getFirst()).getFirst();
            TreeSet<Long> here = new TreeSet<>(missing.headSet(stretch.to, true));
            rows(stretch, here.getFirst(), here.getLast()).stream().filter(row -> here.contains(row.row()))
                    .forEach(rows::add);
            missing.removeAll(here);
        }
        return rows.stream().sorted(Comparator.comparingLong(RowVerdict::row)).toList();
    }

    private List<RowVerdict> rows(Stretch stretch, long from, long to) {
        long first = stretch.contact + from - stretch.from;
        Map<Long, String> written = new HashMap<>();
        jdbc.query("select id, written from contact where id between ? and ?", rs -> {
            written.put(rs.getLong(1), rs.getString(2));
        }, first, first + to - from);
        List<RowVerdict> rows = new ArrayList<>();
        for (long row = from; row <= to; row++) {
            rows.add(new RowVerdict(row, stretch.line + row - stretch.from,
                    written.getOrDefault(first + row - from, ""), stretch.verdict, ""));
        }
        return rows;
    }
}
