package io.caravan.transport;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;

import io.caravan.mail.Cleared;
import io.caravan.mail.DeliveryResult;
import io.caravan.transport.ScriptedSink.Verb;

import static io.caravan.transport.ScriptedSink.after;
import static io.caravan.transport.ScriptedSink.honest;
import static io.caravan.transport.ScriptedSink.script;
import static io.caravan.transport.ScriptedSink.stall;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** How many connections straight to MX there are, to whom, for how long, and that nobody waits for them in vain. */
class MxConnectionsTest extends MxFixture {

    private List<Cleared> mails(int count, String domain) {
        List<Cleared> mails = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            mails.add(post.mx("p" + i + "@" + domain));
        }
        return mails;
    }

    @Test
    void domainsWithTheSameHostsShareConnectionsAndAProviderHasNoMoreThanItsShare() throws IOException {
        post.close();
        post = post(Waits.RFC_5321, 50, List.of(new Providers.Rule("big", List.of("big.test"), List.of(), 3)));
        ScriptedSink sink = sink(2).quiet().delayingDot(Duration.ofMillis(5));
        for (int i = 0; i < 10; i++) {
            dns.withMx("d" + i + ".example", 10, i < 5 ? "mx.big.test" : "alt" + i + ".big.test", "127.0.0.2");
        }
        List<Cleared> mails = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            mails.add(post.mx("p" + i + "@d" + i % 10 + ".example"));
        }

        assertThat(post.sendAll(mails)).allMatch(DeliveryResult.Accepted.class::isInstance);
        assertThat(sink.takenCount()).isEqualTo(300);
        // a session that was ended may still be open over there when the next begins; a mail is not
        assertThat(sink.mostOpenData()).isBetween(2, 3);
    }

    @Test
    void fiveHundredDomainsOnTwentyHostsEachGetTheirsOnceWithinTheLimitOfConnections() throws IOException {
        post.close();
        post = post(Waits.RFC_5321, 12, List.of());
        for (int host = 2; host < 22; host++) {
            sink(host).quiet();
        }
        for (int i = 0; i < 500; i++) {
            dns.withMx("d" + i + ".example", 10, "mx.host" + i % 20 + ".test", "127.0.0." + (2 + i % 20));
        }
        List<Cleared> mails = new ArrayList<>();
        for (int i = 0; i < 1500; i++) {
            mails.add(post.mx("p" + i + "@d" + i % 500 + ".example"));
        }

        assertThat(post.sendAll(mails)).allMatch(DeliveryResult.Accepted.class::isInstance);
        List<String> taken = sinks.values().stream().flatMap(sink -> sink.taken().stream())
                .map(ScriptedSink.Taken::recipient).toList();
        assertThat(taken).hasSize(1500);
        assertThat(new HashSet<>(taken)).hasSize(1500);
        assertThat(post.transport.openConnections()).isLessThanOrEqualTo(12);
    }

    @Test
    void hostsThatDoNotAnswerHoldUpNobodyElse() throws IOException {
        post.close();
        Waits patient = Waits.RFC_5321;
        post = post(patient, 4, List.of());
        for (int i = 0; i < 20; i++) { // five times as many as there are connections
            dns.withMx("dead" + i + ".example", 10, "mx.dead" + i + ".test", "127.0.1." + i);
            sink("127.0.1." + i, new ScriptedSink().always(script().on(Verb.GREETING, stall())));
        }
        ScriptedSink good = sink(2);
        dns.withMx("good.example", 10, "mx.good.example", "127.0.0.2");
        for (int i = 0; i < 20; i++) {
            post.offer(post.mx("ana@dead" + i + ".example"));
        }
        await().until(() -> sinks.values().stream().mapToInt(ScriptedSink::openSessions).sum() >= 4);

        long began = System.nanoTime();
        DeliveryResult result = send("bo@good.example");

        assertThat(result).isInstanceOf(DeliveryResult.Accepted.class);
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(10));
        assertThat(good.takenCount()).isEqualTo(1);
        for (ScriptedSink sink : sinks.values()) {
            if (sink != good) {
                sink.close(); // they would have their five minutes
            }
        }
        post.awaitReplies(21);
    }

    @Test
    void lanesAndConnectionsAreGoneWhenThereIsNoMail() throws IOException {
        ScriptedSink sink = sink(2);
        dns.withMx("example.org", 10, "mx.example.org", "127.0.0.2");

        send("ana@example.org");

        await().until(() -> sink.openSessions() == 0 && post.transport.mxStanding().isEmpty());
        assertThat(send("bo@example.org")).isInstanceOf(DeliveryResult.Accepted.class);
    }

    @Test
    void aConnectionIsUsedForSoManyMailsAndNoLongerThanItsAge() throws IOException {
        post.close();
        reuse = new Reuse(7, Duration.ofMinutes(5));
        post = post(Waits.RFC_5321, 1, List.of());
        ScriptedSink one = sink(2).quiet();
        ScriptedSink other = sink(3).quiet().withoutPipelining();
        dns.withMx("one.example", 10, "mx.one.example", "127.0.0.2").withMx("other.example", 10, "mx.other.example",
                "127.0.0.3");

        post.sendAll(mails(21, "one.example"));
        post.sendAll(mails(21, "other.example"));
        assertThat(List.of(one.sessions(), other.sessions())).containsExactly(3, 3);

        post.close();
        reuse = new Reuse(100, Duration.ofNanos(1));
        post = post(Waits.RFC_5321, 1, List.of());
        post.sendAll(mails(5, "one.example"));
        assertThat(one.sessions()).isEqualTo(3 + 5);
        assertThat(one.takenCount() + other.takenCount()).isEqualTo(21 + 5 + 21);
    }

    @Test
    void aBusyDestinationLetsOthersInWhenAConnectionHasBeenUsedEnough() throws IOException {
        post.close();
        reuse = new Reuse(10, Duration.ofMinutes(5));
        post = post(Waits.RFC_5321, 1, List.of());
        sink(2).quiet().delayingDot(Duration.ofMillis(3));
        ScriptedSink second = sink(3);
        dns.withMx("busy.example", 10, "mx.busy.example", "127.0.0.2").withMx("small.example", 10, "mx.small.example",
                "127.0.0.3");
        List<Cleared> busy = mails(300, "busy.example");
        busy.forEach(post::offer);
        await().until(() -> post.replies.get() > 0);

        assertThat(send("ana@small.example")).isInstanceOf(DeliveryResult.Accepted.class);

        assertThat(post.replies.get()).isLessThan(250);
        assertThat(second.takenCount()).isEqualTo(1);
        busy.forEach(mail -> assertThat(post.result(mail)).isInstanceOf(DeliveryResult.Accepted.class));
    }

    @Test
    void hostsThatAnswerLateComeBackWithinTheLimit() throws IOException {
        post.close();
        post = post(Waits.RFC_5321, 2, List.of());
        AtomicInteger most = new AtomicInteger();
        for (int i = 2; i < 8; i++) {
            dns.withMx("late" + i + ".example", 10, "mx.late" + i + ".test", "127.0.0." + i);
            sink("127.0.0." + i, new ScriptedSink().delayingDot(Duration.ofMillis(100))
                    .always(script().on(Verb.GREETING, after(Duration.ofMillis(1500), honest()))));
        }
        List<Cleared> mails = new ArrayList<>();
        for (int i = 2; i < 8; i++) {
            mails.addAll(mails(3, "late" + i + ".example"));
        }
        mails.forEach(post::offer);

        await().pollInterval(Duration.ofMillis(3)).until(() -> {
            most.accumulateAndGet(post.transport.openConnections(), Math::max);
            return post.replies.get() == 18;
        });

        assertThat(mails).allMatch(mail -> post.result(mail) instanceof DeliveryResult.Accepted);
        assertThat(most.get()).isBetween(1, 2);
        assertThat(sinks.values().stream().mapToInt(ScriptedSink::openSessions).sum()).isLessThanOrEqualTo(6);
    }

    @Test
    void oneCustomersDeadHostIsNoReasonToHoldItsHosterWhichWorks() throws IOException {
        sink(3);
        dns.withMx("dead.example", 10, "dead.hoster.test", "127.0.0.2").withMx("good.example", 10, "good.hoster.test",
                "127.0.0.3");

        assertThat(send("ana@dead.example")).isInstanceOf(DeliveryResult.Deferred.class);
        assertThat(post.transport.mxTroubles().get("hoster.test").why()).contains("dead.hoster.test [127.0.0.2]");
        assertThat(send("ana@good.example")).isInstanceOf(DeliveryResult.Accepted.class);
        await().until(() -> post.transport.openConnections() == 0);

        assertThat(post.transport.mxTroubles()).isEmpty();
    }
}
