package io.caravan.config;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;

/** Whether a server that somebody else runs will do: MariaDB 10.11 or newer, in UTC, strict, READ COMMITTED, with our collation. */
final class ExternalDatabase {

    private static final int PATIENCE_MILLIS = 5_000;

    private ExternalDatabase() {
    }

    /** @throws StartRefused in one sentence, if it cannot be reached or will not do */
    static void check(EmbeddedDatabase.Address address) {
        try (Connection connection = connect(address); Statement statement = connection.createStatement()) {
            String said = one(statement, "select version()");
            ServerVersion version = ServerVersion.find(said.startsWith("5.5.5-") ? said.substring(6) : said);
            if (!said.contains("MariaDB") || version == null || version.compareTo(ServerVersion.OLDEST) < 0) {
                throw new StartRefused("the database " + address.url() + " is '" + said + "', and MariaDB "
                        + ServerVersion.OLDEST
                        + " or newer is needed: name another with caravan.database.url, or none to have the embedded one");
            }
            statement.execute("set session transaction isolation level read committed");
            statement.execute("set time_zone = '+00:00', sql_mode = 'STRICT_ALL_TABLES'");
            statement.execute("set names utf8mb4 collate utf8mb4_nopad_bin");
            if (one(statement,
                    "select count(*) from information_schema.engines where engine = 'InnoDB' and support in ('YES', 'DEFAULT')")
                    .equals("0")) {
                throw new StartRefused(
                        "the database " + address.url() + " has no InnoDB: enable it, Caravan keeps everything there");
            }
        } catch (SQLException e) {
            throw new StartRefused("the database " + address.url() + " cannot be used (" + reason(e)
                    + "): check caravan.database.url, .username and .password, and that it runs", e);
        }
    }

    static boolean answers(EmbeddedDatabase.Address address) {
        try (Connection connection = connect(address)) {
            return connection.isValid(PATIENCE_MILLIS / 1000);
        } catch (SQLException e) {
            return false;
        }
    }

    private static Connection connect(EmbeddedDatabase.Address address) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", address.username());
        properties.setProperty("password", address.password());
        properties.setProperty("connectTimeout", Integer.toString(PATIENCE_MILLIS));
        return DriverManager.getConnection(address.url(), properties);
    }

    private static String one(Statement statement, String sql) throws SQLException {
        try (ResultSet result = statement.executeQuery(sql)) {
            return result.next() ? String.valueOf(result.getString(1)) : "";
        }
    }

    /** The driver's words without its connection number. */
    private static String reason(SQLException failure) {
        return String.valueOf(failure.getMessage()).lines().findFirst().orElse("").replaceFirst("^\\(conn=\\d+\\)\\s*",
                "");
    }
}
