package io.caravan.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
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

    private static final Duration PATIENCE = Duration.ofMinutes(20);

    final Path data;
    final Process process;
    private final Path address;
    private final Connection database;

    private Product(Path data, Process process, Path address) throws Exception {
        this.data = data;
        this.process = process;
        this.address = address;
        Properties access = access();
        database = DriverManager
                .getConnection(access.getProperty("url") + (access.getProperty("url").contains("?") ? "&" : "?")
                        + "allowLocalInfile=true", access.getProperty("username"), access.getProperty("password"));
        database.createStatement().execute("set time_zone = '+00:00'");
    }

    /** In production, with everything routed to the sink over 20 connections. */
    static Product before(Sink sink, String heap) throws Exception {
        return start(heap, to(sink.port));
    }

    /** In production, with everything routed to this port over 20 connections. */
    static String[] to(int port) {
        return new String[]{"--caravan.mode=production", "--caravan.relays.sink.uri=smtp://127.0.0.1:" + port
                + "?tls=none", "--caravan.relays.sink.connections=20", "--caravan.routing.default=relay:sink"};
    }

    static Product start(String heap, String... options) throws Exception {
        return start(new Launch(heap), options);
    }

    static Product start(Launch launch, String... options) throws Exception {
        Path data = Files.createTempDirectory(Path.of("target"), "bench-").toAbsolutePath();
        List<String> all = new ArrayList<>(List.of("serve", "--caravan.data=" + data, "--server.port=0",
                "--spring.main.banner-mode=off"));
        all.addAll(List.of(options));
        if (launch.beside() != null) {
            all.addAll(shared(launch.beside(), data));
        }
        Process process = launch.process(all).redirectErrorStream(true).redirectOutput(data.resolve("log").toFile())
                .start();
        try {
            awaitPages(process, data.resolve("log"));
            return new Product(data, process,
                    launch.beside() == null ? data.resolve("keys/database") : launch.beside().address);
        } catch (Exception e) {
            end(process, data);
            throw e;
        }
    }

    private static void awaitPages(Process process, Path log) throws Exception {
        long until = System.nanoTime() + PATIENCE.toNanos();
        while (!Files.readString(log).contains("Pages: ")) {
            if (!process.isAlive() || System.nanoTime() > until) {
                Path server = log.resolveSibling("db/server.log"); // the folder goes, so its words are told here
                throw new IllegalStateException("the product did not start:\n" + Files.readString(log)
                        + (Files.exists(server) ? "\nthe database:\n" + Files.readString(server) : ""));
            }
            Thread.sleep(20);
        }
    }

    /** What makes a node one of those that use the other's database. */
    private static List<String> shared(Product first, Path data) throws IOException {
        Path keys = Files.createDirectory(data.resolve("keys"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        for (String name : List.of("secret", "token")) {
            Files.copy(first.data.resolve("keys").resolve(name), keys.resolve(name),
                    StandardCopyOption.COPY_ATTRIBUTES);
        }
        Properties access = first.access();
        return List.of("--caravan.database.url=" + access.getProperty("url"),
                "--caravan.database.username=" + access.getProperty("username"),
                "--caravan.database.password=" + access.getProperty("password"));
    }

    private Properties access() throws IOException {
        Properties access = new Properties();
        try (var in = Files.newInputStream(address)) {
            access.load(in);
        }
        return access;
    }

    /** A verb beside the running server, as a process of its own. */
    void verb(String... words) throws Exception {
        List<String> all = new ArrayList<>(List.of(words));
        all.add("--caravan.data=" + data);
        Process verb = new Launch("128m").process(all).redirectErrorStream(true)
                .redirectOutput(data.resolve("verb.log").toFile()).start();
        if (!verb.waitFor(2, TimeUnit.MINUTES) || verb.exitValue() != 0) {
            verb.destroyForcibly();
            throw new IllegalStateException(
                    String.join(" ", words) + " failed:\n" + Files.readString(data.resolve("verb.log")));
        }
    }

    /** Has all mail from src.example signed with a new RSA key of 2,048 bits; returns when that is so. */
    void sign() throws Exception {
        verb("dkim", "src.example", "new", "s1");
        verb("dkim", "src.example", "activate", "s1", "--unchecked");
        long until = System.nanoTime() + PATIENCE.toNanos();
        while (number("select count(*) from dkim_key where signs_from < utc_timestamp(6)") == 0) {
            pause(until, "the key does not sign");
        }
    }

    Ticks application() {
        return new Ticks(process.pid());
    }

    Ticks databaseServer() throws IOException {
        return new Ticks(Long.parseLong(Files.readString(address.resolveSibling("../db/pid")).strip()));
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

    /** Waits until a campaign's run sends. */
    void sending(String campaign) throws Exception {
        run(campaign, "'running', 'finished', 'refused'", campaign + " did not begin to send");
    }

    /** The last run of a campaign, once it is over. */
    long finished(String campaign) throws Exception {
        return run(campaign, "'finished', 'refused'", campaign + " did not finish");
    }

    private long run(String campaign, String states, String late) throws Exception {
        String sql = "select max(r.id) from run r join campaign c on c.id = r.campaign_id where r.state in (" + states
                + ") and c.name = '" + campaign + "'";
        long until = System.nanoTime() + PATIENCE.toNanos();
        long run = number(sql);
        while (run == 0) {
            pause(until, late);
            run = number(sql);
        }
        return run;
    }

    /** A moment's wait. @throws IllegalStateException if it is late, or the product has ended */
    void pause(long until, String late) throws Exception {
        if (!process.isAlive() || System.nanoTime() > until) {
            throw new IllegalStateException((process.isAlive() ? late : "the product ended") + ":\n" + log());
        }
        Thread.sleep(20);
    }

    void imported(String list, long rows) throws Exception {
        long until = System.nanoTime() + PATIENCE.toNanos();
        while (number(
                "select count(*) from import i join list l on l.id = i.list_id where i.state = 'finished' and l.name = '"
                        + list + "'") == 0) {
            pause(until, list + " was not imported");
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
        end(process, data);
    }

    /** In order if it can be; what is left then, a database too, at once. Its folder goes with it. */
    private static void end(Process process, Path data) throws Exception {
        process.destroy();
        if (!process.waitFor(40, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
        }
        String ours = "--datadir=" + data.resolve("db/data");
        List<ProcessHandle> left = ProcessHandle.allProcesses()
                .filter(each -> each.info().arguments().map(List::of).orElse(List.of()).contains(ours)).toList();
        left.forEach(ProcessHandle::destroyForcibly);
        left.forEach(each -> each.onExit().join());
        try (Stream<Path> all = Files.walk(data)) {
            all.sorted(Comparator.reverseOrder()).forEach(path -> path.toFile().delete());
        }
    }
}
