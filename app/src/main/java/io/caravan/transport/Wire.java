package io.caravan.transport;

import java.io.IOException;
import java.io.OutputStream;
import java.io.Serial;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLSocket;

import org.jspecify.annotations.Nullable;

import io.caravan.mail.SmtpReply;

/**
 * One TCP connection: collects what is written until {@link #flush} (one write a group of commands), reads replies, and keeps deadlines.
 * Used by one thread; only {@link #cut} may come from another.
 */
final class Wire implements AutoCloseable {

    private final Relay relay;
    private final Socket socket;
    private final InetAddress from;
    private final Watchdog watchdog;
    private final byte[] out = new byte[64 * 1024];
    private final ReplyReader replies;
    private OutputStream output;
    private int written;
    private volatile Duration waited = Duration.ZERO;
    private volatile long deadline;
    private long since; // seen by others through armed, as the next one is: they cost a mail nothing
    private boolean spoken;
    private volatile boolean armed;
    private volatile @Nullable String cutBecause;

    private Wire(Relay relay, Socket socket, Watchdog watchdog) throws IOException {
        this.relay = relay;
        this.socket = socket;
        from = socket.getLocalAddress(); // now: a closed socket has forgotten it
        this.watchdog = watchdog;
        replies = new ReplyReader(socket.getInputStream());
        output = socket.getOutputStream();
        watchdog.watch(this);
    }

    /** Our address. */
    InetAddress from() {
        return from;
    }

    /** @throws NotReached if there is no connection */
    static Wire connect(Relay relay, InetAddress address, Transport.Settings settings, Watchdog watchdog)
            throws NotReached {
        try {
            if (!settings.reaches(address)) {
                throw new IOException("caravan.bind has no address of its family");
            }
            return new Wire(relay, socket(new InetSocketAddress(address, relay.port()), settings.from(address),
                    settings.waits().connect(), watchdog), watchdog);
        } catch (IOException e) {
            throw new NotReached("cannot connect to " + relay.host() + ":" + relay.port() + said(e), e);
        }
    }

    /** Nobody took the connection. */
    static final class NotReached extends LineLost {

        @Serial
        private static final long serialVersionUID = 1L;

        NotReached(String message, IOException cause) {
            super(message, cause);
        }
    }

    private static Socket socket(InetSocketAddress address, @Nullable InetAddress bind, Duration wait,
            Watchdog watchdog)
            throws IOException {
        Socket socket = new Socket();
        try {
            watchdog.connecting(socket, wait);
            socket.setTcpNoDelay(true);
            if (bind != null) {
                socket.bind(new InetSocketAddress(bind, 0));
            }
            // without a timeout of its own: that would leave the socket non-blocking, and every read would be three system calls
            socket.connect(address);
        } catch (IOException e) {
            socket.close();
            if (watchdog.connected(socket)) {
                throw e;
            }
            throw late(wait);
        }
        if (!watchdog.connected(socket)) {
            throw late(wait);
        }
        return socket;
    }

    private static IOException late(Duration wait) {
        return new SocketTimeoutException("no answer within " + wait.toMillis() + " ms");
    }

    private static String said(@Nullable Exception e) {
        return e == null || e.getMessage() == null ? "" : ": " + e.getMessage();
    }

    /**
     * From now on TLS; what was read ahead before is gone. The host's certificates, its own first: nobody has checked them yet.
     *
     * @param name which host is meant, of several at one address
     * @param anew the host must show what it has now: no earlier session is resumed, which would show the certificates of that time
     */
    List<X509Certificate> encrypt(String name, boolean anew, Duration wait) throws LineLost {
        arm(wait);
        try {
            SSLSocket tls = TrustAny.over(socket, name, relay.port(), anew);
            tls.startHandshake();
            replies.continueWith(tls.getInputStream());
            output = tls.getOutputStream();
            List<X509Certificate> chain = new ArrayList<>();
            for (Certificate one : tls.getSession().getPeerCertificates()) {
                chain.add((X509Certificate) one);
            }
            return chain;
        } catch (IOException e) {
            throw lost("the TLS handshake", e);
        } finally {
            armed = false;
        }
    }

    void put(byte[] bytes, int from, int to, Duration wait) throws LineLost {
        int at = from;
        while (at < to) {
            if (written == out.length) {
                flush(wait);
            }
            int count = Math.min(to - at, out.length - written);
            System.arraycopy(bytes, at, out, written, count);
            written += count;
            at += count;
        }
    }

    void put(byte b, Duration wait) throws LineLost {
        if (written == out.length) {
            flush(wait);
        }
        out[written++] = b;
    }

    /** A command line; the CRLF is added. */
    void put(String command, Duration wait) throws LineLost {
        byte[] bytes = command.getBytes(StandardCharsets.UTF_8);
        put(bytes, 0, bytes.length, wait);
        put((byte) '\r', wait);
        put((byte) '\n', wait);
    }

    void flush(Duration wait) throws LineLost {
        if (written == 0) {
            return;
        }
        arm(wait);
        try {
            output.write(out, 0, written);
            output.flush();
            written = 0;
        } catch (IOException e) {
            throw lost("writing", e);
        } finally {
            armed = false;
        }
    }

    /** True if more is here than what was asked for; looks only at what has been read already, so it costs nothing. */
    boolean hasUnread() {
        return replies.hasUnread();
    }

    /** The same, and looks into the socket. */
    boolean saysMore() throws LineLost {
        try {
            return replies.saysMore();
        } catch (IOException e) {
            throw lost("looking for more", e);
        }
    }

    /**
     * Reads one whole reply.
     *
     * @throws LineLost if it does not come in time, is cut short, or is no SMTP reply
     */
    SmtpReply reply(Stage stage, Duration wait) throws LineLost {
        arm(wait);
        try {
            SmtpReply reply = replies.reply(stage);
            spoken = true;
            return reply;
        } catch (LineLost e) {
            throw e;
        } catch (IOException e) {
            throw lost("waiting for the reply to " + stage.word, e);
        } finally {
            armed = false;
        }
    }

    private LineLost lost(String doing, IOException e) {
        spoken = false; // nothing more is heard of it
        String because = cutBecause;
        return because != null
                ? new LineLost(because + " while " + doing, e)
                : new LineLost("connection lost while " + doing + said(e), e);
    }

    private void arm(Duration wait) {
        waited = wait;
        since = System.nanoTime();
        deadline = since + wait.toNanos();
        armed = true;
    }

    void cutIfLate(long now) {
        if (armed && now - deadline > 0) {
            cut("timed out after " + words(waited));
        }
    }

    static String words(Duration time) {
        return time.toSeconds() > 0 ? time.toSeconds() + " s" : time.toMillis() + " ms";
    }

    Relay relay() {
        return relay;
    }

    /** What is heard on it: one that has never said anything is given as long as one that has fallen silent. */
    Watchdog.Hearing hearing(long now, long patienceNanos) {
        if (armed && now - since > patienceNanos) {
            return Watchdog.Hearing.SILENT;
        }
        return spoken ? Watchdog.Hearing.SPEAKS : Watchdog.Hearing.NOTHING_YET;
    }

    /** Ends the connection at once, from any thread. Closes the socket below TLS, whose own close waits for a stuck writer. */
    void cut(String because) {
        if (cutBecause == null) {
            cutBecause = because;
        }
        try {
            socket.close();
        } catch (IOException e) {
            // it is of no use any more in either case
        }
    }

    @Override
    public void close() {
        watchdog.forget(this);
        try {
            socket.close();
        } catch (IOException e) {
            // nothing was expected of it any more
        }
    }
}
