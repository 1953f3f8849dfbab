package io.caravan.e2e;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.caravan.mail.RowState;
import io.caravan.mail.RunState;
import io.caravan.suppression.Suppressions;
import io.caravan.transport.ScriptedSink;
import io.caravan.transport.ScriptedSink.Taken;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Taking oneself off: what stands in the mail, who may press it, and how soon it holds. */
class UnsubscribeIT {

    private static final Pattern LINK = Pattern.compile("(?m)^List-Unsubscribe: <(https://[^>]+)>");
    private static final Duration DOT = Duration.ofMillis(250);
    private static final String ONE_CLICK = "List-Unsubscribe=One-Click";

    @TempDir
    private static Path data;
    private static ScriptedSink sink;
    private static Server server;

    @BeforeAll
    static void start() throws IOException {
        sink = new ScriptedSink().quiet().start();
        server = Server.on(data, Server.relays("main", sink.port())).start();
    }

    @AfterAll
    static void stop() throws IOException {
        server.close();
        sink.close();
    }

    @Test
    void everyMailSaysHowAndOnlyAOneClickPostDoesIt() {
        server.campaign("one", Server.people(100, "one.example"));
        server.awaitRun("one", RunState.FINISHED);

        Map<String, Taken> mails = mails("one.example");
        assertThat(mails).hasSize(100);
        assertThat(mails.values()).allSatisfy(mail -> {
            assertThat(text(mail)).containsPattern(LINK).containsOnlyOnce("\r\nList-Unsubscribe: ")
                    .containsOnlyOnce("\r\nList-Unsubscribe-Post: " + ONE_CLICK + "\r\n");
            assertThat(link(mail)).startsWith("/u/");
        });
        assertThat(mails.values().stream().map(UnsubscribeIT::link).distinct()).hasSize(100);

        long before = server.bean(Suppressions.class).count();
        for (int i = 0; i < 1000; i++) {
            String path = link(mails.get("p" + (i % 100 + 1) + "@one.example"));
            assertThat(server.http(i % 2 == 0 ? "GET" : "HEAD", path, "").statusCode()).isEqualTo(200);
        }
        String path = link(mails.get("p7@one.example"));
        assertThat(server.http("POST", path, "List-Unsubscribe=Two-Clicks").statusCode()).isEqualTo(400);
        assertThat(server.http("POST", path + "x", ONE_CLICK).statusCode()).isEqualTo(404);
        assertThat(server.bean(Suppressions.class).count()).isEqualTo(before);

        assertThat(server.http("POST", path, ONE_CLICK).statusCode()).isEqualTo(200);
        assertThat(server.http("POST", path, ONE_CLICK).statusCode()).as("again is the same").isEqualTo(200);
        assertThat(server.bean(Suppressions.class).find("p7@one.example")).singleElement()
                .satisfies(entry -> assertThat(entry.evidence()).contains("one-click"));
    }

    @Test
    void whatIsCommittedWhileMailIsQueuedStopsItWithinTwoSeconds() {
        server.campaign("first", Server.people(160, "queued.example"));
        server.awaitRun("first", RunState.FINISHED);
        Map<String, Taken> first = mails("queued.example");
        int before = sink.takenCount();
        sink.delayingDot(DOT); // four connections: sixteen a second, ten seconds in all

        server.drop("second.txt", "The second.\n");
        server.drop("second.campaign.yaml", Server.file("second", "audience: {csv: first.csv}"));
        await().atMost(Duration.ofSeconds(60)).until(() -> sink.takenCount() > before);
        Set<String> off = new HashSet<>();
        for (int i = 21; i <= 160; i += 2) {
            off.add("p" + i + "@queued.example");
            assertThat(server.http("POST", link(first.get("p" + i + "@queued.example")), ONE_CLICK).statusCode())
                    .isEqualTo(200);
        }
        for (int i = 22; i <= 160; i += 4) { // as another node's: straight into the database
            off.add("p" + i + "@queued.example");
            server.sql().sql("insert into suppression (address, reason, created_at, changed_at)"
                    + " values (?, 'manual', now(6), now(6))").param("p" + i + "@queued.example").update();
        }
        Instant committed = Instant.now();
        server.awaitRun("second", RunState.FINISHED);
        sink.delayingDot(Duration.ZERO);

        List<Taken> second = sink.taken().subList(before, sink.takenCount());
        assertThat(second).filteredOn(mail -> off.contains(mail.recipient()))
                .allSatisfy(mail -> assertThat(mail.at()).isBefore(committed.plusSeconds(2).plus(DOT)));
        Map<RowState, Long> counts = server.counts("second");
        assertThat(counts.keySet()).containsExactlyInAnyOrder(RowState.ACCEPTED, RowState.SUPPRESSED);
        assertThat(counts).containsEntry(RowState.ACCEPTED, (long) second.size());
        assertThat(counts.get(RowState.SUPPRESSED)).as("most were still queued").isGreaterThan(off.size() / 3);
        assertThat(server.ledger("second")).filteredOn(row -> row.state() == RowState.SUPPRESSED)
                .allSatisfy(row -> assertThat(row.reason()).matches("suppression:\\d+"))
                .allSatisfy(row -> assertThat(off).contains(row.address()));
    }

    private static Map<String, Taken> mails(String domain) {
        return sink.taken().stream().filter(mail -> mail.recipient().endsWith("@" + domain))
                .collect(Collectors.toMap(Taken::recipient, Function.identity()));
    }

    private static String text(Taken mail) {
        return new String(mail.data(), StandardCharsets.UTF_8);
    }

    private static String link(Taken mail) {
        Matcher found = LINK.matcher(text(mail));
        assertThat(found.find()).isTrue();
        return URI.create(found.group(1)).getRawPath();
    }
}
