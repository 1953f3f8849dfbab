package io.caravan.mailauth;

import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import com.sun.management.ThreadMXBean;
import org.junit.jupiter.api.Test;

/** CPU and allocated bytes of a signature by algorithm and provider, one thread, a mail of 6 kB. */
class SignBench {

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @Test
    void signatures() {
        SigningKey rsa = key(SigningAlgorithm.RSA);
        SigningKey ed25519 = key(SigningAlgorithm.ED25519);
        List<byte[]> mail = mail();
        System.out.println("\n== DKIM signatures of a mail of " + mail.getFirst().length + " bytes, one thread");
        hash(mail);
        for (SigningProvider provider : List.of(SigningProvider.chosen(), SigningProvider.jdk())) {
            measure("RSA-2048, " + provider.name(), 3_000, new DkimSigner(provider, List.of(rsa)), mail);
            measure("Ed25519, " + provider.name(), 3_000, new DkimSigner(provider, List.of(ed25519)), mail);
            measure("both, " + provider.name(), 3_000, new DkimSigner(provider, List.of(rsa, ed25519)), mail);
        }
    }

    private static void measure(String what, int times, DkimSigner signer, List<byte[]> mail) {
        for (int i = 0; i < times; i++) {
            signer.sign(mail, i);
        }
        long nanos = THREADS.getCurrentThreadCpuTime();
        long bytes = THREADS.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < times; i++) {
            signer.sign(mail, i);
        }
        print(what, times, nanos, bytes);
    }

    /** What is left when nobody signs: header and body in canonical form, and the body's hash. */
    private static void hash(List<byte[]> mail) {
        SignedFields fields = new SignedFields();
        Bytes text = new Bytes();
        long seen = 0;
        long nanos = 0;
        long bytes = 0;
        for (int round = 0; round < 2; round++) {
            nanos = THREADS.getCurrentThreadCpuTime();
            bytes = THREADS.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 20_000; i++) {
                int from = fields.read(mail.getFirst());
                text.length = 0;
                fields.canonical(text);
                CanonicalBody body = Canonicalization.RELAXED.body((_, _, _) -> {
                });
                body.update(mail.getFirst(), from, mail.getFirst().length - from);
                seen += body.finish() + text.length;
            }
        }
        print("canonical forms alone (" + seen / 40_000 + " bytes)", 20_000, nanos, bytes);
    }

    private static void print(String what, int times, long nanos, long bytes) {
        System.out.printf(Locale.ROOT, "%-58s %8.1f us %8d bytes%n", what,
                (THREADS.getCurrentThreadCpuTime() - nanos) / 1000.0 / times,
                (THREADS.getCurrentThreadAllocatedBytes() - bytes) / times);
    }

    private static SigningKey key(SigningAlgorithm algorithm) {
        return new SigningKey("shop.example", "s1", algorithm, NewKey.make(algorithm).pkcs8());
    }

    private static List<byte[]> mail() {
        StringBuilder mail = new StringBuilder();
        for (String field : new ArrayList<>(
                List.of("Date: Mon, 5 Oct 2026 10:00:00 +0000", "From: Shop <news@shop.example>",
                        "To: ana@example.org", "Subject: Spring is here",
                        "Message-ID: <1.2.abcdefghijklmnopqrstuvwxyz@shop.example>",
                        "List-Id: <news.shop.example>",
                        "List-Unsubscribe: <https://mail.shop.example/u/1.2.abcdefghijklmnopqrstuvwxyz>",
                        "List-Unsubscribe-Post: List-Unsubscribe=One-Click", "Feedback-ID: spring:1:news:shop",
                        "MIME-Version: 1.0",
                        "Content-Type: text/plain; charset=UTF-8"))) {
            mail.append(field).append("\r\n");
        }
        mail.append("\r\n");
        while (mail.length() < 6_300) {
            mail.append("A line of  the usual length, as a newsletter has them, and some more of it.\r\n");
        }
        return List.of(mail.toString().getBytes(StandardCharsets.UTF_8));
    }
}
