package io.caravan.transport;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.caravan.mail.Cleared;
import io.caravan.mail.DeliveryResult;
import io.caravan.mail.DeliveryResult.Accepted;
import io.caravan.mail.DeliveryResult.Bounced;
import io.caravan.mail.DeliveryResult.Deferred;
import io.caravan.mail.DeliveryResult.Failed;
import io.caravan.mail.DeliveryResult.InDoubt;
import io.caravan.mail.DeliveryResult.NotTried;
import io.caravan.mail.EmailAddress;
import io.caravan.mail.SmtpReply;
import io.caravan.transport.ScriptedSink.Verb;

import static io.caravan.transport.ScriptedSink.honest;
import static io.caravan.transport.ScriptedSink.reply;
import static io.caravan.transport.ScriptedSink.replyAndClose;
import static io.caravan.transport.ScriptedSink.script;
import static io.caravan.transport.ScriptedSink.takeAndDrop;
import static org.assertj.core.api.Assertions.assertThat;

class FailoverTest {

    private static final String NO_RELAY = "554 5.7.1 Relay access denied";

    /** Opens at the first failure, and stays so. */
    private static final class Memory implements RelayGate {
        final AtomicInteger asked = new AtomicInteger();
        final AtomicInteger failed = new AtomicInteger();
        final AtomicBoolean down = new AtomicBoolean();

        @Override
        public boolean mayTry(String relay) {
            asked.incrementAndGet();
            return !relay.equals("a") || !down.get();
        }

        @Override
        public void worked(String relay) {
        }

        @Override
        public boolean refusesToRelay(SmtpReply reply) {
            return reply.oneLine().equals(NO_RELAY);
        }

        @Override
        public void failed(String relay, String why) {
            failed.incrementAndGet();
            down.compareAndSet(false, relay.equals("a"));
        }
    }

    @ParameterizedTest
    @CsvSource({"GREETING, 554 5.3.2 no service", "GREETING, 421 4.3.2 busy", "GREETING, 450 4.3.2 later",
            "EHLO, 421 4.3.2 busy",
            "MAIL, 421 4.3.2 busy", "RCPT, 421 4.3.2 busy", "DATA, 421 4.3.2 busy"})
    void theNextRelayTakesWhatTheFirstGivesNoServiceFor(ScriptedSink.Verb where, String reply) throws IOException {
        ScriptedSink first = new ScriptedSink().always(script().on(where, replyAndClose(reply))).start();
        ScriptedSink second = new ScriptedSink().start();

        try (first; second; Post post = Post.to(Post.relay("a", first, 1), Post.relay("b", second, 1))) {
            DeliveryResult result = post.send(post.mail("ana@example.org", "relay:a,relay:b", "Hello.\r\n"));

            assertThat(result).isInstanceOf(Accepted.class);
            assertThat(first.taken()).isEmpty();
            assertThat(second.takenCount()).isEqualTo(1);
        }
    }

