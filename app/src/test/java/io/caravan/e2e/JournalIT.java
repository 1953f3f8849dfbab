package io.caravan.e2e;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.caravan.transport.ScriptedSink;
import io.caravan.transport.ScriptedSink.Act;
import io.caravan.transport.ScriptedSink.Verb;

import static io.caravan.transport.ScriptedSink.honest;
import static io.caravan.transport.ScriptedSink.reply;
import static io.caravan.transport.ScriptedSink.script;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** What the journal tells the next start, beyond a plain kill: a database hung before it. A loss of power: {@link PowerLossIT}. */
class JournalIT {

    @TempDir
    Path folder;

    @Test
    void whatWasHeardWhileTheDatabaseHungIsSettledByTheNextStart() throws Exception {
        Act[] everySecondIsUnknown = new Act[400];
        Arrays.setAll(everySecondIsUnknown, i -> i % 2 == 0 ? honest() : reply("550 5.1.1 no such user"));
        People people = People.of(800);
        try (ScriptedSink sink = sink().always(script().on(Verb.RCPT, everySecondIsUnknown));
                Installation installation = Installation.in(folder.resolve("data"), sink.port(),
                        "--caravan.breakers.bounce.threshold=100%")) { // half of them bounce, and nobody is to be left alone
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
