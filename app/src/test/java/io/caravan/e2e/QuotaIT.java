package io.caravan.e2e;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

import io.caravan.delivery.LedgerRow;
import io.caravan.mail.RowState;
import io.caravan.mail.RunState;
import io.caravan.pacing.Quotas;
import io.caravan.transport.ScriptedSink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** A daily quota: what exceeds it waits for the next day and says so, a restart refills nothing, and other identities do not notice. */
class QuotaIT {

    @TempDir
    private Path data;

    @Test
    void whatExceedsADayWaitsForTheNext() throws IOException {
        try (ScriptedSink sink = new ScriptedSink().quiet().start();
                Server server = Server.on(data, Server.relays("main", sink.port()))
                        .with("caravan.identities.small.domain=small.example",
                                "caravan.identities.small.quota.daily=20",
                                "caravan.identities.small.quota.zone=Pacific/Kiritimati")
                        .start()) {
            server.campaign("quota", Server.people(50, "a.example"), "from: news@small.example");
            server.campaign("others", Server.people(30, "b.example"));
            server.awaitRun("others", RunState.FINISHED);
            awaitHeld(server, 20);
            LocalDate today = LocalDate.now(ZoneOffset.ofHours(14));
            assertThat(server.ledger("quota")).filteredOn(row -> row.state() == RowState.PENDING)
                    .allSatisfy(row -> assertThat(row.reason()).isEqualTo("quota: the 20 mails of small for " + today
                            + " (Pacific/Kiritimati) are used up; the rest goes from " + today + "T10:00:00Z"));
            assertThat(new ApiCalls(server).get("/identities/small").text().replaceAll("<[^>]+>", "")).contains(
                    "20 of the 20 mails that may go in a day are used; the next day begins");

            ApiCalls api = new ApiCalls(server);
            String until = today + "T10:00:00Z"; // a time, where it is known, not words alone
            assertThat(api.get("/api/v1/queue?identity=small").json().at("/items/0/held_until").asString())
                    .isEqualTo(until);
            assertThat(api.get("/queue?identity=small").text().replaceAll("<time [^>]*datetime=\"([^\"]*)\"[^>]*>[^<]*",
                    "$1").replaceAll("<[^>]+>", "")).contains("quota: the 20 mails of small for " + today
                            + " (Pacific/Kiritimati) are used up; until " + until)
                    .doesNotContain("the rest goes from");

            server.restart();
            server.campaign("after", Server.people(5, "c.example")); // it claims again, so the quota was asked again, too
            server.awaitRun("after", RunState.FINISHED);
            awaitHeld(server, 20);
            nextDay(server);
            awaitHeld(server, 40);
            nextDay(server);
            server.awaitRun("quota", RunState.FINISHED);

            assertThat(server.counts("quota")).isEqualTo(Map.of(RowState.ACCEPTED, 50L));
            assertThat(server.bean(Quotas.class).used("small", today)).as("only what went counts").isEqualTo(10);
        }
    }

    @Test
    void aClaimThatTheDatabaseRefusesUsesUpNothingOfTheDay() throws IOException {
        try (ScriptedSink sink = new ScriptedSink().quiet().start();
                Server server = Server.on(data, Server.relays("main", sink.port()))
                        .with("caravan.identities.small.domain=small.example",
                                "caravan.identities.small.quota.daily=20")
                        .start()) {
            server.campaign("before", Server.people(5, "c.example"));
            server.awaitRun("before", RunState.FINISHED);
            AtomicInteger failed = failedClaims();
            server.sql().sql("rename table batch_range to elsewhere").update();
            try {
                server.campaign("quota", Server.people(20, "a.example"), "from: news@small.example");
                await().atMost(Duration.ofSeconds(20)).until(() -> failed.get() >= 2);
            } finally {
                server.sql().sql("rename table elsewhere to batch_range").update();
            }

            server.awaitRun("quota", RunState.FINISHED);
            assertThat(server.counts("quota")).isEqualTo(Map.of(RowState.ACCEPTED, 20L));
        }
    }

    @Test
    void aRelayThatIsDownUsesUpNothingOfTheDay() throws IOException {
        int port = freePort();
        try (ScriptedSink sink = new ScriptedSink().quiet();
                Server server = Server.on(data, Server.relays("main", port))
                        .with("caravan.identities.small.domain=small.example",
                                "caravan.identities.small.quota.daily=5", "caravan.waits.relay-rest=200ms",
                                "caravan.retry.first=1s", "caravan.retry.max-interval=1s")
                        .start()) {
            server.campaign("quota", Server.people(50, "a.example"), "from: news@small.example");
            server.awaitRun("quota", RunState.RUNNING);
            await("more trials than the day has mails").atMost(Duration.ofSeconds(60)).until(
                    () -> server.ledger("quota").stream().mapToInt(LedgerRow::attempts).sum() >= 8);

            sink.start(port);

            await().atMost(Duration.ofSeconds(60))
                    .until(() -> server.counts("quota").getOrDefault(RowState.ACCEPTED, 0L) == 5
                            && server.ledger("quota").stream()
                                    .anyMatch(row -> String.valueOf(row.reason()).startsWith("quota: ")));
            assertThat(sink.takenCount()).isEqualTo(5);
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return probe.getLocalPort();
        }
    }

    private static AtomicInteger failedClaims() {
        AtomicInteger failed = new AtomicInteger();
        AppenderBase<ILoggingEvent> ear = new AppenderBase<>() {
            @Override
            protected void append(ILoggingEvent event) {
                if (event.getMessage().startsWith("event=claim-failed")) {
                    failed.incrementAndGet();
                }
            }
        };
        ear.start();
        ((Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME)).addAppender(ear);
        return failed;
    }

    private static void awaitHeld(Server server, long gone) {
        await().atMost(Duration.ofSeconds(20)).until(() -> server.counts("quota")
                .equals(Map.of(RowState.ACCEPTED, gone, RowState.PENDING, 50 - gone))
                && server.ledger("quota").stream().filter(row -> row.state() == RowState.PENDING)
                        .allMatch(row -> String.valueOf(row.reason()).startsWith("quota: ")));
    }

    /** The day that is counted becomes an earlier one. */
    private static void nextDay(Server server) {
        server.sql().sql("update quota_day set day = day - interval 2 day order by day").update();
    }
}
