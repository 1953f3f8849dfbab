package io.caravan.bench;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

import org.jspecify.annotations.Nullable;

/**
 * A sink for what {@code smtp-sink} lacks: STARTTLS, and a host that is far away. Each answer leaves so long after what it answers has
 * arrived, while reading goes on: that is what a line with that round trip does to whoever talks over it, bandwidth aside.
 */
final class OwnSink implements AutoCloseable {

    private static final byte[] END = {'\r', '\n', '.', '\r', '\n'};

    private record Answer(long due, byte[] bytes) {
    }

    final int port;
    final AtomicLong connections = new AtomicLong();
    final AtomicLong taken = new AtomicLong();
    private final ServerSocket server;
    private final Duration roundTrip;
    private final @Nullable SSLContext tls;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();

    OwnSink(Duration roundTrip, @Nullable SSLContext tls) throws IOException {
        this.roundTrip = roundTrip;
        this.tls = tls;
        server = new ServerSocket(0, 512, InetAddress.getLoopbackAddress());
        port = server.getLocalPort();
        Thread.ofPlatform().daemon().name("own-sink").start(this::accept);
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                open.add(socket);
                connections.incrementAndGet();
                Thread.ofVirtual().start(() -> serve(socket));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            socket.setTcpNoDelay(true);
            new Session(socket).talk();
        } catch (IOException gone) {
            // the client went, or this sink did
        } finally {
            open.remove(socket);
        }
    }

    /** One connection. */
    private final class Session {
        private final Socket socket;
        private final BlockingQueue<Answer> answers = new LinkedBlockingQueue<>();
        private final StringBuilder said = new StringBuilder();
        private final StringBuilder line = new StringBuilder();
        private InputStream in;
        private OutputStream out;
        private boolean inData;
        private boolean encrypt;
        private boolean isPrivate;
        private int matched;

        Session(Socket socket) throws IOException {
            this.socket = socket;
            in = socket.getInputStream();
            out = socket.getOutputStream();
            if (!roundTrip.isZero()) {
                Thread.ofVirtual().start(this::answerInTime);
            }
        }

        void talk() throws IOException {
            byte[] buffer = new byte[32 * 1024];
            said.append("220 sink ESMTP\r\n");
            answer();
            for (int count = in.read(buffer); count > 0; count = in.read(buffer)) {
                for (int i = 0; i < count; i++) {
                    hear(buffer[i]);
                }
                answer();
                if (encrypt) {
                    encrypt();
                }
            }
        }

        private void hear(byte b) {
            if (inData) {
                matched = b == END[matched] ? matched + 1 : b == '\r' ? 1 : 0;
                if (matched == END.length) {
                    inData = false;
                    taken.incrementAndGet();
                    said.append("250 2.0.0 Ok\r\n");
                }
            } else if (b == '\n') {
                command(line.toString().strip().toUpperCase(Locale.ROOT));
                line.setLength(0);
            } else {
                line.append((char) b);
            }
        }

        private void command(String command) {
            if (command.startsWith("EHLO")) {
                said.append("250-sink\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-ENHANCEDSTATUSCODES\r\n")
                        .append(tls != null && !isPrivate ? "250-STARTTLS\r\n" : "")
                        .append("250 SMTPUTF8\r\n");
            } else if (command.equals("DATA")) {
                inData = true;
                matched = 2; // the line that the command ended with counts
                said.append("354 go on\r\n");
            } else if (command.equals("STARTTLS") && tls != null) {
                encrypt = true;
                said.append("220 2.0.0 go on\r\n");
            } else {
                said.append(command.equals("QUIT") ? "221 2.0.0 bye\r\n" : "250 2.0.0 Ok\r\n");
            }
        }

        private void encrypt() throws IOException {
            encrypt = false;
            SSLSocket wrapped = (SSLSocket) tls.getSocketFactory().createSocket(socket, null, port, true);
            wrapped.setUseClientMode(false);
            wrapped.startHandshake();
            isPrivate = true;
            in = wrapped.getInputStream();
            out = wrapped.getOutputStream();
        }

        private void answer() throws IOException {
            if (said.isEmpty()) {
                return;
            }
            byte[] bytes = said.toString().getBytes(StandardCharsets.US_ASCII);
            said.setLength(0);
            if (roundTrip.isZero()) {
                out.write(bytes);
                out.flush();
            } else {
                answers.add(new Answer(System.nanoTime() + roundTrip.toNanos(), bytes));
            }
        }

        private void answerInTime() {
            try {
                while (!socket.isClosed()) {
                    Answer next = answers.poll(1, TimeUnit.SECONDS);
                    if (next != null) {
                        Thread.sleep(Duration.ofNanos(Math.max(0, next.due - System.nanoTime())));
                        out.write(next.bytes);
                    }
                }
            } catch (IOException | InterruptedException gone) {
                // the client went
            }
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket socket : open) {
            socket.close();
        }
    }
}
