package io.caravan.transport;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import io.caravan.mail.BounceClass;
import io.caravan.mail.Cleared;
import io.caravan.mail.DeliveryResult;
import io.caravan.mail.DeliveryResult.Accepted;
import io.caravan.mail.DeliveryResult.Bounced;
import io.caravan.mail.DeliveryResult.Deferred;
import io.caravan.mail.DeliveryResult.InDoubt;

import static io.caravan.transport.ScriptedSink.Verb.DATA;
import static io.caravan.transport.ScriptedSink.Verb.DOT;
import static io.caravan.transport.ScriptedSink.Verb.EHLO;
import static io.caravan.transport.ScriptedSink.Verb.GREETING;
import static io.caravan.transport.ScriptedSink.Verb.MAIL;
import static io.caravan.transport.ScriptedSink.Verb.RCPT;
import static io.caravan.transport.ScriptedSink.after;
import static io.caravan.transport.ScriptedSink.drip;
import static io.caravan.transport.ScriptedSink.drop;
import static io.caravan.transport.ScriptedSink.honest;
import static io.caravan.transport.ScriptedSink.raw;
import static io.caravan.transport.ScriptedSink.reply;
import static io.caravan.transport.ScriptedSink.replyAndClose;
import static io.caravan.transport.ScriptedSink.script;
import static io.caravan.transport.ScriptedSink.stall;
import static io.caravan.transport.ScriptedSink.takeAndDrop;
import static org.assertj.core.api.Assertions.assertThat;

/** The ways in which a relay misbehaves, one test each: nothing is lost, nothing is sent twice, and each mail has one result. */
class TwelveScriptsTest {

    private final ScriptedSink sink = new ScriptedSink();

    @BeforeEach
    void opens() throws IOException {
        sink.start();
    }

    @AfterEach
    void closes() throws IOException {
        sink.close();
    }

    @Test
    void one_relayIsDown() throws IOException {
        ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        int nobody = taken.getLocalPort();
        taken.close();

        try (Post post = Post.to(Post.relay("a", nobody, 2))) {
            DeliveryResult result = post.send("ana@example.org");

            assertThat(result).isInstanceOfSatisfying(Deferred.class,
                    deferred -> assertThat(deferred.reason())
                            .startsWith("relay a: cannot connect to 127.0.0.1:" + nobody));
            assertThat(post.dots).isEmpty();
        }
    }

    @Test
    void two_slowRelayIsWaitedFor() {
        sink.always(script().on(GREETING, after(Duration.ofMillis(150), honest()))
                .on(EHLO, after(Duration.ofMillis(150), honest()))
                .on(MAIL, after(Duration.ofMillis(150), honest())).on(RCPT, after(Duration.ofMillis(150), honest()))
                .on(DATA, after(Duration.ofMillis(150), honest())).on(DOT, after(Duration.ofMillis(400), honest())));

        try (Post post = Post.impatient(sink)) {
            DeliveryResult result = post.send("ana@example.org");

            assertThat(result).isEqualTo(new Accepted("127.0.0.1", "2.0.0", "250 2.0.0 queued"));
            post.assertAgreesWith(sink);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"GREETING", "EHLO", "MAIL", "RCPT", "DATA", "DOT"})
    void three_stalls(ScriptedSink.Verb where) {
        sink.next(script().on(where, stall()));

        try (Post post = Post.impatient(sink)) {
            DeliveryResult stalled = post.send("ana@example.org");
            DeliveryResult next = post.send("ben@example.org");

            if (where == DOT) {
                assertThat(stalled).isInstanceOfSatisfying(InDoubt.class,
                        doubt -> assertThat(doubt.reason())
                                .isEqualTo("timed out after 1 s while waiting for the reply to final dot"));
            } else {
                assertThat(stalled).isInstanceOfSatisfying(Deferred.class,
                        deferred -> assertThat(deferred.reason())
                                .startsWith("relay a: timed out after 800 ms while waiting for the reply to "));
            }
            assertThat(next).isInstanceOf(Accepted.class);
            post.assertAgreesWith(sink);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"GREETING", "EHLO", "MAIL", "RCPT", "DATA", "DOT"})
    void four_says421(ScriptedSink.Verb where) {
        sink.next(script().on(where, replyAndClose("421 4.3.2 going down")));

        try (Post post = Post.impatient(sink)) {
            DeliveryResult refused = post.send("ana@example.org");
            DeliveryResult next = post.send("ben@example.org");

            assertThat(refused).isInstanceOfSatisfying(Deferred.class, deferred -> {
                assertThat(deferred.status()).isEqualTo("4.3.2");
                assertThat(deferred.reply()).isEqualTo("421 4.3.2 going down");
            });
            assertThat(next).isInstanceOf(Accepted.class);
            post.assertAgreesWith(sink);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"MAIL", "RCPT", "DATA"})
    void four_says421ToALaterMailOfTheSameSessionAndGetsItOnANewOne(ScriptedSink.Verb where) {
        sink.next(script().on(where, honest(), honest(), replyAndClose("421 4.7.0 enough for one session")));

        try (Post post = Post.impatient(sink)) {
            List<DeliveryResult> results = post.sendAll(mails(post, 5));

            assertThat(results).allSatisfy(result -> assertThat(result).isInstanceOf(Accepted.class));
            assertThat(sink.sessions()).isEqualTo(2);
            assertThat(post.turnedAway).as("told at once, though it is nobody's result")
                    .contains("421 4.7.0 enough for one session");
            post.assertAgreesWith(sink);
        }
    }

