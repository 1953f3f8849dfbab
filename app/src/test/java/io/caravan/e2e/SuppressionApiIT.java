package io.caravan.e2e;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

import io.caravan.e2e.ApiCalls.Answer;
import io.caravan.mail.RowState;
import io.caravan.mail.RunState;
import io.caravan.suppression.Suppressions;
import io.caravan.transport.ScriptedSink;
import io.caravan.transport.ScriptedSink.Taken;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** The suppression list over HTTP: added, found, taken back, as a file, and how soon it holds. */
class SuppressionApiIT {

    private static final String ALL = "/api/v1/suppressions";
    private static final Duration DOT = Duration.ofMillis(250);

    @TempDir
    private static Path data;
    private static ScriptedSink sink;
    private static Server server;
    private static ApiCalls api;

    @BeforeAll
    static void start() throws IOException {
        sink = new ScriptedSink().quiet().start();
        server = Server.on(data, Server.relays("main", sink.port())).start();
        api = new ApiCalls(server);
    }

    @AfterAll
    static void stop() throws IOException {
        server.close();
        sink.close();
    }

    @BeforeEach
    void empty() {
        server.sql().sql("delete from suppression").update();
        server.sql().sql("delete from suppression_removed").update();
    }

    private static List<String> addresses(String query) {
        return api.get(ALL + query).json().at("/items").valueStream().map(item -> item.at("/address").asString())
                .toList();
    }

    @Test
    void anEntryIsAddedFoundAndTakenBackWithANoteThatWhyTellsToo() {
        Answer added = api.post(ALL, "{\"address\": \"Ana@Example.org\", \"scope\": \"list:news\","
                + " \"evidence\": \"by phone\", \"expires\": \"30d\"}");
        JsonNode entry = api.get(ALL + "?address=ana@example.org").json().at("/items/0");
        String one = ALL + "/" + entry.at("/id").asLong();

        assertThat(added.status()).isEqualTo(201);
        assertThat(added.json().at("/added").asInt()).isEqualTo(1);
        assertThat(entry.at("/scope").asString()).isEqualTo("list:news");
        assertThat(entry.at("/reason").asString()).isEqualTo("manual");
        assertThat(Instant.parse(entry.at("/expires_at").asString())).isAfter(Instant.now().plus(Duration.ofDays(29)));

        assertThat(api.delete(one).fault()).contains("note");
        assertThat(api.delete(one + "?note=asked+again").status()).isEqualTo(204);
        assertThat(api.delete(one + "?note=asked+again").status()).isEqualTo(404);
        assertThat(addresses("")).isEmpty();
        assertThat(api.get(one).json().at("/note").asString()).isEqualTo("asked again");
        assertThat(addresses("?removed=true&address=ana")).containsExactly("ana@example.org");
        assertThat(server.verb("why", "ana@example.org").out()).contains("removed      suppression ")
                .contains("note: asked again");
    }

