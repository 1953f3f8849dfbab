package io.caravan.config;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.springframework.util.unit.DataSize;

/**
 * One life of a {@code mariadbd} on {@code db/data}: installed, started, known to answer, stopped. Knows the command line and nothing of
 * locks or restarts.
 */
final class ServerProcess {

    private static final Duration STOP = Duration.ofSeconds(60);
    private static final Path SETSID = Path.of("/usr/bin/setsid");

    private final ServerBinaries binaries;
    private final Path db;
    private final Path data;
    private final Path log;
    private final Path tmp;
    private final DataSize bufferPool;
    private final DataSize logSize;

    ServerProcess(ServerBinaries binaries, Path db, DataSize bufferPool, DataSize logSize) {
        this.binaries = binaries;
        this.db = db;
        this.data = db.resolve("data");
        this.log = db.resolve("server.log");
        this.tmp = db.resolve("tmp");
        this.bufferPool = bufferPool;
        this.logSize = logSize;
    }

    static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new StartRefused("no port of 127.0.0.1 can be opened for the database: " + e.getMessage(), e);
        }
    }

    /** Makes the system tables, once. A folder that was begun and not finished is begun again: nothing can be in it yet. */
    void install() {
        Path done = data.resolve("mysql/db.frm");
        if (Files.exists(done)) {
            return;
        }
        Path script = binaries.tool("mariadb-install-db", "mysql_install_db");
        if (script == null) {
            throw new StartRefused("there is no mariadb-install-db beside " + binaries.server()
                    + ": install the whole MariaDB server package (on Debian: mariadb-server)");
        }
        Path fresh = db.resolve("data.part");
        try {
            ServerBinaries.delete(fresh);
            List<String> command = new ArrayList<>(
                    List.of(script.toString(), "--no-defaults", "--force", "--basedir=" + binaries.base(),
                            "--datadir=" + fresh, "--auth-root-authentication-method=socket", "--skip-test-db",
                            "--skip-name-resolve"));
            asRoot(command);
            run(command, "install the database");
            if (!Files.exists(fresh.resolve("mysql/db.frm"))) {
                throw refused("could not be installed");
            }
            Files.move(fresh, data, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw StartRefused.of(e, data);
        }
    }

    /** Starts the server; its output goes to {@code db/server.log}. */
    Process launch(int port, String initStatements) {
        Path init = db.resolve("init.sql");
        Secrets.write(init, initStatements);
        DataFolder.make(tmp);
        List<String> command = new ArrayList<>(List.of(binaries.server().toString(), "--no-defaults",
                "--basedir=" + binaries.base(),
                "--datadir=" + data, "--tmpdir=" + tmp,
                "--socket=mariadbd.sock", // relative to datadir: a full path is soon longer than the 107 bytes that sockets allow
                "--pid-file=" + db.resolve("pid"), "--bind-address=127.0.0.1", "--port=" + port, "--skip-name-resolve",
                "--skip-ssl",
                "--character-set-server=utf8mb4", "--collation-server=utf8mb4_nopad_bin",
                "--innodb-flush-log-at-trx-commit=1",
                "--default-time-zone=+00:00", "--max-allowed-packet=64M", "--innodb-log-file-size=" + logSize.toBytes(),
                "--innodb-buffer-pool-size=" + bufferPool.toBytes(), "--init-file=" + init));
        asRoot(command);
        if (Files.isExecutable(SETSID)) {
            command.addFirst(SETSID.toString()); // a Ctrl-C or kill of the whole group is for us: the database goes last
        }
        try {
            if (Files.exists(log) && Files.size(log) > 10_000_000) {
                Files.move(log, db.resolve("server.log.old"), StandardCopyOption.REPLACE_EXISTING);
            }
            return new ProcessBuilder(command).redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .start();
        } catch (IOException e) {
            throw StartRefused.of(e, binaries.server());
        }
    }

    /** Waits until a connection succeeds: a log line says nothing. Crash recovery may take minutes; a dead process ends the wait. */
    void awaitReady(Process process, String url, String user, String password) {
        long from = logLength();
        while (true) {
            try (Connection connection = DriverManager.getConnection(url, user, password)) {
                Files.deleteIfExists(db.resolve("init.sql"));
                return;
            } catch (SQLException e) {
                if (!process.isAlive()) {
                    throw refused("stopped at once" + because(tail(from)));
                }
                FolderLock.pause();
            } catch (IOException e) {
                throw StartRefused.of(e, db);
            }
        }
    }

    /** Runs the tool that brings the system tables to this server's version, if the server came with it. */
    void upgrade() {
        Path tool = binaries.tool("mariadb-upgrade", "mysql_upgrade");
        if (tool != null) {
            run(List.of(tool.toString(), "--no-defaults", "--socket=" + data.resolve("mariadbd.sock"), "--user=root"),
                    "upgrade its system tables");
        }
    }

    static void stop(ProcessHandle process) {
        process.destroy();
        try {
            process.onExit().get(STOP.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (java.util.concurrent.ExecutionException | java.util.concurrent.TimeoutException e) {
            process.destroyForcibly(); // commits are durable: recovery does the rest
        }
    }

    /** A server that an application which was killed left running on our files is stopped, in order. */
    void stopLeftover() {
        String ours = "--datadir=" + data;
        ProcessHandle.allProcesses()
                .filter(process -> process.info().arguments().map(List::of).orElse(List.of()).contains(ours))
                .forEach(ServerProcess::stop);
    }

    private void asRoot(List<String> command) {
        if ("root".equals(System.getProperty("user.name"))) {
            command.add("--user=root");
        }
    }

    private void run(List<String> command, String what) {
        DataFolder.make(tmp);
        try {
            ProcessBuilder tool = new ProcessBuilder(command).redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
            // a server that starts removes all temporary tables that it finds in its folder: in /tmp those of others, and they remove ours
            tool.environment().put("TMPDIR", tmp.toString());
            Process process = tool.start();
            if (process.waitFor() != 0) {
                throw refused("could not " + what + because(tail(0)));
            }
        } catch (IOException e) {
            throw StartRefused.of(e, log);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StartRefused("stopped while it was to " + what, e);
        }
    }

    private long logLength() {
        try {
            return Math.max(0, Files.size(log) - 2_000);
        } catch (IOException e) {
            return 0;
        }
    }

    private String tail(long from) {
        try {
            byte[] all = Files.readAllBytes(log);
            int start = (int) Math.max(Math.min(from, all.length), all.length - 20_000L);
            return new String(all, start, all.length - start, StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "";
        }
    }

    private String because(String said) {
        if (said.contains("No space left") || said.contains("Disk is full") || said.contains("disk full")
                || said.contains("errno: 28")) {
            return ": the disk that holds " + db + " is full, free some space";
        }
        if (said.contains("Bind on TCP/IP port")) {
            return ": its port was taken by another program, start again";
        }
        if (said.contains("error while loading shared libraries")) {
            return ": " + said.lines().filter(line -> line.contains("shared libraries")).findFirst().orElse("").strip()
                    + "; install that library";
        }
        List<String> errors = said.lines().filter(line -> line.contains("[ERROR]")).toList();
        return errors.isEmpty() ? "" : " (" + errors.getFirst().replaceFirst(".*\\[ERROR]\\s*", "") + ")";
    }

    private StartRefused refused(String what) {
        return new StartRefused("the embedded database in " + db + " " + what + "; its own words are in " + log);
    }
}
