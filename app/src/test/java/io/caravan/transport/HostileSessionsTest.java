package io.caravan.transport;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.caravan.mail.DeliveryResult;
import io.caravan.transport.ScriptedSink.Act;
import io.caravan.transport.ScriptedSink.Script;
import io.caravan.transport.ScriptedSink.Verb;

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

/** Hundreds of sessions that each misbehave somewhere, by chance (seeded): no hang, no loss, no double, no uncaught error. */
class HostileSessionsTest {

    static final Waits SHORT = new Waits(Duration.ofSeconds(2), Duration.ofMillis(400), Duration.ofMillis(400),
            Duration.ofMillis(400), Duration.ofMillis(400), Duration.ofMillis(400), Duration.ofMillis(500),
            Duration.ofMillis(300));
    /** For results that must not be a busy machine's. A handshake is work for one, too. */
    private static final Waits PATIENT = new Waits(Duration.ofSeconds(5), Duration.ofSeconds(2), Duration.ofSeconds(1),
            Duration.ofSeconds(1), Duration.ofSeconds(1), Duration.ofSeconds(1), Duration.ofMillis(1200), SHORT.idle());
    private static final SSLContext CERTIFIED = TestCertificates.selfSigned("localhost").server();
    private static final int EACH_KIND = 4;
    private static final Verb[] VERBS = {Verb.GREETING, Verb.EHLO, Verb.MAIL, Verb.RCPT, Verb.DATA, Verb.DOT,
            Verb.RSET};
    private static final String[] CODES = {"200", "220", "235", "250", "251", "334", "354", "421", "450", "451", "452",
            "500", "503", "530",
            "550", "551", "552", "554", "571", "100", "600", "2x0"};

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void loseNothingAndHangNowhere(boolean pipelining) throws IOException {
        Random random = new Random(20261124);
        List<ScriptedSink> sinks = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            ScriptedSink sink = pipelining ? new ScriptedSink() : new ScriptedSink().withoutPipelining();
            sinks.add(
                    sink.quiet().next(Stream.generate(() -> hostile(random)).limit(10).toArray(Script[]::new)).start());
        }
        Relay[] relays = IntStream.range(0, 10).mapToObj(i -> Post.relay("r" + i, sinks.get(i), 1))
                .toArray(Relay[]::new);

