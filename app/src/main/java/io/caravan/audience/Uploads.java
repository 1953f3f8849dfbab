package io.caravan.audience;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Files that were uploaded, and how columns were mapped when the same header came last. */
@Repository
public class Uploads {

    private final JdbcClient jdbc;
    private final InstantSource clock;

    Uploads(JdbcClient jdbc, InstantSource clock) {
        this.jdbc = jdbc;
        this.clock = clock;
    }

    /** @param node in whose data folder it will lie */
    public Upload add(String node, String file, long bytes) {
        String name = file.isBlank() ? "upload.csv" : file.substring(0, Math.min(file.length(), 255));
        long id = jdbc.sql("""
                insert into upload (node, file, bytes, created_at) values (:node, :file, :bytes, :now) returning id""")
                .param("node", node).param("file", name).param("bytes", bytes)
                .param("now", Times.utc(clock.instant())).query(Long.class).single();
        return find(node, id).orElseThrow();
    }

    public Optional<Upload> find(String node, long id) {
        return jdbc.sql("select * from upload where id = :id and node = :node").param("id", id).param("node", node)
                .query((rs, _) -> upload(rs)).optional();
    }

    /** This node's, the oldest first. */
    public List<Upload> of(String node) {
        return jdbc.sql("select * from upload where node = :node order by id").param("node", node)
                .query((rs, _) -> upload(rs)).list();
    }

    /**
     * Its columns are known: from now on it is the file of that import.
     *
     * @return false if it was given to one already
     */
    public boolean give(long id, long importId, List<String> columns, boolean hasHeader) {
        return jdbc.sql("""
                update upload set import_id = :import, columns = :columns, has_header = :header
                 where id = :id and import_id is null""").param("import", importId)
                .param("columns", columns.isEmpty() ? null : String.join("\n", columns)).param("header", hasHeader)
                .param("id", id).update() == 1;
    }

    public void remove(long id) {
        jdbc.sql("delete from upload where id = :id").param("id", id).update();
    }

    /** How the columns of files with this header were mapped last, empty if they never were. */
    public List<String> mapping(String headerSha256) {
        return jdbc.sql("select columns from column_mapping where header = :header").param("header", headerSha256)
                .query(String.class).optional().map(Uploads::names).orElse(List.of());
    }

    public void remember(String headerSha256, List<String> columns) {
        jdbc.sql("""
                insert into column_mapping (header, columns, used_at) values (:header, :columns, :now)
                on duplicate key update columns = value(columns), used_at = value(used_at)""")
                .param("header", headerSha256).param("columns", String.join("\n", columns))
                .param("now", Times.utc(clock.instant())).update();
    }

    private static Upload upload(ResultSet rs) throws SQLException {
        long importId = rs.getLong("import_id");
        boolean given = !rs.wasNull();
        String columns = rs.getString("columns");
        Instant at = Times.instant(rs, "created_at");
        return new Upload(rs.getLong("id"), rs.getString("file"), rs.getLong("bytes"),
                given ? Long.valueOf(importId) : null,
                columns == null ? List.of() : names(columns), rs.getBoolean("has_header"), at);
    }

    private static List<String> names(String lines) {
        return List.of(lines.split("\n", -1));
    }
}
