package io.caravan.transport;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLServerSocket;

/** An HTTPS server on loopback that answers every request with the same bytes. */
public final class PolicyServer implements AutoCloseable {

    private final SSLServerSocket server;
    private final AtomicInteger requests = new AtomicInteger();
    private volatile byte[] answer = new byte[0];
    private volatile Duration gap = Duration.ZERO;
    private volatile String lastRequest = "";

    public PolicyServer(TestCertificates.Issued certificate) throws IOException {
        server = (SSLServerSocket) certificate.server().getServerSocketFactory().createServerSocket(0, 50,
                InetAddress.getByName("127.0.0.1"));
        Thread.ofPlatform().daemon().start(this::accept);
    }

    public PolicyServer serving(String policy) {
        return answering("HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: "
                + policy.length() + "\r\n\r\n" + policy);
    }

    public PolicyServer answering(String whole) {
        answer = whole.getBytes(StandardCharsets.UTF_8);
        return this;
    }

    /** A byte at a time. */
    PolicyServer slowly(Duration each) {
        gap = each;
        return this;
    }

    public int port() {
        return server.getLocalPort();
    }

    public int requests() {
        return requests.get();
    }

    public String lastRequest() {
        return lastRequest;
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                Thread.ofVirtual().start(() -> serve(socket));
            } catch (IOException e) {
                return; // closed
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            StringBuilder request = new StringBuilder();
            InputStream in = socket.getInputStream();
            while (request.indexOf("\r\n\r\n") < 0) {
                int b = in.read();
                if (b < 0) {
                    return;
                }
                request.append((char) b);
            }
            lastRequest = request.toString();
            requests.incrementAndGet();
            if (gap.isZero()) {
                socket.getOutputStream().write(answer);
            }
            for (int i = 0; !gap.isZero() && i < answer.length; i++) {
                socket.getOutputStream().write(answer[i]);
                Thread.sleep(gap); // a slow server; nothing waits for it by sleeping
            }
        } catch (IOException | InterruptedException e) {
            // the client went away
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
