package io.caravan.e2e;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.caravan.journal.OtherBoot;
import io.caravan.transport.ScriptedSink;
import io.caravan.transport.ScriptedSink.Act;
import io.caravan.transport.ScriptedSink.Verb;

import static io.caravan.transport.ScriptedSink.honest;
import static io.caravan.transport.ScriptedSink.reply;
import static io.caravan.transport.ScriptedSink.script;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** What the journal tells the next start, beyond a plain kill: a database that hung before it, a machine that lost its power. */
class JournalIT {

    private static final int QUEUE = 40;
    private static final int BATCH = 20;
    private static final int CONNECTIONS = 20;

    @TempDir
    Path folder;

    @Test
    void whatWasHeardWhileTheDatabaseHungIsSettledByTheNextStart() throws Exception {
        Act[] everySecondIsUnknown = new Act[400];
        Arrays.setAll(everySecondIsUnknown, i -> i % 2 == 0 ? honest() : reply("550 5.1.1 no such user"));
        People people = People.of(800);
        try (ScriptedSink sink = sink().always(script().on(Verb.RCPT, everySecondIsUnknown));
                Installation installation = Installation.in(folder.resolve("data"), sink.port())) {
            installation.start();
            people.begin(installation, "spring", "hold");
            await().atMost(Duration.ofMinutes(2)).pollInterval(Duration.ofMillis(2))
                    .until(() -> sink.takenCount() > 60);

            installation.signalDatabase("STOP");
            await().atMost(Duration.ofSeconds(20)).until(() -> sink.openData() == 0);
            int taken = sink.takenCount();
            installation.kill();
            installation.signalDatabase("CONT");
            installation.start();

            assertThat(recovered(installation)).isGreaterThan(10);
            assertThat(installation.database().addresses("in_doubt")).isEmpty();
            assertThat(installation.database().number("select count(*) from delivery where state = 'accepted'"))
                    .isGreaterThanOrEqualTo(taken);
            finished(installation);
            Balance balance = Balance.of(people, sink, installation.database());
            balance.nobodyIsMailedTwice();
            assertThat(balance.taken().keySet()).isEqualTo(balance.accepted());
            assertThat(balance.accepted().size() + installation.database().addresses("bounced").size()).isEqualTo(800);
            assertThat(installation.database().number("select count(*) from suppression"))
                    .as("a hard bounce suppresses, whoever reads it").isEqualTo(balance.counts().get("bounced"));
        }
    }

    @Test
    void afterALossOfPowerWhatMayHaveGoneOutIsInDoubtAndNothingElse() throws Exception {
        People people = People.of(600);
        try (ScriptedSink sink = sink();
                Installation installation = Installation.in(folder.resolve("data"), sink.port(),
                        "--caravan.queue=" + QUEUE, "--caravan.batches.size=" + BATCH,
                        "--caravan.relays.sink.connections=" + CONNECTIONS)) {
            installation.start();
            people.begin(installation, "spring", "hold");
            await().atMost(Duration.ofMinutes(2)).pollInterval(Duration.ofMillis(2))
                    .until(() -> sink.takenCount() > 100 && sink.openData() > 0);
            int open = sink.openData();

            installation.kill();
            OtherBoot.pretend(installation.data().resolve("journal"));
            installation.start();
            finished(installation);

            Balance balance = Balance.of(people, sink, installation.database());
            System.out.printf("JournalIT open=%d in doubt after a loss of power=%d%n", open, balance.inDoubt().size());
            balance.nobodyIsLost();
            balance.nobodyIsMailedTwice();
            assertThat(balance.inDoubt()).as("more than the connections, no more than the road holds")
                    .hasSizeBetween(CONNECTIONS + 1, QUEUE + 2 * BATCH + 100);
        }
    }

    private static int recovered(Installation installation) {
        Matcher line = Pattern.compile("event=recovered batches=\\d+ settled=(\\d+)").matcher(installation.said());
        return line.find() ? Integer.parseInt(line.group(1)) : 0;
    }

    private static ScriptedSink sink() throws Exception {
        return new ScriptedSink().quiet().delayingDot(Duration.ofMillis(200)).start();
    }

    private static void finished(Installation installation) {
        await().atMost(Duration.ofMinutes(3)).ignoreExceptions()
                .until(() -> installation.database().runState("spring").equals("finished"));
    }
}