    @Test
    void allThatIsWrongIsSaidAndNothingIsAdded() {
        Answer refused = api.post(ALL, "{\"addresses\": [\"ana@example.org\", \"nobody\", \"x@\"],"
                + " \"scope\": \"team\", \"reason\": \"whim\", \"expires\": \"2020-01-01\"}");

        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.json().at("/errors").valueStream().map(fault -> fault.at("/field").asString()))
                .containsExactlyInAnyOrder("addresses[1]", "addresses[2]", "scope", "reason", "expires");
        assertThat(server.bean(Suppressions.class).count()).isZero();
    }

    @Test
    void listsGoByKeyInEitherOrderAndLoseNothing() {
        String many = IntStream.rangeClosed(1, 120).mapToObj("p%03d@example.org\n"::formatted)
                .collect(Collectors.joining());
        api.call("POST", ALL + "/import?scope=list:a", "text/csv", many);
        api.call("POST", ALL + "/import", "text/csv", many.replace("example.org", "example.com"));

        assertThat(all("")).hasSize(240).doesNotHaveDuplicates();
        assertThat(all("&address=p0")).hasSize(198).isSorted();
        assertThat(all("&scope=list:a")).hasSize(120);
        assertThat(all("&reason=manual")).isEmpty();
        assertThat(all("&address=p05&scope=list:a")).hasSize(10);
        assertThat(api.get(ALL + "?reason=whim").fault()).contains("hard_bounce");
    }

    private static List<String> all(String query) {
        List<String> seen = new ArrayList<>();
        String cursor = "";
        do {
            JsonNode page = api.get(ALL + "?limit=50" + query + cursor).json();
            page.at("/items").forEach(item -> seen.add(item.at("/address").asString()));
            cursor = page.at("/next").isString() ? "&cursor=" + page.at("/next").asString() : "";
        } while (!cursor.isEmpty());
        return seen;
    }

    @Test
    void whatIsExportedComesInAgainAsItWas() {
        api.post(ALL, "{\"address\": \"=a@example.org\", \"evidence\": \"say \\\"no\\\",\\nthen stop\"}");
        api.call("POST", ALL + "/import?scope=identity:shop&expires=2099-01-01", "text/plain",
                "# from the old system\nben@example.org\nnobody\n");
        api.call("POST", ALL + "/import", "text/csv",
                "EmailAddress;Reason;LastUpdateTime\r\ncleo@example.org;BOUNCE;2026-01-01T00:00:00Z\r\n");
        String exported = api.get(ALL + "/export").text();

        server.sql().sql("delete from suppression").update();
        Answer again = api.call("POST", ALL + "/import", "text/csv", exported);

        assertThat(again.json().at("/added").asInt()).as(again.text()).isEqualTo(3);
        assertThat(exported).contains("=a@example.org").doesNotContain("'=a")
                .contains("cleo@example.org,global,hard_bounce");
        assertThat(plain(api.get(ALL + "/export").text())).isEqualTo(plain(exported));
        assertThat(api.call("POST", ALL + "/import", "text/csv", "nobody@\nx@example.org\n").json()
                .at("/problems/0/line").asInt()).isEqualTo(1);
        assertThat(api.call("POST", ALL + "/import", "text/csv", "name,phone\nana,1\n").fault()).contains("email");
    }

    /** Without what a new entry has of its own: its id, and when it was made. */
    private static String plain(String csv) {
        return csv.replaceAll("(?m)^\\d+,", "").replaceAll("\\d{4}-[-\\dT:]+\\.\\d+Z", "");
    }

    @Test
    void whatAProgramAddsWhileMailIsQueuedStopsItWithinTwoSeconds() {
        sink.delayingDot(DOT); // four connections: sixteen a second
        int before = sink.takenCount();
        server.campaign("queued", Server.people(120, "queued.example"));
        await().atMost(Duration.ofSeconds(60)).until(() -> sink.takenCount() > before);
        Set<String> off = IntStream.rangeClosed(1, 120).mapToObj(n -> "p" + n + "@queued.example")
                .collect(Collectors.toSet());

        api.post(ALL, "{\"addresses\": [\"" + String.join("\",\"", off) + "\"]}");
        Instant committed = Instant.now();
        server.awaitRun("queued", RunState.FINISHED);
        sink.delayingDot(Duration.ZERO);

        List<Taken> taken = sink.taken().subList(before, sink.takenCount());
        Map<RowState, Long> counts = server.counts("queued");
        assertThat(taken).allSatisfy(mail -> assertThat(mail.at()).isBefore(committed.plusSeconds(2).plus(DOT)));
        assertThat(counts).containsEntry(RowState.ACCEPTED, (long) taken.size())
                .containsEntry(RowState.SUPPRESSED, 120L - taken.size());
        assertThat(taken).as("most were still queued").hasSizeLessThan(80);
    }
}
