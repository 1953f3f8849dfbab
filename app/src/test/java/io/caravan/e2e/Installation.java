package io.caravan.e2e;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import org.springframework.context.ConfigurableApplicationContext;

import io.caravan.Application;
import io.caravan.TestDatabase;
import io.caravan.cli.Caravan;
import io.caravan.config.Starter;

import static org.awaitility.Awaitility.await;

/**
 * The application as an owner runs it: a process of its own on a data folder of its own, with the database that it embeds. It can be
 * killed and stopped, and so can its database. What it sends goes to a relay at a port of this machine.
 */
public final class Installation implements AutoCloseable {

    private static final String MARK = "=== start";
    private static final Duration START = Duration.ofSeconds(120); // of a machine that does much else
    private static final String MINE = Long.toString(ProcessHandle.current().pid());
    private static final Path SHARED = Path.of("target/e2e").toAbsolutePath();
    private static Path template;
    private static String classPath;

    private final Path data;
    private final List<String> settings;
    private final Database database;
    private List<String> jvmOptions = List.of();
    private Process process;
    private Gap fatal;

    private Installation(Path data, List<String> settings, Path database) {
        this.data = data;
        this.settings = settings;
        this.database = new Database(database);
    }

    /** With a database that is installed already, not yet running. {@code settings} are options as on the command line. */
    public static Installation in(Path data, int relayPort, String... settings) {
        copy(template(), data);
        return of(data, relayPort, settings);
    }

    /** One node on a database that others use too, or that is to run on when the node does not. Soon there. */
    static Installation on(TestDatabase.Address schema, Path data, int relayPort, String... settings) {
        template(); // for what it leaves of the classes
        Path address = data.resolve("database.address");
        try {
            Files.createDirectories(data);
            Files.writeString(address, "url=%s\nusername=%s\npassword=%s\n".formatted(schema.url(), schema.username(),
                    schema.password()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        List<String> all = new ArrayList<>(options(data, relayPort, settings));
        all.addAll(List.of("--caravan.database.url=" + schema.url(), "--caravan.database.username=" + schema.username(),
                "--caravan.database.password=" + schema.password()));
        return new Installation(data, List.copyOf(all), address);
    }

    /** With all that is in this folder. */
    static Installation of(Path data, int relayPort, String... settings) {
        return new Installation(data, options(data, relayPort, settings), data.resolve("keys/database"));
    }

    private static List<String> options(Path data, int relayPort, String... settings) {
        List<String> all = new ArrayList<>(List.of("--caravan.data=" + data, "--server.port=0",
                "--caravan.mode=production", "--caravan.relays.sink.uri=smtp://127.0.0.1:" + relayPort + "?tls=none",
                "--caravan.routing.default=relay:sink", "--caravan.database.buffer-pool=64MB",
                "--caravan.database.log-size=32MB", "--caravan.public-url=https://mail.shop.example"));
        for (String setting : settings) { // one of these in place of one of those
            all.removeIf(known -> known.startsWith(setting.substring(0, setting.indexOf('=') + 1)));
            all.add(setting);
        }
        return List.copyOf(all);
    }

    /** Installing a database takes seconds, copying one does not; one for all tests of this JVM. */
    private static synchronized Path template() {
        if (template == null) {
            Path folder = SHARED.resolve("template-" + MINE);
            Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                delete(folder);
                delete(SHARED.resolve("classes-" + MINE));
            }));
            classPath = PackedClasses.into(SHARED.resolve("classes-" + MINE));
            try (Installation first = of(folder, 9)) {
                first.start().stop(Duration.ofSeconds(60));
            }
            template = folder;
        }
        return template;
    }

    /** Further options of the JVM, from the next start on. */
    Installation with(String... options) {
        jvmOptions = List.of(options);
        return this;
    }

    public Installation start() {
        launch();
        awaitRunning();
        return this;
    }

    /** Begins a start and does not wait for it. */
    public void launch() {
        try {
            Files.createDirectories(data);
            Files.writeString(log(), MARK + "\n", StandardOpenOption.APPEND, StandardOpenOption.CREATE);
            ProcessBuilder builder = new ProcessBuilder(command("serve")).redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()));
            builder.environment().put("MALLOC_ARENA_MAX", "2"); // as in Dockerfile
            process = builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts it to die in this gap, and waits until it has. */
    void dieIn(Gap gap) {
        fatal = gap;
        launch();
        fatal = null;
        int exit = awaitEnd(START);
        if (exit != Failpoints.DIED) {
            throw new AssertionError("it was to die in " + gap + " and ended with " + exit + ":\n" + lastWords());
        }
    }

    /** Until it says that it is up. */
    public void awaitRunning() {
        Process started = process;
        await().atMost(START).pollInterval(Duration.ofMillis(50)).until(() -> {
            if (!started.isAlive()) {
                throw new AssertionError(
                        "the application ended by itself with " + started.exitValue() + ":\n" + lastWords());
            }
            return saidSinceStart("Caravan is ready");
        });
    }

