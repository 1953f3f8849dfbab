package io.caravan.audience;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

import io.caravan.mail.ContactId;

/** Imports to look at: what came in, when, and what became of its rows. However many rows there are, each call reads those that it gives. */
@Repository
public class ImportHistory {

    private static final int LATELY = 200;
    private static final int MOST = 498; // and as many spans, one before them and one behind
    private static final String SELECT = "select i.*, l.name from import i join list l on l.id = i.list_id ";

    /** One row of a file for one person. */
    public record Touch(long importId, String file, long row, Verdict verdict, String reason) {
    }

    /**
     * A piece of an import's rows.
     *
     * @param next where to go on, the row that was given last; null: these are the last
     */
    public record Piece(List<RowVerdict> rows, @Nullable Long next) {
    }

    private final JdbcClient jdbc;
    private final VerdictSpans spans;
    private final Stretches stretches;

    ImportHistory(JdbcClient jdbc, JdbcTemplate template) {
        this.jdbc = jdbc;
        spans = new VerdictSpans(template);
        stretches = new Stretches(template);
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
     * @param verdict only these; null: all
     */
    public Piece rows(long importId, @Nullable Verdict verdict, long after, int limit) {
        int most = Math.min(limit + 1, MOST);
        List<RowVerdict> rows = verdict == null
                ? stretches.page(importId, after, most)
                : stretches.rows(importId, spans.rows(importId, verdict, after, most));
        List<RowVerdict> given = rows.subList(0, Math.min(limit, rows.size()));
        return new Piece(given, rows.size() == most ? given.getLast().row() : null);
    }

    /** What the latest imports had of a person, the newest first. */
    public List<Touch> touching(ContactId contact) {
        return jdbc.sql("""
                with i as (select id, file from import order by id desc limit %d)
                select i.id, i.file, r.row_no, r.verdict, r.reason
                  from i straight_join import_row r on r.import_id = i.id and r.contact_id = :contact
                union all
                select i.id, i.file, p.row_no, (select s.verdict from import_stretch s where s.import_id = p.import_id
                                                   and s.from_row <= p.row_no order by s.from_row desc limit 1), ''
                  from i straight_join import_person p on p.import_id = i.id and p.contact_id = :contact
                 where not exists (select 1 from import_row r where r.import_id = p.import_id and r.row_no = p.row_no)
                 order by 1 desc, 3 limit 100""".formatted(LATELY)).param("contact", contact.value())
                .query((rs, _) -> new Touch(rs.getLong(1), rs.getString(2), rs.getLong(3), Verdict.of(rs.getString(4)),
                        rs.getString(5)))
                .list();
    }
}
