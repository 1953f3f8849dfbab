package io.caravan;

import java.sql.Connection;
import java.sql.DriverManager;
import java.util.Deque;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedDeque;
import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import org.flywaydb.core.Flyway;

/**
 * A fresh, migrated schema on a real MariaDB for each test class that asks: on the server that CARAVAN_TEST_DB_URL names, else on one
 * embedded server for the whole JVM, whose files go with it.
 */
public final class TestDatabase {

    /** Where a schema is, and who may use it. */
    public record Address(String url, String username, String password) {
    }

    private static final Deque<Runnable> LAST = new ConcurrentLinkedDeque<>();
    private static final Address SERVER = server();

    private TestDatabase() {
    }

    /** A pool set up as the product's own pools are: UTC, READ COMMITTED, strict. */
    public static DataSource fresh() {
        Address schema = freshSchema();
        HikariDataSource pool = new HikariDataSource();
        pool.setJdbcUrl(schema.url());
        pool.setUsername(schema.username());
        pool.setPassword(schema.password());
        pool.setMaximumPoolSize(8);
        pool.setMinimumIdle(0); // a class that is over must not keep connections of the one server that all share
        pool.setIdleTimeout(10_000);
        pool.setTransactionIsolation("TRANSACTION_READ_COMMITTED");
        pool.addDataSourceProperty("connectionTimeZone", "UTC");
        pool.addDataSourceProperty("preserveInstants", "true");
        pool.setConnectionInitSql(
                "set time_zone = '+00:00', sql_mode = 'STRICT_ALL_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE,"
                        + "ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION'");
        Flyway.configure().dataSource(pool).locations("classpath:db/migration").load().migrate();
        return pool;
    }

    /** An empty schema, for tests that start the application on an external server ({@code caravan.database.url}). */
    public static Address freshSchema() {
        String name = "caravan_t_" + UUID.randomUUID().toString().replace("-", "");
        try (Connection connection = DriverManager.getConnection(SERVER.url(), SERVER.username(), SERVER.password())) {
            connection.createStatement()
                    .execute("create database " + name + " character set utf8mb4 collate utf8mb4_nopad_bin");
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
        return new Address(SERVER.url().replaceFirst("/[^/]*$", "/" + name), SERVER.username(), SERVER.password());
    }

    /** What is to happen at the end of this JVM while the database is still there: a server that was kept for all tests is closed. */
    public static void atEnd(Runnable closing) {
        LAST.addFirst(closing);
    }

    static void end() {
        LAST.forEach(Runnable::run);
    }

    private static Address server() {
        String url = System.getenv("CARAVAN_TEST_DB_URL");
        if (url != null && !url.isEmpty()) {
            Runtime.getRuntime().addShutdownHook(new Thread(TestDatabase::end));
            return new Address(url, "dev", "dev");
        }
        try {
            // by name: with a server given, these tests need nothing but the rooms that they test
            return (Address) Class.forName("io.caravan.EmbeddedTestServer").getMethod("start").invoke(null);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }
}
