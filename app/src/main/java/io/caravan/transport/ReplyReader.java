package io.caravan.transport;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import io.caravan.mail.SmtpReply;

/** Cuts a stream of bytes into replies (RFC 5321 section 4.2), and takes nothing for one that is none. */
final class ReplyReader {

    private static final int LONGEST_LINE = 2048; // RFC 5321 4.5.3.1.5 says 512; not all hosts keep to it
    private static final int MOST_LINES = 100;

    private final byte[] in = new byte[8 * 1024];
    private final byte[] line = new byte[LONGEST_LINE];
    private InputStream input;
    private int next;
    private int end;

    ReplyReader(InputStream input) {
        this.input = input;
    }

    /** From now on from here. What was read ahead from the old stream counts no more; see {@link #saysMore}. */
    void continueWith(InputStream encrypted) {
        next = 0;
        end = 0;
        input = encrypted;
    }

    boolean hasUnread() {
        return next < end;
    }

    boolean saysMore() throws IOException {
        return hasUnread() || input.available() > 0;
    }

    /** @throws LineLost if it is no SMTP reply: then nobody knows which answer belongs to what any more */
    SmtpReply reply(Stage stage) throws IOException {
        int length = line();
        int code = code(length, stage);
        String first = text(length);
        if (isLast(length)) {
            return new SmtpReply(code, first);
        }
        List<String> lines = new ArrayList<>();
        lines.add(first);
        do {
            length = line();
            if (code(length, stage) != code || lines.size() == MOST_LINES) {
                throw garbage(length, stage);
            }
            lines.add(text(length));
        } while (!isLast(length));
        return new SmtpReply(code, lines);
    }

    private boolean isLast(int length) {
        return length <= 3 || line[3] != '-';
    }

    private String text(int length) {
        return length <= 4 ? "" : new String(line, 4, length - 4, StandardCharsets.UTF_8);
    }

    private int code(int length, Stage stage) throws LineLost {
        if (length < 3 || line[0] < '2' || line[0] > '5' || !isDigit(line[1]) || !isDigit(line[2])
                || length > 3 && line[3] != ' ' && line[3] != '-') {
            throw garbage(length, stage);
        }
        return (line[0] - '0') * 100 + (line[1] - '0') * 10 + line[2] - '0';
    }

    private static boolean isDigit(byte b) {
        return b >= '0' && b <= '9';
    }

    private LineLost garbage(int length, Stage stage) {
        String heard = new String(line, 0, Math.min(length, 80), StandardCharsets.ISO_8859_1).replaceAll("[^ -~]", "?");
        return new LineLost("the reply to " + stage.word + " is no SMTP reply: '" + heard + "'");
    }

    /** The length of the next line, which is then in {@link #line} without its end. */
    private int line() throws IOException {
        int length = 0;
        while (true) {
            if (next == end) {
                fill();
            }
            byte b = in[next++];
            if (b == '\n') {
                return length > 0 && line[length - 1] == '\r' ? length - 1 : length;
            }
            if (length == LONGEST_LINE) {
                throw new LineLost("a reply line is longer than " + LONGEST_LINE + " bytes");
            }
            line[length++] = b;
        }
    }

    private void fill() throws IOException {
        next = 0;
        end = 0;
        int count = input.read(in, 0, in.length);
        if (count < 0) {
            throw new IOException("the host closed the connection");
        }
        end = count;
    }
}
