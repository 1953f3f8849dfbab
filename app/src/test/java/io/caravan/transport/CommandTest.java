package io.caravan.transport;

import java.io.IOException;

import org.junit.jupiter.api.Test;

import io.caravan.mail.BounceClass;
import io.caravan.mail.Cleared;
import io.caravan.mail.DeliveryResult;
import io.caravan.mail.DeliveryResult.Accepted;
import io.caravan.mail.DeliveryResult.Bounced;
import io.caravan.mail.DeliveryResult.Failed;

import static org.assertj.core.api.Assertions.assertThat;

/** What the envelope says, by what the host offers. */
class CommandTest {

    @Test
    void declaresSizeEightBitAndUtf8WhereOfferedAndNeeded() throws IOException {
        ScriptedSink sink = new ScriptedSink().offering("SIZE 10000", "8BITMIME", "SMTPUTF8", "PIPELINING").start();

        try (sink; Post post = Post.to(sink)) {
            Cleared mail = post.mail("josé@example.org", "relay:a", "Olé\r\n");

            assertThat(post.send(mail)).isInstanceOf(Accepted.class);
            assertThat(sink.transcript(0)).contains(
                    "C: MAIL FROM:<b+1@bounces.shop.example> SIZE=" + mail.mail().size() + " BODY=8BITMIME SMTPUTF8",
                    "C: RCPT TO:<josé@example.org>");
        }
    }

    @Test
    void aMailThatIsTooBigIsNotEvenTried() throws IOException {
        try (ScriptedSink sink = new ScriptedSink().offering("SIZE 100").start(); Post post = Post.to(sink)) {
            Cleared mail = post.mail("ana@example.org", "relay:a", "x".repeat(60) + "\r\n");

            DeliveryResult result = post.send(mail);

            assertThat(result).isInstanceOfSatisfying(Bounced.class, bounced -> {
                assertThat(bounced.bounceClass()).isEqualTo(BounceClass.SOFT);
                assertThat(bounced.status()).isEqualTo("5.3.4");
                assertThat(bounced.reply()).isEqualTo("relay a takes mails up to 100 bytes, this one has "
                        + mail.mail().size());
            });
            assertThat(sink.transcript(0)).noneMatch(line -> line.startsWith("C: MAIL"));
        }
    }

    @Test
    void anAddressThatNeedsUtf8IsNotSentToAHostWithoutIt() throws IOException {
        try (ScriptedSink sink = new ScriptedSink().offering("8BITMIME").start(); Post post = Post.to(sink)) {
            DeliveryResult result = post.send("josé@example.org");

            assertThat(result).isInstanceOfSatisfying(Failed.class,
                    failed -> assertThat(failed.reason()).contains("SMTPUTF8"));
            assertThat(post.send("jose@example.org")).isInstanceOf(Accepted.class);
        }
    }

    @Test
    void eightBitContentIsNotSentToAHostWithoutIt() throws IOException {
        try (ScriptedSink sink = new ScriptedSink().offering("PIPELINING").start(); Post post = Post.to(sink)) {
            DeliveryResult result = post.send(post.mail("ana@example.org", "relay:a", "Olé\r\n"));

            assertThat(result).isInstanceOfSatisfying(Failed.class,
                    failed -> assertThat(failed.reason()).contains("8BITMIME"));
        }
    }

    @Test
    void anEnvelopeWithALineBreakIsNeverSpoken() throws IOException {
        try (ScriptedSink sink = new ScriptedSink().start(); Post post = Post.to(sink)) {
            DeliveryResult result = post.send("ana@example.org>\r\nRCPT TO:<evil@example.org");

            assertThat(result).isInstanceOf(Failed.class);
            assertThat(sink.transcript(0)).noneMatch(line -> line.contains("evil"));
        }
    }
}