    @Test
    void five_answersInManyLines() {
        sink.always(script().on(GREETING, reply("220-sink.example", "220-no spam", "220 please"))
                .on(MAIL, reply("250-2.1.0 well", "250 2.1.0 ok"))
                .on(RCPT, honest(), reply("550-5.1.1 the account", "550-5.1.1 ana",
                        "550 5.1.1 does not exist"))
                .on(DOT, reply("250-2.0.0 thank", "250 2.0.0 you")));

        try (Post post = Post.impatient(sink)) {
            List<DeliveryResult> results = post.sendAll(mails(post, 2));

            assertThat(results.get(0)).isEqualTo(new Accepted("127.0.0.1", "2.0.0", "250 2.0.0 thank 2.0.0 you"));
            assertThat(results.get(1)).isEqualTo(new Bounced("127.0.0.1", "5.1.1",
                    "550 5.1.1 the account 5.1.1 ana 5.1.1 does not exist", BounceClass.SOFT, "RCPT")); // hard by the rules
            post.assertAgreesWith(sink);
        }
    }

    static Stream<Arguments> garbage() {
        return Stream.of(ScriptedSink.Verb.values()).filter(List.of(GREETING, EHLO, MAIL, RCPT, DATA, DOT)::contains)
                .flatMap(verb -> Stream
                        .of("GET / HTTP/1.1\r\n\r\n", "25\r\n", "999 what\r\n", "250-one\r\n251 two\r\n", "\r\n",
                                "\0\0\0\r\n",
                                "x".repeat(5000) + "\r\n", "250-more\r\n".repeat(200))
                        .map(bytes -> Arguments.of(verb, bytes)));
    }

    @ParameterizedTest
    @MethodSource("garbage")
    void six_talksGarbage(ScriptedSink.Verb where, String bytes) {
        sink.next(script().on(where, raw(bytes)));

        try (Post post = Post.impatient(sink)) {
            DeliveryResult result = post.send("ana@example.org");
            DeliveryResult next = post.send("ben@example.org");

            assertThat(result).isInstanceOf(where == DOT ? InDoubt.class : Deferred.class);
            assertThat(next).isInstanceOf(Accepted.class);
            post.assertAgreesWith(sink);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"GREETING", "EHLO", "MAIL", "RCPT", "DATA", "DOT"})
    void seven_breaksOffInsideAReply(ScriptedSink.Verb where) {
        sink.next(script().on(where, session -> {
            raw("250-2.0.0 o").at(session);
            return drop().at(session);
        }));

        try (Post post = Post.impatient(sink)) {
            DeliveryResult result = post.send("ana@example.org");

            assertThat(result).isInstanceOf(where == DOT ? InDoubt.class : Deferred.class);
            post.assertAgreesWith(sink);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"GREETING", "EHLO", "MAIL", "RCPT", "DATA"})
    void eight_dropsTheLineBeforeTheDot(ScriptedSink.Verb where) {
        sink.next(script().on(where, drop()));

        try (Post post = Post.impatient(sink)) {
            DeliveryResult result = post.send("ana@example.org");
            DeliveryResult again = post.send("ana@example.org");

            assertThat(result).isInstanceOf(Deferred.class);
            assertThat(again).isInstanceOf(Accepted.class);
            assertThat(sink.takenCount()).isEqualTo(1);
        }
    }

