package io.caravan.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

/** Postfix's {@code smtp-source -d}: a ready-made mail of the size of ours, again and again over the same connections. */
final class SmtpSource {

    private final Path message;

    SmtpSource() throws IOException {
        message = Files.createTempFile(Path.of("target"), "message", ".txt");
        String head = "From: news@src.example\nTo: r@dest.example\nSubject: " + Letters.SUBJECT + "\nX-Filler: "
                + "x".repeat(400) + "\n\n";
        Files.writeString(message, head + Letters.HTML + Letters.TEXT + "x".repeat(60) + "\n",
                StandardCharsets.US_ASCII);
    }

    /** @param figures null in a round that does not count */
    void send(int port, int connections, int mails, @Nullable Figures figures) throws Exception {
        long cpu = Ticks.selfAndChildrenMicros();
        long began = System.nanoTime();
        Process source = new ProcessBuilder(Sink.tool("smtp-source"), "-d", "-s", Integer.toString(connections), "-m",
                Integer.toString(mails), "-F", message.toString(), "-f", "s@src.example", "-t", "r@dest.example", "-N",
                "127.0.0.1:" + port).inheritIO().start();
        if (!source.waitFor(15, TimeUnit.MINUTES)) {
            source.destroyForcibly();
            throw new IllegalStateException("smtp-source did not come to an end in 15 minutes");
        }
        if (source.exitValue() != 0) {
            throw new IllegalStateException("smtp-source ended with " + source.exitValue());
        }
        if (figures != null) {
            figures.add("smtp-source -d: mails/s", mails * 1e9 / (System.nanoTime() - began));
            figures.add("smtp-source -d: client us/mail", (double) (Ticks.selfAndChildrenMicros() - cpu) / mails);
        }
    }
}
