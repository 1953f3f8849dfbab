package io.caravan.transport;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javax.net.ssl.SSLSocket;

import io.caravan.transport.ScriptedSink.Act;
import io.caravan.transport.ScriptedSink.Script;
import io.caravan.transport.ScriptedSink.Taken;
import io.caravan.transport.ScriptedSink.Verb;

/** One connection to a {@link ScriptedSink}: reads commands and content, acts as its script says, and keeps what was said. */
public final class SinkSession {

    private final ScriptedSink sink;
    private final Script script;
    private final Map<Verb, Integer> counts = new EnumMap<>(Verb.class);
    private final List<String> transcript = new ArrayList<>();
    final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final byte[] buffer = new byte[64 * 1024];
    private Socket socket;
    InputStream input;
    private int next;
    private int end;
    private Verb verb = Verb.GREETING;
    private String argument = "";
    private String sender;
    private List<String> recipients = new ArrayList<>();
    private byte[] content = new byte[0];
    private boolean inData;
    private Instant asked = Instant.MIN;
    private Instant begun = Instant.MIN;
    private boolean loggingIn;
    boolean closing;

    SinkSession(ScriptedSink sink, Socket socket, Script script) throws IOException {
        this.sink = sink;
        this.socket = socket;
        this.script = script;
        socket.setTcpNoDelay(true);
        input = socket.getInputStream();
        sink.transcripts.add(transcript);
    }

    void run() throws IOException {
        try {
            if (sink.implicitTls) {
                encrypt();
            }
            act(Verb.GREETING, "");
            while (!closing) {
                if (inData) {
                    readContent();
                    sink.heldMails.incrementAndGet();
                    try {
                        act(Verb.DOT, "");
                    } finally {
                        sink.heldMails.decrementAndGet();
                    }
                } else {
                    command(readLine());
                }
            }
            flush();
        } finally {
            if (inData) {
                sink.openData.decrementAndGet();
            }
        }
    }

    private void command(String line) throws IOException {
        note("C: " + line);
        String upper = line.toUpperCase(Locale.ROOT);
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
                    asked = Instant.now();
                    sink.mostOpenData.accumulateAndGet(sink.openData.incrementAndGet(), Math::max);
                }
            }
            case DOT -> {
                if (good) {
                    take();
                }
                inData = false;
                sink.openData.decrementAndGet();
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

    int honest() throws IOException {
        return switch (verb) {
            case GREETING -> say("220 sink.example ESMTP");
            case EHLO -> ehlo();
            case HELO -> say("250 sink.example");
            case STARTTLS -> say(sink.tls == null ? "502 5.5.1 no" : "220 2.0.0 go");
            case AUTH, AUTH_LINE -> say("235 2.7.0 welcome");
            case MAIL -> say(sender == null ? "250 2.1.0 ok" : "503 5.5.1 nested MAIL");
            case RCPT -> say(sender == null ? "503 5.5.1 MAIL first" : "250 2.1.5 ok");
            case DATA -> say(recipients.isEmpty() ? "503 5.5.1 RCPT first" : "354 go");
            case DOT -> {
                if (!sink.dotDelay.isZero()) {
                    flush();
                    ScriptedSink.pause(sink.dotDelay);
                }
                yield say(recipients.isEmpty() ? "554 5.5.1 no valid recipients" : "250 2.0.0 queued");
            }
            case RSET -> say("250 2.0.0 ok");
            case QUIT -> say("221 2.0.0 bye");
            case OTHER -> say("500 5.5.2 what");
        };
    }

    private int ehlo() {
        List<String> words = new ArrayList<>(sink.offers);
        if (sink.tls != null && !(socket instanceof SSLSocket)) {
            words.add("STARTTLS");
        }
        say(words.isEmpty() ? "250 sink.example" : "250-sink.example");
        for (int i = 0; i < words.size(); i++) {
            say((i == words.size() - 1 ? "250 " : "250-") + words.get(i));
        }
        return 250;
    }

    int say(String line) {
        note("S: " + line);
        out.writeBytes((line + "\r\n").getBytes(StandardCharsets.UTF_8));
        return codeOf(line);
    }

    int codeOf(String line) {
        return line.matches("(?s)\\d{3}.*") ? Integer.parseInt(line.substring(0, 3)) : 0;
    }

    private void note(String line) {
        if (sink.transcribes) {
            synchronized (transcript) {
                transcript.add(line);
            }
        }
    }

    /** Sends what was said, and after a while these bytes. */
    void push(Duration delay, String bytes) throws IOException {
        flush();
        ScriptedSink.pause(delay);
        out.writeBytes(bytes.getBytes(StandardCharsets.ISO_8859_1));
        flush();
    }

    private void take() {
        byte[] data = unstuffed(content);
        String text = new String(data, StandardCharsets.UTF_8);
        String id = text.lines().takeWhile(line -> !line.isEmpty())
                .filter(line -> line.regionMatches(true, 0, "Message-ID:", 0, 11))
                .map(line -> line.substring(11).strip()).findFirst().orElse("");
        sink.record.accept(
                new Taken(id, String.valueOf(sender), String.join(",", recipients), ScriptedSink.sha256(data), data,
                        asked, begun, Instant.now()));
    }

    private String path(String withParameters) {
        int close = withParameters.lastIndexOf('>');
        return close < 0 ? withParameters : withParameters.substring(withParameters.indexOf('<') + 1, close);
    }

    private void encrypt() throws IOException {
        SSLSocket over = (SSLSocket) sink.tls.getSocketFactory().createSocket(socket, null, socket.getPort(), true);
        over.setUseClientMode(false);
        over.startHandshake();
        sink.handshakes.add(over.getSession().getCreationTime()); // that of the first one, where a session is resumed
        socket = over;
        input = over.getInputStream();
    }

    void flush() throws IOException {
        if (out.size() > 0) {
            sink.turns.incrementAndGet();
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
            if (bytes.size() == 0) {
                begun = Instant.now();
            }
            bytes.write(b);
            if (b == 0 || b == '\n' && last != '\r' || last == '\r' && b != '\n') {
                sink.strays.incrementAndGet();
            }
            last = b;
            seen = b == mark[seen] ? seen + 1 : b == '\r' ? 1 : 0;
        }
        content = Arrays.copyOf(bytes.toByteArray(), bytes.size() - 3);
        note("C: [content]");
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
}
