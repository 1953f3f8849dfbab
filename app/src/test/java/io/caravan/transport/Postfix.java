package io.caravan.transport;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * An installed Postfix on loopback with a configuration and a queue of its own, which takes mail for everybody, line ends of every kind as
 * old releases did, and hands it on to a sink. Needs root, as Postfix does.
 */
final class Postfix implements AutoCloseable {

    private final Path folder;
    private final int port;

    Postfix(Path folder, int sinkPort) throws IOException, InterruptedException {
        this.folder = folder;
        port = freePort();
        Path config = Files.createDirectories(folder.resolve("etc"));
        Files.createDirectories(folder.resolve("spool"));
        Files.writeString(config.resolve("main.cf"), String.join("\n", "compatibility_level = 3.6",
                "queue_directory = " + folder.resolve("spool"), "data_directory = " + folder.resolve("data"),
                "command_directory = /usr/sbin", "daemon_directory = " + said("postconf", "-dh", "daemon_directory"),
                "mail_owner = postfix", "setgid_group = postdrop", "maillog_file = " + folder.resolve("log"),
                "maillog_file_prefixes = /", "inet_interfaces = 127.0.0.1", "inet_protocols = ipv4",
                "myhostname = postfix.example", "mydestination =", "mynetworks = 127.0.0.0/8",
                "relayhost = [127.0.0.1]:" + sinkPort, "disable_dns_lookups = yes", "smtp_host_lookup = native",
                "smtpd_forbid_bare_newline = no", "smtpd_forbid_unauth_pipelining = no", "smtp_line_length_limit = 0",
                "alias_maps =", "alias_database =", "default_destination_concurrency_limit = 20", ""));
        Files.writeString(config.resolve("master.cf"), String.join("\n", port + " inet n - n - - smtpd",
                "pickup unix n - n 60 1 pickup", "cleanup unix n - n - 0 cleanup", "qmgr unix n - n 300 1 qmgr",
                "rewrite unix - - n - - trivial-rewrite", "bounce unix - - n - 0 bounce", "defer unix - - n - 0 bounce",
                "trace unix - - n - 0 bounce", "flush unix n - n 1000? 0 flush", "proxymap unix - - n - - proxymap",
                "smtp unix - - n - - smtp", "relay unix - - n - - smtp", "error unix - - n - - error",
                "retry unix - - n - - error", "anvil unix - - n - 1 anvil", "scache unix - - n - 1 scache",
                "tlsmgr unix - - n 1000? 1 tlsmgr", "postlog unix-dgram n - n - 1 postlogd", ""));
        said("chown", "postfix", Files.createDirectories(folder.resolve("data")).toString());
        said("chmod", "755", folder.toString());
        run("start");
        await().atMost(Duration.ofSeconds(20)).ignoreExceptions().until(() -> {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress("127.0.0.1", port), 500);
                return socket.getInputStream().read() == '2';
            }
        });
    }

    static boolean isInstalled() {
        return Files.isExecutable(Path.of("/usr/sbin/postfix")) && "root".equals(System.getProperty("user.name"));
    }

    int port() {
        return port;
    }

    /** Mails that it has taken and not yet handed on. */
    long queued() {
        return Stream.of("incoming", "active", "deferred", "maildrop").mapToLong(this::files).sum();
    }

    private long files(String queue) {
        try (Stream<Path> files = Files.walk(folder.resolve("spool").resolve(queue))) {
            return files.filter(Files::isRegularFile).count();
        } catch (UncheckedIOException | IOException e) {
            return 1; // a file went while it was counted
        }
    }

    private void run(String verb) throws IOException, InterruptedException {
        said("postfix", "-c", folder.resolve("etc").toString(), verb);
    }

    private static String said(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String text = new String(process.getInputStream().readAllBytes());
        assertThat(process.waitFor()).as(String.join(" ", command) + ": " + text).isZero();
        return text.strip();
    }

    private static int freePort() throws IOException {
        try (ServerSocket probe = new ServerSocket()) {
            probe.bind(new InetSocketAddress("127.0.0.1", 0));
            return probe.getLocalPort();
        }
    }

    @Override
    public void close() throws IOException {
        try {
            run("abort");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
