package io.caravan.config;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.ConfigurableApplicationContext;

import io.caravan.TestDatabase;
import io.caravan.nodes.Node;
import io.caravan.nodes.Nodes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

/** A server that keeps its connections and says nothing any more. */
class UrgentDatabaseTest {

    @TempDir
    Path folder;

    @Test
    void givesUpARenewalThatHangsAndComesBackWhenTheServerAnswersAgain() throws IOException {
        TestDatabase.Address schema = TestDatabase.freshSchema();
        URI there = URI.create(schema.url().substring("jdbc:".length()));
        try (Silence between = new Silence(there.getPort());
                ConfigurableApplicationContext ledgers = new Starter(LedgerContext.class, (_, _, _) -> List.of())
                        .ledgers(
                                List.of("--caravan.data=" + folder, "--caravan.waits.lease=2s",
                                        "--caravan.waits.lease-renew=500ms", "--caravan.database.url="
                                                + schema.url().replace(":" + there.getPort(), ":" + between.port()),
                                        "--caravan.database.username=" + schema.username(),
                                        "--caravan.database.password=" + schema.password()))) {
            Nodes nodes = ledgers.getBean(Nodes.class);
            Node node = nodes.start("a", "host", "boot");
            assertThat(nodes.renew(node, Duration.ofSeconds(2))).isTrue();

            between.silent = true;
            assertTimeoutPreemptively(Duration.ofSeconds(5),
                    () -> assertThatThrownBy(() -> nodes.renew(node, Duration.ofSeconds(2)))
                            .isInstanceOf(RuntimeException.class));
            between.silent = false;

            await().atMost(Duration.ofSeconds(20)).ignoreExceptions() // one that was asked for in the silence may still fail
                    .until(() -> nodes.renew(node, Duration.ofSeconds(2)));
        }
    }

    /** Passes bytes on, and while it is silent keeps what the server says to itself, for ever. */
    private static final class Silence implements AutoCloseable {

        private final ServerSocket door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        private final Queue<Socket> open = new ConcurrentLinkedQueue<>();
        private final int behind;
        private volatile boolean silent;

        Silence(int behind) throws IOException {
            this.behind = behind;
            Thread.ofVirtual().start(this::accept);
        }

        int port() {
            return door.getLocalPort();
        }

        private void accept() {
            try {
                while (true) {
                    Socket client = door.accept();
                    Socket server = new Socket(InetAddress.getLoopbackAddress(), behind);
                    open.add(client);
                    open.add(server);
                    Thread.ofVirtual().start(() -> pass(client, server, false));
                    Thread.ofVirtual().start(() -> pass(server, client, true));
                }
            } catch (IOException closed) {
                // the test is over
            }
        }

        private void pass(Socket from, Socket to, boolean answers) {
            byte[] block = new byte[8192];
            try (InputStream in = from.getInputStream(); OutputStream out = to.getOutputStream()) {
                for (int read; (read = in.read(block)) > 0;) {
                    if (!answers || !silent) {
                        out.write(block, 0, read);
                        out.flush();
                    }
                }
            } catch (IOException closed) {
                // by either side
            }
        }

        @Override
        public void close() throws IOException {
            door.close();
            for (Socket socket : open) {
                socket.close();
            }
        }
    }
}
