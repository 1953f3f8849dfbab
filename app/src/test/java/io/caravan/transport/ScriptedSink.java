package io.caravan.transport;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
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
import java.util.Arrays;
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

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

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
        int at(Session session) throws IOException;
    }

    /** One accepted mail. {@code data} is unstuffed, {@code sha256} its hash in hex. */
    public record Taken(String messageId, String sender, String recipient, String sha256, byte[] data, Instant at) {
    }

    /** For one session: what it does at the first MAIL, the second MAIL, and so on. Where a script says nothing the sink is honest. */
    public static final class Script {
        private final Map<Verb, List<Act>> acts = new EnumMap<>(Verb.class);

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

    private static void pause(Duration time) {
        try {
            Thread.sleep(time); // simulates a slow host; nothing waits for it by sleeping
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private final Queue<Script> scripts = new ConcurrentLinkedQueue<>();
    private final Queue<Taken> record = new ConcurrentLinkedQueue<>();
    private final List<List<String>> transcripts = new CopyOnWriteArrayList<>();
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final AtomicInteger openData = new AtomicInteger();
    private final AtomicInteger mostOpenData = new AtomicInteger();
    private final AtomicInteger turns = new AtomicInteger();
    private final AtomicInteger strays = new AtomicInteger();
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicInteger mostOpen = new AtomicInteger();
    private volatile Script always = script();
    private volatile List<String> offers = List.of("PIPELINING", "8BITMIME", "SMTPUTF8", "ENHANCEDSTATUSCODES");
    private volatile Duration dotDelay = Duration.ZERO;
    private volatile boolean transcribes = true;
    private volatile SSLContext tls;
    private volatile boolean implicitTls;
    private volatile ServerSocket server;
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
        Thread.ofPlatform().daemon().name("sink-" + port).start(() -> accept(made));
        return this;
    }

    private void accept(ServerSocket from) {
        while (!from.isClosed()) {
            try {
                Socket socket = from.accept();
                Thread.ofPlatform().daemon().name("sink-session").start(() -> serve(socket));
            } catch (IOException e) {
                return; // closed
            }
        }
    }

    private void serve(Socket socket) {
        sockets.add(socket);
        mostOpen.accumulateAndGet(open.incrementAndGet(), Math::max);
        Script own = scripts.poll();
        try (socket) {
            new Session(socket, own == null ? always : own).run();
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
        return List.copyOf(record);
    }

    public int takenCount() {
        return record.size();
    }

    /** Mails whose content it waits for or holds, unanswered. */
    public int openData() {
        return openData.get();
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
        }
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    /** One connection. */
    public final class Session {
        private final Script script;
        private final Map<Verb, Integer> counts = new EnumMap<>(Verb.class);
        private final List<String> transcript = new ArrayList<>();
        private final ByteArrayOutputStream out = new ByteArrayOutputStream();
        private final byte[] buffer = new byte[64 * 1024];
        private Socket socket;
        private InputStream input;
        private int next;
        private int end;
        private Verb verb = Verb.GREETING;
        private String argument = "";
        private String sender;
        private List<String> recipients = new ArrayList<>();
        private byte[] content = new byte[0];
        private boolean inData;
        private boolean loggingIn;
        private boolean closing;

        private Session(Socket socket, Script script) throws IOException {
            this.socket = socket;
            this.script = script;
            socket.setTcpNoDelay(true);
            input = socket.getInputStream();
            transcripts.add(transcript);
        }

        private void run() throws IOException {
            try {
                if (implicitTls) {
                    encrypt();
                }
                act(Verb.GREETING, "");
                while (!closing) {
                    if (inData) {
                        readContent();
                        act(Verb.DOT, "");
                    } else {
                        command(readLine());
                    }
                }
                flush();
            } finally {
                if (inData) {
                    openData.decrementAndGet();
                }
            }
        }

        private void command(String line) throws IOException {
            note("C: " + line);
            String upper = line.toUpperCase(java.util.Locale.ROOT);
            if (loggingIn) {
                act(Verb.AUTH_LINE, line);
            } else if (upper.startsWith("MAIL FROM:")) {
                act(Verb.MAIL, line.substring(10));
            } else if (upper.startsWith("RCPT TO:")) {
                act(Verb.RCPT, line.substring(8));
            } else {
                int space = line.indexOf(' ');
                Verb found = Arrays.stream(Verb.values())
                        .filter(v -> v.name().equals(space < 0 ? upper : upper.substring(0, space)))
                        .findFirst().orElse(Verb.OTHER);
                act(found, space < 0 ? "" : line.substring(space + 1));
            }
        }

        private void act(Verb now, String with) throws IOException {
            verb = now;
            argument = with;
            int count = counts.merge(now, 1, Integer::sum);
            List<Act> acts = script.acts.getOrDefault(now, List.of());
            int code = count <= acts.size() ? acts.get(count - 1).at(this) : honest();
            apply(code);
        }

        private void apply(int code) throws IOException {
            boolean good = code >= 200 && code < 300;
            switch (verb) {
                case MAIL -> sender = good ? path(argument) : sender;
                case RCPT -> {
                    if (good) {
                        recipients.add(path(argument));
                    }
                }
                case DATA -> {
                    if (code == 354) {
                        inData = true;
                        mostOpenData.accumulateAndGet(openData.incrementAndGet(), Math::max);
                    }
                }
                case DOT -> {
                    if (good) {
                        take();
                    }
                    inData = false;
                    openData.decrementAndGet();
                    clear();
                }
                case RSET, EHLO, HELO -> clear();
                case AUTH, AUTH_LINE -> loggingIn = code == 334;
                case QUIT -> closing = true;
                case STARTTLS -> {
                    if (code == 220) {
                        flush();
                        encrypt();
                    }
                }
                case GREETING, OTHER -> {
                }
            }
        }

        private void clear() {
            sender = null;
            recipients = new ArrayList<>();
        }

        private int honest() throws IOException {
            return switch (verb) {
                case GREETING -> say("220 sink.example ESMTP");
                case EHLO -> ehlo();
                case HELO -> say("250 sink.example");
                case STARTTLS -> say(tls == null ? "502 5.5.1 no" : "220 2.0.0 go");
                case AUTH, AUTH_LINE -> say("235 2.7.0 welcome");
                case MAIL -> say(sender == null ? "250 2.1.0 ok" : "503 5.5.1 nested MAIL");
                case RCPT -> say(sender == null ? "503 5.5.1 MAIL first" : "250 2.1.5 ok");
                case DATA -> say(recipients.isEmpty() ? "503 5.5.1 RCPT first" : "354 go");
                case DOT -> {
                    if (!dotDelay.isZero()) {
                        flush();
                        pause(dotDelay);
                    }
                    yield say(recipients.isEmpty() ? "554 5.5.1 no valid recipients" : "250 2.0.0 queued");
                }
                case RSET -> say("250 2.0.0 ok");
                case QUIT -> say("221 2.0.0 bye");
                case OTHER -> say("500 5.5.2 what");
            };
        }

        private int ehlo() {
            List<String> words = new ArrayList<>(offers);
            if (tls != null && !(socket instanceof SSLSocket)) {
                words.add("STARTTLS");
            }
            say(words.isEmpty() ? "250 sink.example" : "250-sink.example");
            for (int i = 0; i < words.size(); i++) {
                say((i == words.size() - 1 ? "250 " : "250-") + words.get(i));
            }
            return 250;
        }

        private int say(String line) {
            note("S: " + line);
            out.writeBytes((line + "\r\n").getBytes(StandardCharsets.UTF_8));
            return codeOf(line);
        }

        private int codeOf(String line) {
            return line.matches("(?s)\\d{3}.*") ? Integer.parseInt(line.substring(0, 3)) : 0;
        }

        private void note(String line) {
            if (transcribes) {
                synchronized (transcript) {
                    transcript.add(line);
                }
            }
        }

        private void take() {
            byte[] data = unstuffed(content);
            String text = new String(data, StandardCharsets.UTF_8);
            String id = text.lines().takeWhile(line -> !line.isEmpty())
                    .filter(line -> line.regionMatches(true, 0, "Message-ID:", 0, 11))
                    .map(line -> line.substring(11).strip()).findFirst().orElse("");
            record.add(new Taken(id, String.valueOf(sender), String.join(",", recipients), sha256(data), data,
                    Instant.now()));
        }

        private String path(String withParameters) {
            int close = withParameters.lastIndexOf('>');
            return close < 0 ? withParameters : withParameters.substring(withParameters.indexOf('<') + 1, close);
        }

        private void encrypt() throws IOException {
            SSLSocket over = (SSLSocket) tls.getSocketFactory().createSocket(socket, null, socket.getPort(), true);
            over.setUseClientMode(false);
            over.startHandshake();
            socket = over;
            input = over.getInputStream();
        }

        /** Sends what was said, and after a while these bytes. */
        void push(Duration delay, String bytes) throws IOException {
            flush();
            pause(delay);
            out.writeBytes(bytes.getBytes(StandardCharsets.ISO_8859_1));
            flush();
        }

        private void flush() throws IOException {
            if (out.size() > 0) {
                turns.incrementAndGet();
                socket.getOutputStream().write(out.toByteArray());
                socket.getOutputStream().flush();
                out.reset();
            }
        }

        private int read() throws IOException {
            if (next == end) {
                flush();
                end = input.read(buffer);
                next = 0;
                if (end < 0) {
                    end = 0;
                    throw new IOException("client hung up");
                }
            }
            return buffer[next++];
        }

        private String readLine() throws IOException {
            ByteArrayOutputStream line = new ByteArrayOutputStream();
            int last = 0;
            while (true) {
                int b = read();
                if (b == '\n' && last == '\r') {
                    String text = line.toString(StandardCharsets.UTF_8);
                    return text.substring(0, text.length() - 1);
                }
                line.write(b);
                last = b;
            }
        }

        private void readContent() throws IOException {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream(8192);
            int seen = 2; // of CR LF . CR LF: what came before counts as a line's end
            byte[] mark = {'\r', '\n', '.', '\r', '\n'};
            int last = '\n';
            while (seen < 5) {
                int b = read();
                bytes.write(b);
                if (b == 0 || b == '\n' && last != '\r' || last == '\r' && b != '\n') {
                    strays.incrementAndGet();
                }
                last = b;
                seen = b == mark[seen] ? seen + 1 : b == '\r' ? 1 : 0;
            }
            content = Arrays.copyOf(bytes.toByteArray(), bytes.size() - 3);
            note("C: [content]");
        }
    }

    private static byte[] unstuffed(byte[] wire) {
        ByteArrayOutputStream plain = new ByteArrayOutputStream(wire.length);
        for (int i = 0; i < wire.length; i++) {
            boolean lineStart = i == 0 || i > 1 && wire[i - 1] == '\n' && wire[i - 2] == '\r';
            if (!(lineStart && wire[i] == '.')) {
                plain.write(wire[i]);
            }
        }
        return plain.toByteArray();
    }

    public static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
