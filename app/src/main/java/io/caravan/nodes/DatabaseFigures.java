package io.caravan.nodes;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** How the database is: asked by connections that soon give up, so that a page about health answers when the database does not. */
@Repository
public class DatabaseFigures {

    /** The rooms by what their tables are called; the longest beginning that fits counts. */
    private static final Map<String, String> ROOMS = Map.ofEntries(Map.entry("contact", "audience"),
            Map.entry("list", "audience"), Map.entry("import", "audience"), Map.entry("content", "content"),
            Map.entry("campaign", "campaigns"), Map.entry("run", "campaigns"), Map.entry("run_count", "deliveries"),
            Map.entry("delivery", "deliveries"), Map.entry("plan", "deliveries"), Map.entry("stretch", "deliveries"),
            Map.entry("batch", "deliveries"), Map.entry("retry", "deliveries"), Map.entry("hold", "deliveries"),
            Map.entry("attempt", "deliveries"), Map.entry("evidence", "deliveries"), Map.entry("lane", "pacing"),
            Map.entry("scope", "pacing"), Map.entry("suppression", "suppressions"), Map.entry("mailbox", "mailbox"),
            Map.entry("node", "nodes"), Map.entry("turn", "nodes"), Map.entry("installation", "nodes"),
            Map.entry("qrtz", "schedules"), Map.entry("dkim", "identities"));

    /** The tables of a room: bytes of rows and keys, as the database estimates them. */
    public record Share(String room, long bytes) {
    }

    private final JdbcClient urgent;

    DatabaseFigures(@Qualifier("urgent") JdbcClient urgent) {
        this.urgent = urgent;
    }

    /** One round trip. */
    public Duration latency() {
        long before = System.nanoTime();
        urgent.sql("select 1").query(Integer.class).single();
        return Duration.ofNanos(System.nanoTime() - before);
    }

    public String version() {
        return urgent.sql("select version()").query(String.class).single();
    }

    /** Reads the database's catalogue: tens of milliseconds, so not to be asked at every turn. The largest first. */
    public List<Share> shares() {
        Map<String, Long> bytes = new TreeMap<>();
        urgent.sql("""
                select table_name, coalesce(data_length, 0) + coalesce(index_length, 0) from information_schema.tables
                where table_schema = database() and table_type = 'BASE TABLE'""").query(row -> {
            bytes.merge(room(row.getString(1)), row.getLong(2), Long::sum);
        });
        return bytes.entrySet().stream().map(each -> new Share(each.getKey(), each.getValue()))
                .sorted(Comparator.comparing(Share::bytes).reversed()).toList();
    }

    static String room(String table) {
        String name = table.toLowerCase(Locale.ROOT);
        return ROOMS.keySet().stream().filter(name::startsWith).max(Comparator.comparing(String::length))
                .map(ROOMS::get).orElse("others");
    }
}