    @Test
    void nine_dropsTheLineAfterTheDot() {
        sink.next(script().on(DOT, honest(), takeAndDrop()), script().on(DOT, drop()));

        try (Post post = Post.impatient(sink)) {
            List<DeliveryResult> results = post.sendAll(mails(post, 5));

            assertThat(results.get(0)).isInstanceOf(Accepted.class);
            assertThat(results.get(1)).as("it took it and could not say so").isInstanceOf(InDoubt.class);
            assertThat(results.get(2)).as("it did not take it, but nobody here can know").isInstanceOf(InDoubt.class);
            assertThat(results.subList(3, 5)).allSatisfy(result -> assertThat(result).isInstanceOf(Accepted.class));
            assertThat(sink.takenCount()).isEqualTo(4);
            post.assertAgreesWith(sink);
        }
    }

    @Test
    void ten_acceptsAfterMinutes() { // here 700 of 1000 milliseconds, as 7 minutes of 10
        sink.delayingDot(Duration.ofMillis(700));

        try (Post post = Post.impatient(sink)) {
            DeliveryResult result = post.send("ana@example.org");

            assertThat(result).isInstanceOf(Accepted.class);
            assertThat(sink.takenCount()).isEqualTo(1);
            assertThat(sink.transcript(0)).filteredOn("C: [content]"::equals).hasSize(1);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"GREETING", "RCPT", "DOT"})
    void eleven_sendsAByteASecond(ScriptedSink.Verb where) { // each byte comes in time, the whole does not
        sink.next(script().on(where, drip("250 " + "ok ".repeat(30), Duration.ofMillis(100))));

        try (Post post = Post.impatient(sink)) {
            long before = System.nanoTime();

            DeliveryResult result = post.send("ana@example.org");

            assertThat(result).isInstanceOf(where == DOT ? InDoubt.class : Deferred.class);
            assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(5));
        }
    }

    @Test
    void twelve_mixesRefusalsUnderPipelining() {
        sink.always(script()
                .on(MAIL, honest(), honest(), reply("451 4.3.0 later"), honest(), reply("550 5.7.1 your IP is blocked"))
                .on(RCPT, reply("550 5.1.1 user unknown"), reply("450 4.2.1 mailbox busy"), honest(),
                        reply("552 5.2.2 mailbox full"))
                .on(DATA, honest(), reply("354 go"), honest(), honest(), honest(), reply("451 4.3.0 not now"))
                .on(DOT, honest(), honest(), reply("554 5.7.1 spam"), reply("450 4.7.1 greylisted")));

        try (Post post = Post.impatient(sink)) {
            List<DeliveryResult> results = post.sendAll(mails(post, 9));

            assertThat(results.stream().map(TwelveScriptsTest::inShort)).containsExactly("bounced soft 5.1.1", // RCPT 550, DATA 503
                    "deferred 4.2.1", // RCPT 450, but DATA 354: a lone dot ends it
                    "deferred 4.3.0", // MAIL 451
                    "bounced soft 5.2.2", "bounced policy 5.7.1", "deferred 4.3.0", // DATA 451
                    "accepted", "bounced policy 5.7.1", "deferred 4.7.1");
            assertThat(sink.sessions()).as("none of this costs the connection").isEqualTo(1);
            post.assertAgreesWith(sink);
        }
        assertThat(sink.transcript(0)).startsWith("S: 220 sink.example ESMTP", "C: EHLO caravan.example")
                .containsSubsequence(
                        "C: MAIL FROM:<b+1@bounces.shop.example>", "C: RCPT TO:<n1@example.org>", "C: DATA", "C: RSET",
                        "S: 250 2.0.0 ok",
                        "C: MAIL FROM:<b+1@bounces.shop.example>", "C: RCPT TO:<n2@example.org>", "C: DATA",
                        "C: [content]",
                        "S: 554 5.5.1 no valid recipients", "C: RSET", "C: QUIT", "S: 221 2.0.0 bye");
    }

    private static List<Cleared> mails(Post post, int count) {
        return IntStream.rangeClosed(1, count).mapToObj(i -> post.mail("n" + i + "@example.org")).toList();
    }

    private static String inShort(DeliveryResult result) {
        return switch (result) {
            case Accepted a -> "accepted";
            case Deferred d -> "deferred " + d.status();
            case Bounced b -> "bounced " + b.reason();
            case DeliveryResult other -> other.toString();
        };
    }
}
