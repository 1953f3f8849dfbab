package io.caravan.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The product as a process of its own, as a user starts it, and its database to look into. */
final class Product implements AutoCloseable {

    final Path data;
    final Process process;
    private final Connection database;

    private Product(Path data, Process process) throws Exception {
        this.data = data;
        this.process = process;
        Properties access = new Properties();
        try (var in = Files.newInputStream(data.resolve("keys/database"))) {
            access.load(in);
        }
        database = DriverManager
                .getConnection(access.getProperty("url") + (access.getProperty("url").contains("?") ? "&" : "?")
                        + "allowLocalInfile=true", access.getProperty("username"), access.getProperty("password"));
        database.createStatement().execute("set time_zone = '+00:00'");
    }

    /** In production, with everything routed to the sink over 20 connections. */
    static Product before(Sink sink, String heap) throws Exception {
        return start(heap, "--caravan.mode=production",
                "--caravan.relays.sink.uri=smtp://127.0.0.1:" + sink.port + "?tls=none",
                "--caravan.relays.sink.connections=20", "--caravan.routing.default=relay:sink");
    }

    static Product start(String heap, String... options) throws Exception {
        Path data = Files.createTempDirectory(Path.of("target"), "bench-").toAbsolutePath();
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin/java").toString(), "-Xmx" + heap,
                        "--enable-native-access=ALL-UNNAMED", "-XX:+UseParallelGC", "-cp", classPath(),
                        "io.caravan.Application", "serve",
                        "--caravan.data=" + data, "--server.port=0", "--spring.main.banner-mode=off"));
        command.addAll(List.of(options));
        Process process = new ProcessBuilder(command).redirectErrorStream(true)
                .redirectOutput(data.resolve("log").toFile()).start();
        long until = System.nanoTime() + Duration.ofMinutes(2).toNanos();
        while (!Files.readString(data.resolve("log")).contains("Pages: ")) {
            if (!process.isAlive() || System.nanoTime() > until) {
                throw new IllegalStateException("the product did not start:\n" + Files.readString(data.resolve("log")));
            }
            Thread.sleep(20);
        }
        return new Product(data, process);
    }

    /** The product's own classes and libraries, without the tests'. */
    private static String classPath() {
        String whole = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        return Stream.of(whole.split(java.io.File.pathSeparator)).filter(entry -> !entry.endsWith("test-classes"))
                .collect(java.util.stream.Collectors.joining(java.io.File.pathSeparator));
    }

    Ticks application() {
        return new Ticks(process.pid());
    }

    Ticks databaseServer() throws IOException {
        return new Ticks(Long.parseLong(Files.readString(data.resolve("db/pid")).strip()));
    }

    void drop(String name, String text) throws IOException {
        Path half = data.resolve("drop/." + name + ".part");
        Files.createDirectories(half.getParent());
        Files.writeString(half, text, StandardCharsets.UTF_8);
        Files.move(half, data.resolve("drop").resolve(name), StandardCopyOption.ATOMIC_MOVE);
    }

    long number(String sql) throws SQLException {
        try (ResultSet rs = database.createStatement().executeQuery(sql)) {
            return rs.next() ? rs.getLong(1) : 0;
        }
    }

    Connection database() {
        return database;
    }

    /** The last run of a campaign, once it is over. */
    long finished(String campaign) throws Exception {
        String sql = "select max(r.id) from run r join campaign c on c.id = r.campaign_id where r.state in ('finished', 'refused') and c.name = '"
                + campaign + "'";
        long run = number(sql);
        while (run == 0) {
            if (!process.isAlive()) {
                throw new IllegalStateException("the product ended:\n" + log());
            }
            Thread.sleep(20);
            run = number(sql);
        }
        return run;
    }

    void imported(String list, long rows) throws Exception {
        while (number(
                "select count(*) from import i join list l on l.id = i.list_id where i.state = 'finished' and l.name = '"
                        + list + "'") == 0) {
            Thread.sleep(20);
        }
        long members = number(
                "select count(*) from list_member m join list l on l.id = m.list_id where l.name = '" + list + "'");
        if (members != rows) {
            throw new IllegalStateException(list + " has " + members + " members, not " + rows);
        }
    }

    String log() throws IOException {
        return Files.readString(data.resolve("log"));
    }

    @Override
    public void close() throws Exception {
        database.close();
        process.destroy();
        if (!process.waitFor(40, TimeUnit.SECONDS)) {
            process.destroyForcibly();
        }
        try (Stream<Path> all = Files.walk(data)) {
            all.sorted(Comparator.reverseOrder()).forEach(path -> path.toFile().delete());
        }
    }
}