    private List<String> command(String... verb) {
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "--enable-native-access=ALL-UNNAMED", "-Xmx384m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC",
                "-XX:+AutoCreateSharedArchive",
                "-XX:SharedArchiveFile=" + SHARED.resolve("classes-" + MINE + "/loaded"),
                "-Xlog:cds=off", "-Xlog:cds+dynamic=off", "-cp", classPath, Application.class.getName()));
        if (fatal != null) {
            command.add(1, "-javaagent:" + Failpoints.jar(data.resolve("failpoints.jar")) + "=" + fatal);
        }
        command.addAll(1, jvmOptions);
        command.addAll(List.of(verb));
        command.addAll(settings);
        return command;
    }

    /** A verb beside the running server, in this JVM: a second, not three. */
    public String verb(String... words) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        List<String> all = new ArrayList<>(List.of(words));
        all.addAll(settings);
        int exit = new Caravan(new Starter(Application.class, (paths, environment, notes) -> List.of()),
                new PrintWriter(out), new PrintWriter(err)).run(all.toArray(String[]::new));
        if (exit != 0) {
            throw new IllegalStateException(String.join(" ", words) + " ended with " + exit + ": " + err);
        }
        return out.toString();
    }

    /** The ledgers as verbs see them, for what must follow each other at once. Close it. */
    public ConfigurableApplicationContext ledgers() {
        return new Starter(Application.class, (paths, environment, notes) -> List.of()).ledgers(settings);
    }

    /** Puts files into the drop folder as a careful program does: written aside, then renamed into place. */
    public void drop(String name, String text) {
        try {
            Path drop = Files.createDirectories(data.resolve("drop"));
            Path part = Files.writeString(drop.resolve(name + ".part"), text);
            Files.setLastModifiedTime(part, FileTime.from(Instant.now().minusSeconds(60)));
            Files.move(part, drop.resolve(name), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** kill -9 of the application. Its database runs on, as it does then. */
    public void kill() {
        process.destroyForcibly();
        awaitEnd(Duration.ofSeconds(20));
    }

    /** Lets it run for so long. False: it ended before. */
    public boolean runFor(Duration time) {
        try {
            return !process.waitFor(time.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** SIGTERM. Returns the exit code. */
    public int stop(Duration within) {
        process.destroy();
        return awaitEnd(within);
    }

    private int awaitEnd(Duration within) {
        try {
            if (!process.waitFor(within.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new AssertionError("still running after " + within + ":\n" + lastWords());
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    public long pid() {
        return process.pid();
    }

    public Database database() {
        return database;
    }

    public Path data() {
        return data;
    }

    /** The running server of the embedded database. */
    public ProcessHandle databaseProcess() {
        try {
            long pid = Long.parseLong(Files.readString(data.resolve("db/pid")).strip());
            return ProcessHandle.of(pid).filter(ProcessHandle::isAlive).orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Sends the database a signal by name, as kill(1) does. */
    public void signalDatabase(String signal) {
        signal(signal, databaseProcess().pid());
    }

    /** The same to the application. */
    void signal(String signal) {
        signal(signal, pid());
    }

    private static void signal(String signal, long pid) {
        try {
            int exit = new ProcessBuilder("kill", "-" + signal, Long.toString(pid)).start().waitFor();
            if (exit != 0) {
                throw new IllegalStateException("kill -" + signal + " ended with " + exit);
            }
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Bytes of live objects, after a full collection; what that leaves of dead ones at the bottom of the heap, some MB or none, is not counted. */
    public long liveHeap() {
        long bytes = 0;
        for (String line : ask("GC.class_histogram").lines()
                .filter(line -> line.matches("\\s*\\d+:\\s+\\d+\\s+\\d+\\s+\\S.*")).toList()) {
            String[] fields = line.strip().split("\\s+"); // number, instances, bytes, class
            bytes += fields[3].contains("jdk.internal.vm.Filler") ? 0 : Long.parseLong(fields[2]);
        }
        return bytes;
    }

    /** What its JVM answers to {@code jcmd}. */
    public String ask(String... command) {
        List<String> line = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin/jcmd").toString(), Long.toString(pid())));
        line.addAll(List.of(command));
        try {
            Process asked = new ProcessBuilder(line).redirectErrorStream(true).start();
            return new String(asked.getInputStream().readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Everything that it said since its last start. */
    public boolean saidSinceStart(String words) {
        return said().contains(words);
    }

    public String said() {
        String all = read(log());
        return all.substring(Math.max(0, all.lastIndexOf(MARK)));
    }

    private Path log() {
        return data.resolve("application.log");
    }

    public String lastWords() {
        String all = read(log());
        return all.substring(Math.max(0, all.length() - 8_000));
    }

    private static String read(Path file) {
        try {
            return Files.exists(file) ? Files.readString(file) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends what still runs, the database too. */
    @Override
    public void close() {
        if (process != null && process.isAlive()) {
            process.destroyForcibly();
            awaitEnd(Duration.ofSeconds(20));
        }
        String ours = "--datadir=" + data.resolve("db/data");
        List<ProcessHandle> left = ProcessHandle.allProcesses()
                .filter(each -> each.info().arguments().map(List::of).orElse(List.of()).contains(ours)).toList();
        left.forEach(ProcessHandle::destroyForcibly);
        left.forEach(each -> each.onExit().join());
        unlinkServers();
    }

    /** So that whoever deletes the folder does not wonder about links that lead out of it. */
    private void unlinkServers() {
        if (!Files.exists(data.resolve("db"))) {
            return;
        }
        try (Stream<Path> all = Files.list(data.resolve("db"))) {
            for (Path link : all.filter(Files::isSymbolicLink).toList()) {
                Files.delete(link);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void copy(Path from, Path to) {
        try (Stream<Path> all = Files.walk(from)) {
            for (Path source : (Iterable<Path>) all::iterator) {
                Path relative = from.relativize(source);
                Path target = to.resolve(relative.toString());
                if (relative.getNameCount() > 1 && relative.getName(1).toString().startsWith("server-")) {
                    if (relative.getNameCount() == 2) {
                        Files.createSymbolicLink(target, source); // the programs: hundreds of megabytes, never written
                    }
                } else if (Files.isDirectory(source)) {
                    Files.createDirectories(target);
                } else if (Files.isRegularFile(source)) {
                    Files.copy(source, target, StandardCopyOption.COPY_ATTRIBUTES);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void delete(Path folder) {
        org.springframework.util.FileSystemUtils.deleteRecursively(folder.toFile());
    }
}
