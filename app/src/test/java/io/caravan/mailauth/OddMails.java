package io.caravan.mailauth;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/** Mails as hard to sign as the standards let them be: odd white space, folded and empty fields, 8bit, long lines, empty bodies. */
public final class OddMails {

    private static final String[] WHITE = {" ", "  ", "\t", " \t ", ""};
    private static final String[] FOLDS = {"\r\n ", "\r\n\t", " \r\n  ", "\t\r\n \t", " "};
    private static final String[] WORDS = {"Hello", "friend", "=?UTF-8?Q?caf=C3=A9?=", "a;b", "\"q\"", "x=y", "100 %",
            "k:v", "...", "-- "};
    private static final String[] LINES = {"", " ", "\t", "  trailing  ", "a\tb  c", ".", "..", "From me", "café",
            "\u00fc\u00df\u20ac", "=3D soft=", "word", "\u0001control", "two  spaces"};

    private final Random random;

    public OddMails(long seed) {
        random = new Random(seed);
    }

    /** In segments, each of which begins at a line's start. */
    public List<byte[]> next(int number) {
        StringBuilder header = new StringBuilder();
        List<String> fields = new ArrayList<>(List.of("From: Ana <news@shop.example>", "To: ana@example.org",
                field("Subject"), "Date: Mon, 5 Oct 2026 10:00:00 +0000", "Message-ID: <" + number + "@shop.example>",
                "MIME-Version: 1.0", "Content-Type: text/plain;" + fold() + "charset=UTF-8"));
        for (String extra : List.of("List-Unsubscribe", "List-Unsubscribe-Post", "Feedback-ID", "List-Id", "X-Odd",
                "Received", "reply-to", "cC")) {
            for (int times = random.nextInt(3); times > 1 || times > 0 && random.nextBoolean(); times--) {
                fields.add(field(extra));
            }
        }
        while (!fields.isEmpty()) {
            header.append(fields.remove(random.nextInt(fields.size()))).append("\r\n");
        }
        List<byte[]> segments = new ArrayList<>();
        boolean apart = random.nextInt(4) == 0;
        if (apart) {
            segments.add(bytes(header.toString()));
            header.setLength(0);
        }
        header.append("\r\n");
        int lines = random.nextInt(5) == 0 ? 0 : random.nextInt(40);
        for (int line = 0; line < lines; line++) {
            header.append(line()).append("\r\n");
            if (random.nextInt(20) == 0) {
                segments.add(bytes(header.toString()));
                header.setLength(0);
            }
        }
        segments.add(bytes(header.toString()));
        return segments;
    }

    /** True if nothing but white space is in the body, so that its relaxed form is empty. */
    static boolean isBlank(List<byte[]> segments) {
        String mail = new String(whole(segments), StandardCharsets.ISO_8859_1);
        return mail.substring(mail.indexOf("\r\n\r\n")).isBlank();
    }

    static byte[] whole(List<byte[]> segments) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        segments.forEach(all::writeBytes);
        return all.toByteArray();
    }

    private String field(String name) {
        StringBuilder field = new StringBuilder(name).append(':').append(pick(WHITE));
        IntStream.range(0, 1 + random.nextInt(6)).forEach(_ -> field.append(pick(WORDS)).append(fold()));
        return field.append("end").append(pick(WHITE)).toString();
    }

    private String fold() {
        return pick(FOLDS);
    }

    private String line() {
        return switch (random.nextInt(12)) {
            case 0 -> "x".repeat(900 + random.nextInt(98));
            case 1 -> "long words ".repeat(80);
            case 2 -> " ".repeat(random.nextInt(200));
            default -> pick(LINES) + pick(WHITE);
        };
    }

    private String pick(String[] of) {
        return of[random.nextInt(of.length)];
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
