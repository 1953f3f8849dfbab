package io.caravan.e2e;

import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

/** An installation's ledger, read through the address in {@code keys/database}. A connection for each look: any of them may be the last. */
public final class Database {

    private final Path address;

    Database(Path address) {
        this.address = address;
    }

    /** @throws SQLException it does not answer */
    public List<List<String>> rows(String sql) throws SQLException {
        try (Connection connection = connection(); Statement statement = connection.createStatement()) {
            ResultSet found = statement.executeQuery(sql);
            List<List<String>> rows = new ArrayList<>();
            while (found.next()) {
                List<String> row = new ArrayList<>();
                for (int i = 1; i <= found.getMetaData().getColumnCount(); i++) {
                    row.add(found.getString(i));
                }
                rows.add(row);
            }
            return rows;
        }
    }

    /** Statements that tell a test more than the ledgers do: a trigger that notes, say. */
    void change(String... statements) throws SQLException {
        try (Connection connection = connection(); Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    public long number(String sql) throws SQLException {
        return Long.parseLong(rows(sql).getFirst().getFirst());
    }

    public boolean answers() {
        try {
            return number("select 1") == 1;
        } catch (SQLException e) {
            return false;
        }
    }

    /** The state of a campaign's latest run, "none" before there is one. */
    public String runState(String campaign) throws SQLException {
        List<List<String>> found = rows(
                "select r.state from run r join campaign c on c.id = r.campaign_id where c.name = '"
                        + campaign + "' order by r.id desc limit 1");
        return found.isEmpty() ? "none" : found.getFirst().getFirst();
    }

    /** The counts of all runs by state, those that are zero left out. */
    public Map<String, Long> counts() throws SQLException {
        Map<String, Long> counts = new TreeMap<>();
        for (List<String> row : rows("select state, sum(n) from run_count group by state having sum(n) <> 0")) {
            counts.put(row.get(0), Long.parseLong(row.get(1)));
        }
        return counts;
    }

    /** By state, the rows themselves. Equal to {@link #counts} but for those that are sending. */
    public Map<String, Long> settledRows() throws SQLException {
        Map<String, Long> counts = new TreeMap<>();
        for (List<String> row : rows("select state, count(*) from delivery group by state")) {
            counts.put(row.get(0), Long.parseLong(row.get(1)));
        }
        return counts;
    }

    public List<String> addresses(String state) throws SQLException {
        return rows("select address from delivery where state = '" + state + "' order by run_id, n").stream()
                .map(List::getFirst).toList();
    }

    /** Batches of an earlier life of the node that are not settled. */
    public long leftOpen() throws SQLException {
        return number(
                "select count(*) from batch b join node n on n.id = b.node_id where b.state = 'open' and b.epoch < n.epoch");
    }

    private Connection connection() throws SQLException {
        Properties known = new Properties();
        try {
            known.load(new StringReader(Files.readString(address)));
        } catch (IOException e) {
            throw new SQLException("no server has written " + address, e);
        }
        return DriverManager.getConnection(known.getProperty("url") + "?connectTimeout=2000&socketTimeout=20000",
                known.getProperty("username"), known.getProperty("password"));
    }
}