    @Test
    void aRefusedMailIsRefusedAndNotOfferedElsewhere() throws IOException {
        ScriptedSink first = new ScriptedSink()
                .always(script().on(ScriptedSink.Verb.RCPT, ScriptedSink.reply("550 5.1.1 user unknown"))).start();
        ScriptedSink second = new ScriptedSink().start();

        try (first; second; Post post = Post.to(Post.relay("a", first, 1), Post.relay("b", second, 1))) {
            DeliveryResult result = post.send(post.mail("ana@example.org", "relay:a,relay:b", "Hello.\r\n"));

            assertThat(result).isInstanceOf(Bounced.class);
            assertThat(second.sessions()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"PIPELINING", "8BITMIME"})
    void aRelayThatRelaysForNobodyIsDownAndItsMailGoesToTheNext(String offered) throws IOException {
        ScriptedSink first = new ScriptedSink().offering(offered)
                .always(script().on(Verb.RCPT, reply(NO_RELAY), reply(NO_RELAY))).start();
        ScriptedSink second = new ScriptedSink().start();
        Memory memory = new Memory();

        try (first;
                second;
                Post post = new Post(Waits.RFC_5321, memory, 400, Post.relay("a", first, 1),
                        Post.relay("b", second, 1))) {
            for (int i = 0; i < 10; i++) {
                assertThat(post.send(post.mail("ana@d" + i + ".example", "relay:a,relay:b", "Hello.\r\n")))
                        .isInstanceOf(Accepted.class);
            }
            assertThat(first.taken()).isEmpty();
            assertThat(first.sessions()).as("after the second domain it is left alone").isOne();
            assertThat(memory.failed).hasValue(1);
            assertThat(second.takenCount()).isEqualTo(10);
        }
    }

    @Test
    void aRelayThatLeavesOutOneDomainIsNotDownForIt() throws IOException {
        ScriptedSink first = new ScriptedSink().always(script().on(Verb.RCPT, reply(NO_RELAY),
                reply("550 5.1.1 user unknown"), reply(NO_RELAY), reply(NO_RELAY), honest())).start();
        ScriptedSink second = new ScriptedSink().start();
        Memory memory = new Memory();

        try (first;
                second;
                Post post = new Post(Waits.RFC_5321, memory, 400, Post.relay("a", first, 1),
                        Post.relay("b", second, 1))) {
            for (String domain : List.of("left-out", "b", "left-out-too", "left-out-too", "b")) {
                post.send(post.mail("ana@" + domain + ".example", "relay:a,relay:b", "Hello.\r\n"));
            }
            assertThat(first.takenCount()).isEqualTo(1);
            assertThat(second.takenCount()).isEqualTo(3);
            assertThat(memory.failed).hasValue(0);
        }
    }

    @Test
    void noRecipientHasTheRefusalOfARelayForItsResultForGood() throws IOException {
        ScriptedSink only = new ScriptedSink().always(script().on(Verb.RCPT, reply(NO_RELAY))).start();

        try (only; Post post = new Post(Waits.RFC_5321, new Memory(), 400, Post.relay("a", only, 1))) {
            assertThat(post.send(post.mail("ana@example.org"))).isInstanceOfSatisfying(Deferred.class, deferred -> {
                assertThat(deferred.reply()).isEqualTo(NO_RELAY);
                assertThat(deferred.reason()).contains("relay a", "RCPT: " + NO_RELAY);
            });
        }
    }

    /** One domain may be left out by it; two in a row after it had worked are all. */
    @Test
    void aRelayThatWorkedIsLeftWhenItRefusesTwoDomainsInARowAndNotForOne() throws IOException {
        ScriptedSink first = new ScriptedSink().always(script().on(Verb.RCPT, honest(), reply(NO_RELAY),
                reply(NO_RELAY), honest(), reply(NO_RELAY), reply(NO_RELAY))).start();
        ScriptedSink second = new ScriptedSink().start();
        Memory memory = new Memory();

        try (first;
                second;
                Post post = new Post(Waits.RFC_5321, memory, 400, Post.relay("a", first, 1),
                        Post.relay("b", second, 1))) {
            for (String domain : List.of("a", "left-out", "left-out", "b")) {
                post.send(post.mail("ana@" + domain + ".example", "relay:a,relay:b", "Hello.\r\n"));
            }
            assertThat(first.takenCount()).isEqualTo(2);
            assertThat(second.takenCount()).isEqualTo(2);
            assertThat(memory.failed).hasValue(0);
            for (String domain : List.of("c", "d", "e")) {
                post.send(post.mail("ana@" + domain + ".example", "relay:a,relay:b", "Hello.\r\n"));
            }
            assertThat(memory.failed).hasValue(1);
            assertThat(first.sessions()).isOne();
            assertThat(second.takenCount()).isEqualTo(5);
        }
    }

    @Test
    void whatOneRelayCannotTakeGoesToTheNextAndFailsOnlyWhenNoneCan() throws IOException {
        ScriptedSink poor = new ScriptedSink().offering("PIPELINING", "8BITMIME").start();
        ScriptedSink poorToo = new ScriptedSink().offering("PIPELINING", "8BITMIME").start();
        ScriptedSink able = new ScriptedSink().start();
        ScriptedSink down = new ScriptedSink()
                .always(script().on(ScriptedSink.Verb.GREETING, replyAndClose("421 4.3.2 busy"))).start();
        EmailAddress jose = EmailAddress.parse("josé@example.org");

        try (poor;
                poorToo;
                able;
                down;
                Post post = Post.to(Post.relay("poor", poor, 1), Post.relay("too", poorToo, 1),
                        Post.relay("able", able, 1), Post.relay("down", down, 1))) {
            assertThat(post.send(post.mail(jose, "relay:poor,relay:able"))).isInstanceOf(Accepted.class);
            assertThat(post.send(post.mail(jose, "relay:poor,relay:too"))).isInstanceOfSatisfying(Failed.class,
                    failed -> assertThat(failed.reason()).contains("SMTPUTF8"));
            for (String route : List.of("relay:poor,relay:down", "relay:down,relay:poor")) {
                assertThat(post.send(post.mail(jose, route))).as(route).isInstanceOfSatisfying(Deferred.class,
                        deferred -> assertThat(deferred.reason()).contains("relay poor: ", "SMTPUTF8",
                                "relay down: "));
            }
            assertThat(able.takenCount()).isEqualTo(1);
        }
    }

    @Test
    void aMailInDoubtIsNotOfferedElsewhere() throws IOException {
        ScriptedSink first = new ScriptedSink().always(script().on(ScriptedSink.Verb.DOT, takeAndDrop())).start();
        ScriptedSink second = new ScriptedSink().start();

        try (first; second; Post post = Post.to(Post.relay("a", first, 1), Post.relay("b", second, 1))) {
            DeliveryResult result = post.send(post.mail("ana@example.org", "relay:a,relay:b", "Hello.\r\n"));

            assertThat(result).isInstanceOf(InDoubt.class);
            assertThat(second.sessions()).isZero();
        }
    }

    @Test
    void costsOneConnectTimeoutAndNotOneAMail() throws IOException {
        Waits slowToGreet = new Waits(Duration.ofSeconds(2), Duration.ofMillis(700), Duration.ofSeconds(5),
                Duration.ofSeconds(5),
                Duration.ofSeconds(5), Duration.ofSeconds(5), Duration.ofSeconds(5), Duration.ofSeconds(5));
        ScriptedSink dead = new ScriptedSink().always(script().on(ScriptedSink.Verb.GREETING, ScriptedSink.stall()))
                .start();
        ScriptedSink second = new ScriptedSink().quiet().start();
        Memory memory = new Memory();

        try (dead;
                second;
                Post post = new Post(slowToGreet, memory, 400, Post.relay("a", dead, 2), Post.relay("b", second, 2))) {
            long before = System.nanoTime();
            List<Cleared> mails = IntStream.range(0, 200)
                    .mapToObj(i -> post.mail("n" + i + "@example.org", "relay:a,relay:b", "Hi\r\n"))
                    .toList();
            List<DeliveryResult> results = post.sendAll(mails);

            assertThat(results).allSatisfy(result -> assertThat(result).isInstanceOf(Accepted.class));
            assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(3));
            assertThat(dead.sessions()).isLessThanOrEqualTo(2);
            assertThat(memory.failed.get()).isEqualTo(dead.sessions());
            post.assertAgreesWith(dead, second);
        }
    }

