package io.caravan.e2e;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.caravan.campaign.Action;
import io.caravan.campaign.Run;
import io.caravan.mail.RowState;
import io.caravan.mail.RunState;
import io.caravan.transport.ScriptedSink;
import io.caravan.transport.ScriptedSink.Taken;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Each firing opens one run, over restarts too; one that is late runs, skips or asks, as its campaign says. */
class ScheduleIT {

    private static final int EVERY = 2;

    @TempDir
    private Path data;
    private ScriptedSink sink;
    private Server server;

    @BeforeEach
    void start() throws IOException {
        sink = new ScriptedSink().quiet().start();
        server = Server.on(data, Server.relays("main", sink.port())).start();
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
        sink.close();
    }

    @Test
    void everyFiringOfACronOpensOneRunAlsoThoseOfARestart() {
        server.campaign("tick", Server.people(1, "tick.example"),
                "schedule: {cron: '*/" + EVERY + " * * * * ?', misfire: {late: 10m, then: run}}");
        await().atMost(Duration.ofSeconds(60)).until(() -> server.runs("tick").size() >= 2);
        server.restart();
        int sofar = server.runs("tick").size();
        await().atMost(Duration.ofSeconds(60)).until(() -> server.runs("tick").size() >= sofar + 3);
        Server.Said said = server.verb("campaign", "tick");
        server.act("tick", Action.CANCEL);

        List<Instant> firings = server.runs("tick").stream().map(Run::scheduledFor).sorted().toList();
        assertThat(firings).as("none twice, none left out").isEqualTo(grid(firings.getFirst(), firings.getLast()));
        List<Instant> next = said.out().lines().filter(line -> line.startsWith("firing"))
                .map(line -> Instant.parse(line.replaceFirst("firing\\s+", ""))).toList();
        assertThat(next).hasSize(10).isEqualTo(grid(next.getFirst(), next.getLast()));
        Map<String, Long> byRun = sink.taken().stream().collect(Collectors.groupingBy(Taken::messageId,
                Collectors.counting()));
        assertThat(byRun.values()).as("a mail of each run once").containsOnly(1L);
    }

    @Test
    void aTimeThatIsLongPastAsksRunsOrSkips() {
        String past = LocalDateTime.now(ZoneOffset.UTC).minusHours(3).truncatedTo(ChronoUnit.SECONDS).toString();
        String at = "schedule: {at: '" + past + "', zone: UTC, misfire: {late: ";
        server.campaign("asks", Server.people(3, "asks.example"), "schedule: {at: '" + past + "', zone: UTC}");
        server.campaign("refused", Server.people(3, "refused.example"), at + "1h, then: ask}}");
        server.campaign("runs", Server.people(3, "runs.example"), at + "1h, then: run}}");
        server.campaign("skips", Server.people(3, "skips.example"), at + "1h, then: skip}}");
        server.campaign("soon", Server.people(3, "soon.example"), at + "4h, then: skip}}");

        assertThat(server.awaitRun("asks", RunState.ASKING).reason()).contains("answer run or skip");
        assertThat(server.awaitRun("skips", RunState.CANCELLED).reason()).contains("skipped");
        server.awaitRun("refused", RunState.ASKING);
        server.awaitRun("runs", RunState.FINISHED);
        server.awaitRun("soon", RunState.FINISHED);
        assertThat(sink.taken()).extracting(mail -> mail.recipient().replaceFirst(".*@", "")).hasSize(6)
                .containsOnly("runs.example", "soon.example");

        assertThat(server.verb("campaign", "asks", "answer", "run").exit()).isZero();
        assertThat(server.verb("campaign", "refused", "answer", "skip").exit()).isZero();
        assertThat(server.verb("campaign", "runs", "answer", "run").exit()).as("it asks nothing").isEqualTo(1);

        server.awaitRun("asks", RunState.FINISHED);
        server.awaitRun("refused", RunState.CANCELLED);
        assertThat(server.counts("asks")).isEqualTo(Map.of(RowState.ACCEPTED, 3L));
        assertThat(sink.takenCount()).isEqualTo(9);
    }

    private static List<Instant> grid(Instant from, Instant to) {
        long steps = Duration.between(from, to).toSeconds() / EVERY;
        return java.util.stream.LongStream.rangeClosed(0, steps).mapToObj(i -> from.plusSeconds(i * EVERY)).toList();
    }
}
