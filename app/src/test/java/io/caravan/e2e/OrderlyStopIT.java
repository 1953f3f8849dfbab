package io.caravan.e2e;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.caravan.transport.ScriptedSink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** SIGTERM under load: open mails finish, nothing is in doubt, and the next start goes on where this one ended. */
class OrderlyStopIT {

    @TempDir
    Path folder;

    @Test
    void leavesWithin30SecondsInPeaceAndTheNextStartFinishesTheRun() throws Exception {
        People people = People.of(800);
        try (ScriptedSink sink = new ScriptedSink().quiet().delayingDot(Duration.ofMillis(200)).start();
                Installation installation = Installation.in(folder.resolve("data"), sink.port())) {
            installation.start();
            people.begin(installation, "spring", "hold");
            await().atMost(Duration.ofMinutes(2)).pollInterval(Duration.ofMillis(5))
                    .until(() -> sink.takenCount() > 200 && sink.openData() > 0);

            Instant asked = Instant.now();
            int exit = installation.stop(Duration.ofSeconds(30));
            Duration took = Duration.between(asked, Instant.now());
            int taken = sink.takenCount();
            installation.start();
            long inDoubt = installation.database().addresses("in_doubt").size();
            await().atMost(Duration.ofMinutes(2)).ignoreExceptions()
                    .until(() -> installation.database().runState("spring").equals("finished"));

            System.out.printf("OrderlyStopIT left within %s after %d of %d%n", took, taken, people.addresses().size());
            assertThat(exit).isZero();
            assertThat(taken).as("stopped under load, not at the end").isLessThan(people.addresses().size());
            assertThat(inDoubt).isZero();
            Balance balance = Balance.of(people, sink, installation.database());
            balance.nobodyIsLost();
            balance.nobodyIsMailedTwice();
            assertThat(balance.inDoubt()).isEmpty();
        }
    }
}
