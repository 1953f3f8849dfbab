package io.caravan.transport;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;

import org.junit.jupiter.api.Test;

import io.caravan.mail.Cleared;
import io.caravan.mail.DeliveryResult;
import io.caravan.mail.EmailAddress;
import io.caravan.mail.InvalidInput;

import static org.assertj.core.api.Assertions.assertThat;

/** No address can add a recipient or a command, whatever stands in it: neither one that the parser lets in nor one that nobody parsed. */
class EnvelopeInjectionTest {

    private static final String[] BREAKS = {"\r\n", "\n", "\r", "\0", "\u0085", "\u2028", "\u2029", "\u000b", "\f",
            "\r\n ", "\r\n.\r\n", "\r\n\r\n", " ", "\t", "\u00a0", "\u007f", "\u001b", ""};
    private static final String[] HOSTILE = {"RCPT TO:<evil@evil.example>", ">", "<", "> NOTIFY=NEVER", ",", ";",
            "evil@evil.example", "<evil@evil.example>", "(evil@evil.example)", "@evil.example:", "%evil.example",
            "\"", "\\", "\"evil@evil.example\"", "=?UTF-8?Q?=0D=0ARCPT_TO:<evil@evil.example>?=", "QUIT", "DATA",
            "%0d%0aRSET", "x".repeat(600), "é", "日本", ".", "..", "ana"};

    @Test
    void noAddressAddsARecipientOrACommandInTenThousandCases() throws IOException {
        Random random = new Random(23);
        ScriptedSink sink = new ScriptedSink().offering("PIPELINING", "8BITMIME", "SMTPUTF8").start();
        List<Cleared> mails = new ArrayList<>();
        Set<String> known = new TreeSet<>();
        int parsed = 0;

        try (sink; Post post = new Post(Waits.RFC_5321, RelayGate.OPEN, 400, Post.relay("a", sink, 4))) {
            for (int i = 0; i < 10_000; i++) {
                EmailAddress to = EmailAddress.trusted(hostile(random), "n@example.org");
                try {
                    to = EmailAddress.parse(to.written());
                    parsed++;
                } catch (InvalidInput expected) {
                    // of most; the sender must not rely on it
                }
                Cleared mail = post.mail(to, "relay:a");
                known.add(Command.rcpt(mail.mail()));
                mails.add(mail);
                post.offer(mail);
            }
            post.awaitReplies(10_000);

            int accepted = 0;
            for (Cleared mail : mails) {
                DeliveryResult result = post.result(mail);
                boolean broken = mail.mail().envelope().recipient().written().chars()
                        .anyMatch(c -> c < ' ' || c == 127);
                assertThat(result).as(mail.mail().envelope().recipient().written())
                        .isInstanceOf(broken ? DeliveryResult.Failed.class : DeliveryResult.Accepted.class);
                accepted += broken ? 0 : 1;
            }
            List<String> said = new ArrayList<>();
            for (int session = 0; session < sink.sessions(); session++) {
                said.addAll(sink.transcript(session));
            }
            List<String> recipients = said.stream().filter(line -> line.startsWith("C: RCPT"))
                    .map(line -> line.substring(3)).toList();
            assertThat(recipients).hasSize(accepted).allMatch(known::contains);
            Set<String> verbs = new TreeSet<>();
            said.stream().filter(line -> line.startsWith("C: ")).forEach(line -> verbs.add(verb(line)));
            assertThat(verbs).containsExactly("DATA", "EHLO", "MAIL", "RCPT", "[content]");
            assertThat(sink.takenCount()).isEqualTo(accepted);
            assertThat(sink.strays()).isZero();
            assertThat(accepted).isBetween(1_000, 9_000);
            assertThat(parsed).isGreaterThan(100);
        }
    }

    private static String verb(String line) {
        return line.substring(3).split(" ")[0];
    }

    private static String hostile(Random random) {
        StringBuilder address = new StringBuilder(random.nextBoolean() ? "ana" : "");
        for (int n = random.nextInt(3); n >= 0; n--) {
            address.append(BREAKS[random.nextInt(4) > 0 ? BREAKS.length - 1 : random.nextInt(BREAKS.length)])
                    .append(HOSTILE[random.nextInt(HOSTILE.length)]);
        }
        return random.nextBoolean() ? address + "@example.org" : "ana@" + address + ".example.org";
    }
}
