package io.caravan.delivery;

import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import org.springframework.jdbc.core.simple.JdbcClient;

import io.caravan.delivery.PlanOrder.Who;

/** Reads whom a run is for, slice by slice in the order of their contacts, always one slice ahead of what is written. */
final class PlanReading implements AutoCloseable {

    /** @param reason empty, or why the person gets no mail of this run */
    record Person(long contact, int version, String address, String domain, String reason) {
    }

    private final ExecutorService thread = Executors
            .newSingleThreadExecutor(Thread.ofPlatform().daemon().name("plan-reading").factory());
    private final JdbcClient jdbc;
    private final Who who;
    private final int size;
    private final String sql;
    private Future<List<Person>> ahead;

    /** @param after the contact after whom it begins */
    PlanReading(JdbcClient jdbc, Who who, long after, int size) {
        this.jdbc = jdbc;
        this.who = who;
        this.size = size;
        sql = "select c.id, c.version, c.written, c.domain, " + AudienceSql.reason(who) + " from ("
                + AudienceSql.contacts(who) + ") a straight_join contact c on c.id = a.contact_id";
        ahead = thread.submit(() -> read(after));
    }

    /** The next slice, empty at the end. */
    List<Person> next() {
        List<Person> slice = arrived();
        if (!slice.isEmpty()) {
            long last = last(slice);
            ahead = thread.submit(() -> read(last));
        }
        return slice;
    }

    /** Up to whom a slice goes. */
    static long last(List<Person> slice) {
        return slice.stream().mapToLong(Person::contact).max().orElseThrow();
    }

    private List<Person> read(long after) {
        return AudienceSql.bind(jdbc.sql(sql), who, after, size).query((rs, _) -> new Person(rs.getLong(1),
                rs.getInt(2), rs.getString(3), rs.getString(4), rs.getString(5))).list();
    }

    private List<Person> arrived() {
        try {
            return ahead.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("stopped while planning; the plan is gone on with at the next start", e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException fault ? fault : new IllegalStateException(e.getCause());
        }
    }

    @Override
    public void close() {
        thread.close();
    }
}
