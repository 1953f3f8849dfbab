package io.caravan.transport;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

import javax.net.ssl.SSLContext;

/**
 * A real SMTP server on loopback that does what a script says, and else what it should. Its record of what it took is the judge: it keeps
 * every accepted DATA. It ends DATA at CRLF.CRLF only.
 *
 * <p>{@code new ScriptedSink().next(script().on(DOT, drop())).start()}: the first session drops the line after the first dot, all others
 * are honest.
 */
public final class ScriptedSink implements AutoCloseable {

    public enum Verb {
        GREETING, EHLO, HELO, STARTTLS, AUTH, AUTH_LINE, MAIL, RCPT, DATA, DOT, RSET, QUIT, OTHER
    }

    /** What it does at a verb; says the code that counts for its own state, 0 for none. */
    @FunctionalInterface
    public interface Act {
        int at(SinkSession session) throws IOException;
    }

    /**
     * One accepted mail. {@code data} is unstuffed, {@code sha256} its hash in hex.
     *
     * @param asked when it said 354
     * @param begun when the first byte of the content came
     * @param at    when it was taken
     */
    public record Taken(String messageId, String sender, String recipient, String sha256, byte[] data, Instant asked,
            Instant begun, Instant at) {
    }

    /** For one session: what it does at the first MAIL, the second MAIL, and so on. Where a script says nothing the sink is honest. */
    public static final class Script {
        final Map<Verb, List<Act>> acts = new EnumMap<>(Verb.class);

        public Script on(Verb verb, Act... inOrder) {
            acts.computeIfAbsent(verb, v -> new ArrayList<>()).addAll(List.of(inOrder));
            return this;
        }
    }

    public static Script script() {
        return new Script();
    }

    public static Act honest() {
        return session -> session.honest();
    }

    public static Act reply(String... lines) {
        return session -> {
            for (String line : lines) {
                session.say(line);
            }
            return session.codeOf(lines[lines.length - 1]);
        };
    }

    public static Act replyAndClose(String... lines) {
        return session -> {
            session.closing = true;
            return reply(lines).at(session);
        };
    }

    /** Bytes as they are; counts as no answer. */
    public static Act raw(String bytes) {
        return session -> {
            session.out.write(bytes.getBytes(StandardCharsets.ISO_8859_1));
            return 0;
        };
    }

    public static Act drop() {
        return session -> {
            session.closing = true;
            return 0;
        };
    }

    /** At DOT: takes the mail, and drops the line before it says so. */
    public static Act takeAndDrop() {
        return session -> {
            session.closing = true;
            return 250;
        };
    }

    public static Act stall() {
        return session -> {
            session.flush();
            while (session.input.read() >= 0) {
                // waits for the client to hang up
            }
            session.closing = true;
            return 0;
        };
    }

    public static Act after(Duration delay, Act then) {
        return session -> {
            session.flush();
            pause(delay);
            return then.at(session);
        };
    }

    /** One byte at a time. */
    public static Act drip(String line, Duration gap) {
        return session -> {
            for (byte b : (line + "\r\n").getBytes(StandardCharsets.ISO_8859_1)) {
                session.out.write(b);
                session.flush();
                pause(gap);
            }
            return session.codeOf(line);
        };
    }

