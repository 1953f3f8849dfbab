package io.caravan.e2e;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.caravan.delivery.LedgerRow;
import io.caravan.mail.RowState;
import io.caravan.mail.RunState;
import io.caravan.suppression.Suppressions;
import io.caravan.transport.ScriptedSink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** What a host's answer makes of a row: tried again and when, given up, bounced, suppressed. A relay for each kind of answer. */
class RetryIT {

    private static final Pattern NEXT = Pattern
            .compile("next attempt (\\S+Z): RCPT answered 450: .+ \\(rule mailbox-status\\)");
    private static final int EACH = 5;

    @TempDir
    private static Path data;
    private static final Map<String, ScriptedSink> SINKS = new LinkedHashMap<>();
    private static Server server;

    @BeforeAll
    static void start() throws IOException {
        SINKS.put("good", new ScriptedSink().quiet().start());
        SINKS.put("later", Answers.first(EACH, "450 4.2.1 come back"));
        SINKS.put("never", Answers.to("451 4.7.1 greylisted for ever"));
        SINKS.put("hard", Answers.to("550 5.1.1 no such user here"));
        SINKS.put("policy", Answers.to("550 5.7.1 not from you"));
        SINKS.put("full", Answers.to("552 5.2.2 mailbox full"));
        List<Object> relays = new ArrayList<>();
        SINKS.forEach((name, sink) -> relays.addAll(List.of(name, sink.port())));
        server = Server.on(data, Server.relays(relays.toArray()))
                .with("caravan.retry.first=2s", "caravan.retry.factor=1", "caravan.retry.max-interval=2s",
                        "caravan.retry.expire=5s");
        SINKS.keySet().forEach(name -> server.with("caravan.routing.domains.[" + name + ".example]=relay:" + name));
        server.start();
    }

    @AfterAll
    static void stop() throws IOException {
        server.close();
        for (ScriptedSink sink : SINKS.values()) {
            sink.close();
        }
    }

    @Test
    void everyAnswerEndsAsItShould() {
        StringBuilder csv = new StringBuilder("email\n");
        SINKS.keySet().forEach(name -> csv.append(Server.people(EACH, name + ".example").lines().skip(1)
                .map(line -> line.split(",")[0] + "\n").reduce("", String::concat)));
        server.campaign("first", csv.toString());
        List<LedgerRow> deferred = new ArrayList<>();
        await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(30)).until(() -> {
            if (!server.runs("first").isEmpty()) {
                server.ledger("first").stream().filter(row -> row.address().contains("@later."))
                        .filter(row -> row.state() == RowState.DEFERRED).forEach(deferred::add);
            }
            return !deferred.isEmpty();
        });

        server.awaitRun("first", RunState.FINISHED);

        Matcher next = NEXT.matcher(deferred.getFirst().reason());
        assertThat(next.matches()).as(deferred.getFirst().reason()).isTrue();
        assertThat(deferred.getFirst().reply()).isEqualTo("450 4.2.1 come back");
        assertThat(Instant.parse(next.group(1))).isAfter(deferred.getFirst().lastAttempt());
        assertRows("first", "good", RowState.ACCEPTED, 1, "");
        assertRows("first", "later", RowState.ACCEPTED, 2, "");
        assertRows("first", "hard", RowState.BOUNCED, 1, "hard");
        assertRows("first", "policy", RowState.BOUNCED, 1, "policy");
        assertRows("first", "full", RowState.BOUNCED, 1, "soft");
        assertThat(rows("first", "never")).hasSize(EACH).allSatisfy(row -> {
            assertThat(row.state()).isEqualTo(RowState.EXPIRED);
            assertThat(row.attempts()).isBetween(2, 4);
            assertThat(row.reason()).startsWith("after " + row.attempts() + " attempts: ");
            assertThat(row.reply()).isEqualTo("451 4.7.1 greylisted for ever");
        });
        assertThat(SINKS.get("later").takenCount()).isEqualTo(EACH);
        assertThat(SINKS.get("never").takenCount() + SINKS.get("hard").takenCount()).isZero();
        onlyTheHardBouncedAreSuppressed(csv.toString());
    }

    private static void onlyTheHardBouncedAreSuppressed(String csv) {
        Suppressions suppressions = server.bean(Suppressions.class);
        assertThat(suppressions.count()).isEqualTo(EACH);
        for (LedgerRow row : rows("first", "hard")) {
            assertThat(suppressions.find(row.address())).singleElement().satisfies(entry -> {
                assertThat(entry.reason().word()).isEqualTo("hard_bounce");
                assertThat(entry.evidence()).contains("550 5.1.1 no such user here");
                assertThat(entry.rowRef()).isEqualTo(row.row());
            });
        }
        server.campaign("second", csv);
        server.awaitRun("second", RunState.FINISHED);
        assertRows("second", "hard", RowState.SUPPRESSED, 0, "suppression:");
        assertRows("second", "policy", RowState.BOUNCED, 1, "policy");
        assertRows("second", "full", RowState.BOUNCED, 1, "soft");
    }

    private static void assertRows(String campaign, String kind, RowState state, int attempts, String reason) {
        assertThat(rows(campaign, kind)).as(kind).hasSize(EACH).allSatisfy(row -> {
            assertThat(row.state()).isEqualTo(state);
            assertThat(row.attempts()).isEqualTo(attempts);
            assertThat(row.reason()).startsWith(reason);
        });
    }

    private static List<LedgerRow> rows(String campaign, String kind) {
        return server.ledger(campaign).stream().filter(row -> row.address().endsWith("@" + kind + ".example")).toList();
    }
}