        try (Post post = new Post(SHORT, RelayGate.OPEN, 400, relays)) {
            List<DeliveryResult> results = post.sendAll(IntStream.range(0, 350)
                    .mapToObj(i -> post.mail("n" + i + "@example.org", "relay:r" + i % 10, "Hello.\r\n")).toList());

            assertThat(results).hasSize(350)
                    .noneSatisfy(result -> assertThat(result.reason()).contains("our own error"));
            assertThat(results).hasAtLeastOneElementOfType(DeliveryResult.Accepted.class)
                    .hasAtLeastOneElementOfType(DeliveryResult.Deferred.class)
                    .hasAtLeastOneElementOfType(DeliveryResult.InDoubt.class);
            post.assertAgreesWith(sinks.toArray(ScriptedSink[]::new));
            assertThat(sinks).allSatisfy(sink -> assertThat(sink.sessions()).isGreaterThanOrEqualTo(10));
        }
        for (ScriptedSink sink : sinks) {
            assertThat(sink.strays()).isZero();
            sink.close();
        }
    }

    /** A hundred hosts at a time, each with a fault of its own and one mail; over TLS they say the same to one who trusts the line. */
    @ParameterizedTest
    @EnumSource(names = {"OPPORTUNISTIC", "IMPLICIT"})
    void leaveEachMailTheResultThatTheirDeedsMean(Tls tls) throws IOException { // soak.hostile: how many, 1000 in the long form
        int sessions = Integer.getInteger("soak.hostile", 200);
        Random random = new Random(20261125);
        Map<Class<?>, Integer> seen = new HashMap<>();
        int kinds = tls.isImplicit() ? Misdeed.KINDS_WITHOUT_STARTTLS : Misdeed.KINDS;
        int atOnce = EACH_KIND * kinds;

        for (int done = 0; done < sessions; done += atOnce) {
            List<Misdeed> deeds = new ArrayList<>();
            List<ScriptedSink> sinks = new ArrayList<>();
            List<Relay> relays = new ArrayList<>();
            for (int i = 0; i < Math.min(atOnce, sessions - done); i++) {
                Misdeed deed = Misdeed.any(random, i % kinds);
                ScriptedSink sink = sink(deed, random.nextBoolean(), tls.isImplicit());
                deeds.add(deed);
                sinks.add(sink);
                relays.add(new Relay("r" + i, "127.0.0.1", sink.port(), tls, null, null, 1));
            }
            long before = System.nanoTime();
            try (Post post = new Post(PATIENT, RelayGate.OPEN, 400,
                    relays.toArray(Relay[]::new))) {
                List<DeliveryResult> results = post.sendAll(IntStream.range(0, deeds.size())
                        .mapToObj(i -> post.mail("n@example.org", "relay:r" + i, "Hello.\r\n")).toList());

                for (int i = 0; i < deeds.size(); i++) {
                    assertThat(results.get(i)).as("%s, %s", deeds.get(i), results.get(i))
                            .isInstanceOf(deeds.get(i).result());
                    assertThat(results.get(i).reason()).doesNotContain("our own error");
                    seen.merge(deeds.get(i).result(), 1, Integer::sum);
                }
                post.assertAgreesWith(sinks.toArray(ScriptedSink[]::new));
            }
            // at most three waits of a second or two in a row, on a machine that may be busy
            assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(20));
            for (ScriptedSink sink : sinks) {
                assertThat(sink.strays()).isZero();
                sink.close();
            }
        }
        Map<String, Integer> results = new TreeMap<>();
        seen.forEach((result, count) -> results.put(result.getSimpleName(), count));
        System.out.printf("HostileSessionsTest tls=%s sessions=%d as their deeds mean %s, waits scaled: dot %s%n", tls,
                sessions, results, PATIENT.dot());
        assertThat(seen).hasSize(4);
    }

    private static ScriptedSink sink(Misdeed deed, boolean pipelining, boolean overTls) throws IOException {
        List<String> offers = new ArrayList<>(List.of("8BITMIME"));
        if (pipelining) {
            offers.add("PIPELINING");
        }
        if (deed.offersTls()) {
            offers.add("STARTTLS");
        }
        ScriptedSink sink = new ScriptedSink().quiet().offering(offers.toArray(String[]::new))
                .always(script().on(deed.verb(), deed.act()));
        return (overTls ? sink.withTls(CERTIFIED, true) : sink).start();
    }

    static Script hostile(Random random) {
        Script script = script().on(Verb.QUIT, drop());
        if (random.nextBoolean()) { // and no session lives long
            script.on(Verb.MAIL, honest(), honest(), honest(), replyAndClose("421 4.7.0 enough"));
        } else {
            script.on(Verb.DATA, honest(), honest(), replyAndClose("421 4.7.0 enough"));
        }
        for (int i = 1 + random.nextInt(3); i > 0; i--) {
            Verb verb = VERBS[random.nextInt(VERBS.length)];
            List<Act> acts = new ArrayList<>();
            for (int k = random.nextInt(3); k > 0; k--) {
                acts.add(honest());
            }
            acts.add(act(random, verb));
            script.on(verb, acts.toArray(Act[]::new));
        }
        return script;
    }

    private static Act act(Random random, Verb verb) {
        String code = CODES[random.nextInt(CODES.length)];
        // at the dot only codes after which both sides know what was taken
        boolean dot = verb == Verb.DOT;
        return switch (random.nextInt(9)) {
            case 0 -> drop();
            case 1 -> dot ? takeAndDrop() : drop();
            case 2 -> stall();
            case 3 -> raw(code + "-x\r\n" + code + "9 y\r\n");
            case 4 -> raw("\0\u00ff\r\n\r\n");
            case 5 -> replyAndClose("421 4.3.2 bye");
            case 6 -> drip(dot ? "250 2.0.0 slowly" : code + " 2.0.0 slowly", Duration.ofMillis(random.nextInt(60)));
            case 7 -> reply(code + "-4.0.0 one", code + " 4.0.0 two");
            default -> reply(code + " hm");
        };
    }
}
