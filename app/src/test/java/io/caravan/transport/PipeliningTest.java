package io.caravan.transport;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

import io.caravan.mail.Cleared;
import io.caravan.mail.DeliveryResult;
import io.caravan.mail.DeliveryResult.Accepted;

import static io.caravan.transport.ScriptedSink.Verb.DATA;
import static io.caravan.transport.ScriptedSink.Verb.DOT;
import static io.caravan.transport.ScriptedSink.Verb.EHLO;
import static io.caravan.transport.ScriptedSink.Verb.GREETING;
import static io.caravan.transport.ScriptedSink.Verb.RCPT;
import static io.caravan.transport.ScriptedSink.honest;
import static io.caravan.transport.ScriptedSink.reply;
import static io.caravan.transport.ScriptedSink.script;
import static org.assertj.core.api.Assertions.assertThat;

class PipeliningTest {

    @Test
    void costsOneRoundTripAMail() throws IOException {
        CountDownLatch allOffered = new CountDownLatch(1);
        ScriptedSink sink = new ScriptedSink().quiet().next(script().on(GREETING, session -> {
            ScriptedSink.hold(allOffered);
            return honest().at(session);
        })).start();

        try (sink; Post post = new Post(Waits.RFC_5321, RelayGate.OPEN, 400, Post.relay("a", sink, 1))) {
            List<Cleared> mails = mails(post, 300);
            mails.forEach(post::offer);
            allOffered.countDown();
            post.awaitReplies(300);

            assertThat(sink.takenCount()).isEqualTo(300);
            assertThat(sink.turns()).isBetween(300, 310); // and three for greeting, EHLO and the first envelope
            post.assertAgreesWith(sink);
        }
    }

    @Test
    void ridesBehindTheDotButHoldsContentBack() throws IOException {
        try (ScriptedSink sink = new ScriptedSink().start(); Post post = Post.to(sink)) {
            post.sendAll(mails(post, 2));
            post.transport.stop(Duration.ofSeconds(5));

            assertThat(sink.transcript(0)).containsExactly("S: 220 sink.example ESMTP", "C: EHLO caravan.example",
                    "S: 250-sink.example", "S: 250-PIPELINING", "S: 250-8BITMIME", "S: 250-SMTPUTF8",
                    "S: 250 ENHANCEDSTATUSCODES",
                    "C: MAIL FROM:<b+1@bounces.shop.example>", "S: 250 2.1.0 ok", "C: RCPT TO:<n1@example.org>",
                    "S: 250 2.1.5 ok",
                    "C: DATA", "S: 354 go", "C: [content]", "S: 250 2.0.0 queued",
                    "C: MAIL FROM:<b+1@bounces.shop.example>",
                    "S: 250 2.1.0 ok", "C: RCPT TO:<n2@example.org>", "S: 250 2.1.5 ok", "C: DATA", "S: 354 go",
                    "C: [content]",
                    "S: 250 2.0.0 queued", "C: QUIT", "S: 221 2.0.0 bye");
        }
    }

    @Test
    void neverHasTwoUnansweredDotsOnAConnection() throws IOException {
        try (ScriptedSink sink = new ScriptedSink().delayingDot(Duration.ofMillis(20)).start();
                Post post = Post.to(sink)) {
            List<Cleared> mails = mails(post, 20);
            mails.forEach(post::offer);
            for (int answered = 0; answered < 20; answered = post.replies.get()) {
                int dots = post.dots.size();

                assertThat(dots - post.replies.get()).isLessThanOrEqualTo(1);
                Thread.onSpinWait();
            }
            assertThat(sink.mostOpenData()).isEqualTo(1);
            post.assertAgreesWith(sink);
        }
    }

    @Test
    void asksOneCommandAtATimeWhereItIsNotOffered() throws IOException {
        try (ScriptedSink sink = new ScriptedSink().withoutPipelining().start(); Post post = Post.to(sink)) {
            List<DeliveryResult> results = post.sendAll(mails(post, 10));

            assertThat(results).allSatisfy(result -> assertThat(result).isInstanceOf(Accepted.class));
            assertThat(sink.turns()).isGreaterThanOrEqualTo(40);
            assertThat(sink.sessions()).isEqualTo(1);
            post.assertAgreesWith(sink);
        }
    }

    @Test
    void sendsNoDataAfterARefusedRecipientWhereItIsNotOffered() throws IOException {
        ScriptedSink sink = new ScriptedSink().withoutPipelining()
                .next(script().on(RCPT, reply("550 5.1.1 user unknown"))).start();

        try (sink; Post post = Post.to(sink)) {
            post.sendAll(mails(post, 2));
            post.transport.stop(Duration.ofSeconds(5));

            assertThat(sink.transcript(0)).containsSubsequence("C: RCPT TO:<n1@example.org>",
                    "S: 550 5.1.1 user unknown", "C: RSET",
                    "S: 250 2.0.0 ok", "C: RCPT TO:<n2@example.org>", "C: DATA", "C: [content]");
            assertThat(sink.transcript(0)).filteredOn("C: DATA"::equals).hasSize(1);
        }
    }

