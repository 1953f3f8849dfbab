package io.caravan.e2e;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.caravan.transport.ScriptedSink;
import io.caravan.transport.ScriptedSink.Act;
import io.caravan.transport.ScriptedSink.Verb;

import static io.caravan.transport.ScriptedSink.drop;
import static io.caravan.transport.ScriptedSink.script;
import static io.caravan.transport.ScriptedSink.takeAndDrop;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A relay that drops the line before the dot, after it, or takes its time: what becomes of the people, and what of the ledger.
 * {@code -Dsoak.late} (ISO 8601) says how long it takes.
 */
class LineLossIT {

    private static final int PEOPLE = 120;
    private static final int LOST = 5;
    /** How late the late answer comes at least: in a build as soon as the others are done. */
    private static final Duration LATE = Duration.parse(System.getProperty("soak.late", "PT1S"));

    @TempDir
    Path folder;

    @Test
    void underHoldALineLostBeforeTheDotIsTriedAgainAndOneLostAfterItWaitsInDoubt() throws Exception {
        try (ScriptedSink sink = new ScriptedSink().quiet()) {
            for (int line = 0; line < LOST; line++) {
                sink.next(script().on(Verb.DATA, drop()));
            }
            losingAfterTheDot(sink);

            try (Installation installation = begun(sink, "hold")) {
                finished(installation);

                Balance balance = Balance.of(People.of(PEOPLE), sink, installation.database());
                balance.nobodyIsLost();
                balance.nobodyIsMailedTwice();
                assertThat(balance.inDoubt()).hasSize(LOST);
                Set<String> has = new TreeSet<>(balance.taken().keySet());
                has.retainAll(balance.inDoubt());
                assertThat(has).as("in doubt means that the host may have it or not").isNotEmpty()
                        .isNotEqualTo(balance.inDoubt());
            }
        }
    }

    @Test
    void underResendALineLostAfterTheDotIsSentAgainWithTheSameBytesAndALateAnswerIsWaitedFor() throws Exception {
        CountDownLatch othersAreDone = new CountDownLatch(1);
        Act late = session -> {
            ScriptedSink.hold(othersAreDone);
            return ScriptedSink.reply("250 2.0.0 at last").at(session);
        };
        try (ScriptedSink sink = new ScriptedSink().quiet().withoutPipelining() // else the next mail waits behind it
                .next(script().on(Verb.DOT, late))) {
            losingAfterTheDot(sink);
            try (Installation installation = begun(sink, "resend")) {
                await().atMost(Duration.ofMinutes(2)).ignoreExceptions().until(() -> installation.database().counts()
                        .equals(Map.of("accepted", PEOPLE - 1L, "sending", 1L)));

                assertThat(installation.runFor(LATE)).isTrue();
                othersAreDone.countDown();
                finished(installation);
                System.out.printf("LineLossIT lines=%d answer after %s, waits of the dot are minutes%n", LOST, LATE);

                Balance balance = Balance.of(People.of(PEOPLE), sink, installation.database());
                balance.nobodyIsLost();
                assertThat(balance.inDoubt()).isEmpty();
                assertThat(balance.repeats()).isBetween(1L, (long) LOST);
                balance.repeatsAreTheSameMail();
                assertThat(installation.database().number("select count(*) from delivery where attempts > 1"))
                        .as("tried again: those whose line was lost, not the one that took its time").isEqualTo(LOST);
            }
        }
    }

    /** Half of the hosts have the mail, half have not; we cannot know. */
    private static void losingAfterTheDot(ScriptedSink sink) {
        for (int line = 0; line < LOST; line++) {
            sink.next(script().on(Verb.DOT, line % 2 == 0 ? takeAndDrop() : drop()));
        }
    }

    private Installation begun(ScriptedSink sink, String policy) throws Exception {
        sink.start();
        Installation installation = Installation.in(folder.resolve("data"), sink.port(),
                "--caravan.relays.sink.connections=5", "--caravan.retry.first=1s", "--caravan.waits.relay-rest=500ms")
                .start();
        People.of(PEOPLE).begin(installation, "spring", policy);
        return installation;
    }

    private static void finished(Installation installation) {
        await().atMost(Duration.ofMinutes(2)).ignoreExceptions()
                .until(() -> installation.database().runState("spring").equals("finished"));
    }
}
