package io.caravan.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * How many rows the database reads of a table while something is done: by MariaDB's own counters of each table (its handlers' reads, in
 * keys too), which tell one schema from another, so what other tests do at the same time does not count.
 */
final class RowsRead {

    /** What was answered, and how many rows of each table it cost; tables of which none was read are not there. */
    record Cost<T>(T answer, Map<String, Long> tables) {

        /** Of the table that was read most. */
        long rows() {
            return tables.values().stream().mapToLong(Long::longValue).max().orElse(0);
        }
    }

    private final JdbcClient jdbc;
    private final List<String> tables;

    RowsRead(JdbcClient jdbc, String... tables) {
        this.jdbc = jdbc;
        this.tables = List.of(tables);
        if (jdbc.sql("select @@userstat").query(Integer.class).single() == 0) {
            count();
        }
    }

    /** Only an administrator may switch the counters on: by the socket of the embedded server that all tests share, as root. */
    private void count() {
        String data = jdbc.sql("select @@datadir").query(String.class).single();
        String base = jdbc.sql("select @@basedir").query(String.class).single();
        try {
            Process client = new ProcessBuilder(base + "/bin/mariadb", "--no-defaults", "--user=root", "--skip-ssl",
                    "--socket=" + data + "/mariadbd.sock", "--execute=set global userstat = 1")
                    .redirectErrorStream(true)
                    .start();
            String said = new String(client.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (client.waitFor() != 0) {
                throw new IllegalStateException("the counters of tables are off, and could not be switched on: " + said
                        + "; on a server of your own: set global userstat = 1");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    <T> Cost<T> during(Supplier<T> work) {
        Map<String, Long> before = now();
        T answer = work.get();
        Map<String, Long> cost = new TreeMap<>(now());
        before.forEach((table, rows) -> cost.merge(table, -rows, Long::sum));
        cost.values().removeIf(rows -> rows == 0);
        return new Cost<>(answer, cost);
    }

    private Map<String, Long> now() {
        Map<String, Long> rows = new TreeMap<>();
        jdbc.sql("select table_name, sum(rows_read) from information_schema.table_statistics"
                + " where table_schema = database() and table_name in (:tables) group by table_name")
                .param("tables", tables).query((rs, _) -> rows.put(rs.getString(1), rs.getLong(2))).list();
        return rows;
    }
}
