package io.caravan;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

/** Stands before a database: passes bytes on, and while it is silent keeps what the server says to itself, for ever. */
public final class Silence implements AutoCloseable {

    private final ServerSocket door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final Queue<Socket> open = new ConcurrentLinkedQueue<>();
    private final int behind;
    public volatile boolean silent;
    /** Falls silent when somebody commits, who never hears of it. */
    public volatile boolean silentFromCommit;

    /** @param behind the server's port on loopback */
    public Silence(int behind) throws IOException {
        this.behind = behind;
        Thread.ofVirtual().start(this::accept);
    }

    public int port() {
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
                if (!answers && silentFromCommit && new String(block, 0, read, ISO_8859_1).contains("COMMIT")) {
                    silent = true;
                }
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