    @Test
    void namesEveryRelayWhenAllAreDown() throws IOException {
        ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        int nobody = probe.getLocalPort();
        probe.close();
        ScriptedSink second = new ScriptedSink()
                .always(script().on(ScriptedSink.Verb.GREETING, replyAndClose("554 5.3.2 closed for today"))).start();

        try (second; Post post = Post.to(Post.relay("a", nobody, 1), Post.relay("b", second, 1))) {
            DeliveryResult result = post.send(post.mail("ana@example.org", "relay:a,relay:b", "Hello.\r\n"));

            assertThat(result).isInstanceOfSatisfying(Deferred.class, deferred -> {
                assertThat(deferred.reason())
                        .matches("relay a: cannot connect to .*; relay b: greeting: 554 5.3.2 closed for today");
                assertThat(deferred.reply()).isEqualTo("554 5.3.2 closed for today");
                assertThat(deferred.host()).isEqualTo("127.0.0.1");
            });
        }
    }

    @Test
    void aMailThatNoRelayWasAskedToTakeHasHadNoAttempt() throws IOException {
        Memory memory = new Memory();
        memory.down.set(true);

        try (ScriptedSink sink = new ScriptedSink().start();
                Post post = new Post(Waits.RFC_5321, memory, 400, Post.relay("a", sink, 1))) {
            DeliveryResult result = post.send(post.mail("ana@example.org", "relay:a", "Hello.\r\n"));

            assertThat(result).isEqualTo(new NotTried("relay a: down, not tried again yet"));
            assertThat(sink.sessions()).isZero();
        }
    }

    @Test
    void sharesByWeightAndWhatOneCannotTakeTheOthersDo() throws IOException {
        ScriptedSink most = new ScriptedSink().start();
        ScriptedSink some = new ScriptedSink().start();
        ScriptedSink spare = new ScriptedSink().start();
        String route = "relay:a*3, relay:b*1, relay:c";

        try (most;
                some;
                spare;
                Post post = Post.to(Post.relay("a", most, 1), Post.relay("b", some, 1), Post.relay("c", spare, 1))) {
            assertThat(post.sendAll(mails(post, route, 40)))
                    .allSatisfy(result -> assertThat(result).isInstanceOf(Accepted.class));
            assertThat(most.takenCount()).isEqualTo(30);
            assertThat(some.takenCount()).isEqualTo(10);
            assertThat(spare.sessions()).isZero();

            some.close();

            assertThat(post.sendAll(mails(post, route, 40)))
                    .allSatisfy(result -> assertThat(result).isInstanceOf(Accepted.class));
            assertThat(most.takenCount()).as("in the order in which they are written").isEqualTo(70);
        }
    }

    private static List<Cleared> mails(Post post, String route, int count) {
        return IntStream.range(0, count).mapToObj(i -> post.mail("n" + i + "@example.org", route, "Hi\r\n")).toList();
    }

    @Test
    void aRouteThatNamesNoRelayIsOurFault() throws IOException {
        try (ScriptedSink sink = new ScriptedSink().start(); Post post = Post.to(sink)) {
            assertThat(post.send(post.mail("ana@example.org", "relay:c", "Hi\r\n"))).isInstanceOf(Failed.class);
            assertThat(post.send(post.mail("ana@example.org", "mailbox", "Hi\r\n"))).isInstanceOf(Failed.class);
            assertThat(post.send(post.mail("ana@example.org", "relay:a,relay:c", "Hi\r\n"))).isInstanceOfSatisfying(
                    Failed.class,
                    failed -> assertThat(failed.reason()).contains("relay:a,relay:c").contains("[a]"));
        }
    }
}
