package io.caravan.audience;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

import io.caravan.mail.ContactId;

/** Imports to look at: what came in, when, and what became of its rows. However many rows there are, no call reads more than a window. */
@Repository
public class ImportHistory {

    /** How many rows one call looks at for a verdict that no key finds. */
    static final int WINDOW = 20_000;
    private static final int LATELY = 200;
    private static final String SELECT = "select i.*, l.name from import i join list l on l.id = i.list_id ";

    /** One row of a file for one person. */
    public record Touch(long importId, String file, long row, Verdict verdict, String reason) {
    }

    /**
     * A piece of an import's rows.
     *
     * @param next where to go on, the row that was looked at last; null: these are the last. The piece may be short, even empty, and yet
     *             not be the last
     */
    public record Piece(List<RowVerdict> rows, @Nullable Long next) {
    }

    private final JdbcClient jdbc;

    ImportHistory(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** The newest first. */
    public List<ImportLine> page(long before, int limit) {
        return jdbc.sql(SELECT + "where i.id < :before order by i.id desc limit :limit").param("before", before)
                .param("limit", limit).query((rs, _) -> ImportLine.of(rs)).list();
    }

    /** Those of one list, the newest first. */
    public List<ImportLine> of(String list, int limit) {
        return jdbc.sql(SELECT + "where l.name = :list order by i.id desc limit :limit").param("list", list)
                .param("limit", limit).query((rs, _) -> ImportLine.of(rs)).list();
    }

    public Optional<ImportLine> find(long id) {
        return jdbc.sql(SELECT + "where i.id = :id").param("id", id).query((rs, _) -> ImportLine.of(rs)).optional();
    }

    /** Rows of all imports by verdict, from the kept counts. */
    public Map<Verdict, Long> totals() {
        Map<Verdict, Long> totals = new EnumMap<>(Verdict.class);
        jdbc.sql("""
                select sum(accepted) accepted, sum(updated) updated, sum(unchanged) unchanged, sum(duplicate) duplicate,
                       sum(suppressed) suppressed, sum(invalid) invalid from import""").query((rs, _) -> {
            for (Verdict verdict : Verdict.values()) {
                totals.put(verdict, rs.getLong(verdict.word()));
            }
            return totals;
        }).list();
        return totals;
    }

    /** Changes when anything of the import changes. */
    public String stamp(long id) {
        return jdbc.sql("select concat(state, ' ', through_row) from import where id = :id").param("id", id)
                .query(String.class).optional().orElse("");
    }

    /** Changes when an import begins, moves or ends. */
    public String stamp() {
        return jdbc.sql("""
                select concat(count(*), ' ', coalesce(sum(through_row), 0), ' ', coalesce(max(id), 0), ' ',
                              group_concat(state order by id))
                  from (select id, state, through_row from import order by id desc limit 20) lately""")
                .query(String.class).optional().orElse("");
    }

    /**
     * The rows after one, in the order of the file.
     *
     * @param verdict only these; null: all. Invalid rows are found by a key, others by looking at some thousand rows a call
     */
    public Piece rows(long importId, @Nullable Verdict verdict, long after, int limit) {
        if (verdict == null || verdict == Verdict.INVALID) {
            String invalid = verdict == null ? "" : " and contact_id is null";
            List<RowVerdict> rows = read("select row_no, line_no, written, verdict, reason from import_row"
                    + " where import_id = :id" + invalid + " and row_no > :after order by row_no limit :limit",
                    importId,
                    after, limit + 1);
            return new Piece(rows.subList(0, Math.min(limit, rows.size())),
                    rows.size() > limit ? rows.get(limit - 1).row() : null);
        }
        return looked(importId, verdict, after, limit);
    }

    private Piece looked(long importId, Verdict verdict, long after, int limit) {
        Long end = jdbc.sql("""
                select max(row_no) from (select row_no from import_row where import_id = :id and row_no > :after
                                          order by row_no limit %d) w having count(*) = %1$d""".formatted(WINDOW))
                .param("id", importId).param("after", after).query(Long.class).optional().orElse(null);
        List<RowVerdict> rows = read("select row_no, line_no, written, verdict, reason from import_row"
                + " where import_id = :id and row_no > :after and row_no <= " + (end == null ? Long.MAX_VALUE : end)
                + " and verdict = '" + verdict.word() + "' order by row_no limit :limit", importId, after, limit + 1);
        return rows.size() > limit
                ? new Piece(rows.subList(0, limit), rows.get(limit - 1).row())
                : new Piece(rows, end);
    }

    private List<RowVerdict> read(String sql, long importId, long after, int limit) {
        return jdbc.sql(sql).param("id", importId).param("after", after).param("limit", limit)
                .query((rs, _) -> new RowVerdict(rs.getLong(1), rs.getLong(2), rs.getString(3),
                        Verdict.of(rs.getString(4)), rs.getString(5)))
                .list();
    }

    /** What the latest imports had of a person, the newest first. */
    public List<Touch> touching(ContactId contact) {
        return jdbc.sql("""
                select i.id, i.file, r.row_no, r.verdict, r.reason
                  from (select id, file from import order by id desc limit %d) i
                  straight_join import_row r on r.import_id = i.id and r.contact_id = :contact
                 order by i.id desc, r.row_no limit 100""".formatted(LATELY)).param("contact", contact.value())
                .query((rs, _) -> new Touch(rs.getLong(1), rs.getString(2), rs.getLong(3), Verdict.of(rs.getString(4)),
                        rs.getString(5)))
                .list();
    }
}
