package io.caravan.delivery;

import java.util.function.Supplier;

import org.springframework.jdbc.core.simple.JdbcClient;

/** How many rows the server reads for one connection, in keys too. */
final class SessionReads {

    private final JdbcClient jdbc;

    /** @param jdbc on a single connection: what others read does not count */
    SessionReads(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** Rows, less those that asking itself reads. */
    long of(Supplier<?> work) {
        long first = counted();
        long asking = counted() - first;
        work.get();
        return counted() - first - 2 * asking;
    }

    private long counted() {
        return jdbc.sql("select sum(variable_value) from information_schema.session_status"
                + " where variable_name like 'Handler_read%'").query(Long.class).single();
    }
}