    /** For acts: waits until somebody counts down. */
    public static void hold(CountDownLatch until) {
        try {
            until.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    static void pause(Duration time) {
        try {
            Thread.sleep(time); // simulates a slow host; nothing waits for it by sleeping
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private final Queue<Script> scripts = new ConcurrentLinkedQueue<>();
    private final Queue<Taken> kept = new ConcurrentLinkedQueue<>();
    volatile Consumer<Taken> record = mail -> kept.add(mail);
    final List<List<String>> transcripts = new CopyOnWriteArrayList<>();
    private final Set<String> peers = ConcurrentHashMap.newKeySet();
    final Set<Long> handshakes = ConcurrentHashMap.newKeySet();
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    final AtomicInteger openData = new AtomicInteger();
    final AtomicInteger heldMails = new AtomicInteger();
    final AtomicInteger mostOpenData = new AtomicInteger();
    final AtomicInteger turns = new AtomicInteger();
    final AtomicInteger strays = new AtomicInteger();
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicInteger mostOpen = new AtomicInteger();
    private volatile Script always = script();
    volatile List<String> offers = List.of("PIPELINING", "8BITMIME", "SMTPUTF8", "ENHANCEDSTATUSCODES");
    volatile Duration dotDelay = Duration.ZERO;
    volatile boolean transcribes = true;
    volatile SSLContext tls;
    volatile boolean implicitTls;
    private volatile ServerSocket server;
    private volatile Thread acceptor;
    private int port;

    /** The script of the next connection that has none yet. */
    public ScriptedSink next(Script... forNext) {
        scripts.addAll(List.of(forNext));
        return this;
    }

    /** The script of every connection that has none of its own. */
    public ScriptedSink always(Script script) {
        always = script;
        return this;
    }

    /** EHLO keywords, in place of PIPELINING, 8BITMIME, SMTPUTF8 and ENHANCEDSTATUSCODES. */
    public ScriptedSink offering(String... keywords) {
        offers = List.of(keywords);
        return this;
    }

    public ScriptedSink withoutPipelining() {
        return offering("8BITMIME", "SMTPUTF8");
    }

    /** How long an honest 250 for the final dot takes. Until it is said the DATA counts as open. */
    public ScriptedSink delayingDot(Duration delay) {
        dotDelay = delay;
        return this;
    }

    /** Without transcripts, for many mails. */
    public ScriptedSink quiet() {
        transcribes = false;
        return this;
    }

    /** Tells of each mail instead of keeping it, for more mails than fit into memory. */
    public ScriptedSink telling(Consumer<Taken> whom) {
        record = whom;
        return this;
    }

    public ScriptedSink withTls(SSLContext context, boolean implicit) {
        tls = context;
        implicitTls = implicit;
        return this;
    }

    public ScriptedSink start() throws IOException {
        return start(0);
    }

    /** @param onPort 0: any free one */
    public ScriptedSink start(int onPort) throws IOException {
        return start("127.0.0.1", onPort);
    }

    /** @param address one of the many that loopback has, {@code 127.0.0.2} */
    public ScriptedSink start(String address, int onPort) throws IOException {
        ServerSocket made = new ServerSocket();
        made.setReuseAddress(true);
        made.bind(new InetSocketAddress(InetAddress.getByName(address), onPort), 500);
        server = made;
        port = made.getLocalPort();
        acceptor = Thread.ofPlatform().daemon().name("sink-" + port).start(() -> accept(made));
        return this;
    }

    private void accept(ServerSocket from) {
        while (!from.isClosed()) {
            try {
                Socket socket = from.accept();
                sockets.add(socket);
                Thread.ofPlatform().daemon().name("sink-session").start(() -> serve(socket));
            } catch (IOException e) {
                return; // closed
            }
        }
    }

    private void serve(Socket socket) {
        peers.add(socket.getInetAddress().getHostAddress());
        mostOpen.accumulateAndGet(open.incrementAndGet(), Math::max);
        Script own = scripts.poll();
        try (socket) {
            new SinkSession(this, socket, own == null ? always : own).run();
        } catch (IOException e) {
            // the client went away: the record says what was taken
        } finally {
            open.decrementAndGet();
            sockets.remove(socket);
        }
    }

    public int port() {
        return port;
    }

    /** What it took, in the order of its taking. */
    public List<Taken> taken() {
        return List.copyOf(kept);
    }

    public int takenCount() {
        return kept.size();
    }

    /** Mails whose content it waits for or holds, unanswered. */
    public int openData() {
        return openData.get();
    }

    /** Mails whose final dot came, unanswered. */
    public int heldMails() {
        return heldMails.get();
    }

    public int mostOpenData() {
        return mostOpenData.get();
    }

    /** How often it answered something and then had to wait for more: round trips. */
    public int turns() {
        return turns.get();
    }

    /** CR or LF alone and NULs that came within DATA. */
    public int strays() {
        return strays.get();
    }

    /** The addresses that called. */
    public Set<String> peers() {
        return Set.copyOf(peers);
    }

    /** TLS sessions that were not resumed ones. */
    int fullHandshakes() {
        return handshakes.size();
    }

    public int sessions() {
        return transcripts.size();
    }

    public int openSessions() {
        return open.get();
    }

    public int mostOpenSessions() {
        return mostOpen.get();
    }

    /** What session {@code n} (from 0) said: {@code "C: MAIL FROM:<..>"}, {@code "S: 250 ok"}, {@code "C: [content]"}. */
    public List<String> transcript(int n) {
        List<String> lines = transcripts.get(n);
        synchronized (lines) {
            return List.copyOf(lines);
        }
    }

    /** Takes no more connections, and drops those that are open. */
    @Override
    public void close() throws IOException {
        if (server != null) {
            server.close();
            try {
                acceptor.join(); // until it has woken, the system takes connections in its name
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    public static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