    @Test
    void hangsUpOnAHostThatAnswersTheDotBeforeItHasTheContent() throws IOException {
        ScriptedSink sink = new ScriptedSink().next(script().on(DATA, reply("354 go", "250 2.0.0 queued already")))
                .start();

        try (sink; Post post = Post.to(sink)) {
            DeliveryResult result = post.send("ana@example.org");

            assertThat(result).isInstanceOf(DeliveryResult.Deferred.class);
            assertThat(sink.taken()).isEmpty();
        }
    }

    @Test
    void usesHeloWhereEhloIsUnknown() throws IOException {
        ScriptedSink sink = new ScriptedSink().next(script().on(EHLO, reply("502 5.5.1 what"))).start();

        try (sink; Post post = Post.to(sink)) {
            DeliveryResult result = post.send("ana@example.org");

            assertThat(result).isInstanceOf(Accepted.class);
            assertThat(sink.transcript(0)).contains("C: HELO caravan.example");
        }
    }

    @Test
    void reusesConnectionsAndOpensNoMoreThanItMay() throws IOException {
        ScriptedSink sink = new ScriptedSink().delayingDot(Duration.ofMillis(2)).quiet().start();

        try (sink; Post post = new Post(Waits.RFC_5321, RelayGate.OPEN, 400, Post.relay("a", sink, 5))) {
            post.sendAll(mails(post, 200));

            assertThat(sink.sessions()).isEqualTo(5);
            assertThat(sink.mostOpenSessions()).isEqualTo(5);
            assertThat(post.transport.openConnections()).isEqualTo(5);
            post.assertAgreesWith(sink);
        }
    }

    @Test
    void opensOneConnectionForATrickle() throws IOException {
        try (ScriptedSink sink = new ScriptedSink().start(); Post post = Post.to(Post.relay("a", sink, 10))) {
            for (int i = 0; i < 20; i++) {
                post.send("n" + i + "@example.org");
            }

            assertThat(sink.sessions()).isLessThanOrEqualTo(2);
        }
    }

    @Test
    void waitsWithTheOpenConnectionsWhenTheHostTakesNoMore() throws IOException {
        ScriptedSink sink = new ScriptedSink().delayingDot(Duration.ofMillis(3)).next(script())
                .always(script().on(ScriptedSink.Verb.GREETING,
                        ScriptedSink.replyAndClose("421 4.7.0 too many connections")))
                .start();

        try (sink; Post post = Post.to(Post.relay("a", sink, 5))) {
            post.send("first@example.org");
            List<DeliveryResult> results = post.sendAll(mails(post, 100));

            assertThat(results).allSatisfy(result -> assertThat(result).isInstanceOf(Accepted.class));
            post.assertAgreesWith(sink);
        }
    }

    @Test
    void aRelayThatWorksOnOtherConnectionsIsNotDown() throws IOException {
        ScriptedSink sink = new ScriptedSink().delayingDot(Duration.ofMillis(3)).next(script())
                .always(script().on(ScriptedSink.Verb.MAIL,
                        ScriptedSink.replyAndClose("421 4.7.0 one session is enough")))
                .start();
        AtomicInteger failures = new AtomicInteger();
        RelayGate counting = new RelayGate() {
            @Override
            public boolean mayTry(String relay) {
                return true;
            }

            @Override
            public void worked(String relay) {
            }

            @Override
            public void failed(String relay, String why) {
                failures.incrementAndGet();
            }
        };

        try (sink; Post post = new Post(Waits.RFC_5321, counting, 400, Post.relay("a", sink, 5))) {
            post.send("first@example.org");
            List<DeliveryResult> results = post.sendAll(mails(post, 100));

            assertThat(results).allSatisfy(result -> assertThat(result).isInstanceOf(Accepted.class));
            assertThat(failures).hasValue(0);
            post.assertAgreesWith(sink);
        }
    }

    @Test
    void quitsWhenThereIsNothingToDo() throws IOException {
        try (ScriptedSink sink = new ScriptedSink().start(); Post post = Post.impatient(sink)) {
            post.send("ana@example.org");
            org.awaitility.Awaitility.await().until(() -> sink.openSessions() == 0);

            assertThat(sink.transcript(0)).endsWith("C: QUIT", "S: 221 2.0.0 bye");
        }
    }

    @Test
    void afterAnIdleHostHungUpTheNextMailTakesANewConnection() throws IOException {
        ScriptedSink sink = new ScriptedSink().next(script().on(DOT, session -> {
            honest().at(session);
            return ScriptedSink.drop().at(session) + 250;
        })).start();

        try (sink; Post post = Post.to(sink)) {
            post.send("ana@example.org");
            DeliveryResult next = post.send("ben@example.org");

            assertThat(next).isInstanceOf(Accepted.class);
            assertThat(sink.sessions()).isEqualTo(2);
        }
    }

    private static List<Cleared> mails(Post post, int count) {
        return IntStream.rangeClosed(1, count).mapToObj(i -> post.mail("n" + i + "@example.org")).toList();
    }

    @Test
    void takesWhatItUnderstandsOfAnOddGreeting() throws IOException {
        ScriptedSink sink = new ScriptedSink().next(script().on(EHLO,
                reply("250-sink.example", "250-=", "250- = ", "250-", "250-SIZE=x", "250-AUTH=", "250 8BITMIME")))
                .start();

        try (sink; Post post = Post.to(sink)) {
            assertThat(post.send("ana@example.org")).isInstanceOf(Accepted.class);
            assertThat(sink.sessions()).isEqualTo(1);
        }
    }
}
