package io.caravan.e2e;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

import io.caravan.campaign.Action;
import io.caravan.campaign.Run;
import io.caravan.delivery.Ledger;
import io.caravan.delivery.LedgerRow;
import io.caravan.flow.LedgerLine;
import io.caravan.mail.RowState;
import io.caravan.mail.RunState;

import static org.assertj.core.api.Assertions.assertThat;

/** Runs over HTTP: the numbers and rows of the ledger, exactly; slices that lose and repeat no row; the reasons of one recipient. */
class RunApiIT {

    private static final String RUNS = "/api/v1/runs";

    @TempDir
    private static Path data;
    private static Server server;
    private static Programs program;

    @BeforeAll
    static void start() {
        server = Server.on(data).start();
        program = Programs.of(server);
        StringBuilder csv = new StringBuilder(Server.people(60, "mass.example"));
        csv.append("bounce@simulator.caravan.test,B\n=sum@odd.example,S\n");
        server.campaign("mixed", csv.toString());
        server.awaitRun("mixed", RunState.FINISHED);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static JsonNode get(String path, int status) {
        try {
            HttpResponse<String> answer = program.get(path);
            assertThat(answer.statusCode()).as(path + " " + answer.body()).isEqualTo(status);
            return Programs.json(answer);
        } catch (Exception e) {
            throw new IllegalStateException(path, e);
        }
    }

    @Test
    void aRunHasTheLedgersCountsInAllAndByDomain() {
        Run run = server.run("mixed");
        Map<String, Long> counted = new HashMap<>();
        server.ledger("mixed").forEach(row -> counted.merge(row.state().word(), 1L, Long::sum));

        JsonNode shown = get(RUNS + "/" + run.id(), 200);

        assertThat(shown.get("planned").asLong()).isEqualTo(62);
        shown.get("counts").properties().forEach(count -> assertThat(count.getValue().asLong()).as(count.getKey())
                .isEqualTo(counted.getOrDefault(count.getKey(), 0L)));
        JsonNode lanes = get(RUNS + "/" + run.id() + "/lanes", 200).get("items");
        assertThat(lanes.get(0).get("domain").asString()).isEqualTo("mass.example");
        assertThat(lanes.get(0).at("/settled/accepted").asLong()).isEqualTo(60);
        Map<String, Map<String, Long>> settled = new HashMap<>();
        lanes.forEach(lane -> lane.get("settled").properties().stream().filter(n -> n.getValue().asLong() > 0)
                .forEach(n -> settled.computeIfAbsent(lane.get("domain").asString(), _ -> new HashMap<>())
                        .put(n.getKey(), n.getValue().asLong())));
        assertThat(settled).isEqualTo(Map.of("mass.example", Map.of("accepted", 60L), "simulator.caravan.test",
                Map.of("bounced", 1L), "*", Map.of("accepted", 1L)));
        lanes.forEach(lane -> assertThat(lane.get("waiting").asLong() + lane.get("under_way").asLong()).isZero());
    }

    @Test
    void aRowInDoubtIsCountedInItsRunAndItsLane() {
        server.campaign("doubtful", Server.people(3, "doubt.example"));
        server.awaitRun("doubtful", RunState.FINISHED);
        Run run = server.run("doubtful");
        LedgerRow row = server.ledger("doubtful").getFirst();
        assertThat(server.bean(Ledger.class).move(row.row(), RowState.ACCEPTED, RowState.IN_DOUBT, "planted")).isTrue();
        server.sql().sql("insert into attempt (run_id, n, attempt, at, outcome, host, status, reply)"
                + " values (:run, :n, 1, now(6), 'in_doubt', '', '', '')").param("run", run.id().value())
                .param("n", row.row().n()).update();

        JsonNode shown = get(RUNS + "/" + run.id(), 200);

        assertThat(shown.at("/counts/in_doubt").asLong()).isEqualTo(1);
        assertThat(shown.at("/counts/accepted").asLong()).isEqualTo(2);
        assertThat(shown.at("/planned").asLong()).isEqualTo(3);
        assertThat(get(RUNS + "?campaign=doubtful", 200).at("/items/0/counts")).isEqualTo(shown.at("/counts"));
        assertThat(get("/api/v1/campaigns/doubtful", 200).at("/last_run/counts")).isEqualTo(shown.at("/counts"));
        JsonNode lane = get(RUNS + "/" + run.id() + "/lanes", 200).at("/items/0");
        assertThat(lane.at("/settled/in_doubt").asLong()).isEqualTo(1);
        assertThat(lane.at("/under_way").asLong()).as("it is settled, until somebody decides").isZero();
        JsonNode rows = get(RUNS + "/" + run.id() + "/ledger?state=in_doubt", 200).get("items");
        assertThat(rows.findValuesAsString("row")).containsExactly(row.row().toString());
        assertThat(get("/api/v1/campaigns/doubtful/doubt", 200).get("items").findValuesAsString("row"))
                .containsExactly(row.row().toString());
    }

    @Test
    void ledgerRowsAreThoseOfTheVerb() {
        Run run = server.run("mixed");
        LedgerLine line = LedgerLine.of(server.bean(io.caravan.campaign.Campaigns.class),
                server.bean(io.caravan.mail.Keyed.class), run);
        List<Map<String, String>> expected = server.ledger("mixed").stream().map(row -> named(line, row)).toList();

        List<Map<String, String>> all = new ArrayList<>();
        String path = RUNS + "/" + run.id() + "/ledger?limit=7";
        String next = path;
        while (next != null) {
            JsonNode slice = get(next, 200);
            slice.get("items").forEach(row -> {
                Map<String, String> values = new HashMap<>();
                row.properties().forEach(value -> values.put(value.getKey(),
                        value.getValue().isNull() ? "" : value.getValue().asString()));
                all.add(values);
            });
            next = slice.get("next").isNull() ? null : path + "&cursor=" + slice.get("next").asString();
        }

        assertThat(all).isEqualTo(expected);
        assertThat(all).anyMatch(row -> "=sum@odd.example".equals(row.get("address")));
    }

    private static Map<String, String> named(LedgerLine line, LedgerRow row) {
        Map<String, String> values = new HashMap<>();
        List<?> cells = line.values(row);
        for (int i = 0; i < cells.size(); i++) {
            values.put(LedgerLine.COLUMNS.get(i), cells.get(i) == null ? "" : cells.get(i).toString());
        }
        return values;
    }

    @Test
    void aRowHasItsAttemptsAndAnAddressItsReasons() {
        Run run = server.run("mixed");
        LedgerRow bounced = server.ledger("mixed").stream().filter(row -> row.address().startsWith("bounce@"))
                .findFirst().orElseThrow();

        JsonNode row = get(RUNS + "/" + run.id() + "/ledger/" + bounced.row(), 200);
        assertThat(row.at("/row/state").asString()).isEqualTo("bounced");
        assertThat(row.at("/attempts/0/outcome").asString()).isEqualTo("bounced");
        assertThat(row.at("/attempts/0/reply").asString()).isNotEmpty();
        assertThat(row.at("/attributes/first_name").asString()).isEqualTo("B");
        assertThat(get(RUNS + "/" + run.id() + "/ledger/" + bounced.row().n(), 200)).isEqualTo(row);

        JsonNode why = get("/api/v1/recipients/BOUNCE@simulator.caravan.test/why?campaign=mixed", 200);
        assertThat(why.get("address").asString()).isEqualTo("bounce@simulator.caravan.test");
        assertThat(why.at("/mails/0/chain/0/what").asString()).isEqualTo("planned");
        assertThat(why.at("/mails/0/row/reason").asString()).isEqualTo(bounced.reason());
        get("/api/v1/recipients/nobody@nowhere.example/why", 404);
        assertThat(get("/api/v1/recipients/nonsense/why", 400).at("/errors/0/field").asString()).isEqualTo("address");
        get("/api/v1/recipients/bounce@simulator.caravan.test/why?campaign=no-such", 404);
    }

    @Test
    void runsAreListedNewestFirstAndNoneIsLostOrRepeatedWhileNewOnesOpen() {
        for (int i = 1; i <= 5; i++) {
            server.act("mixed", Action.START_AGAIN);
            server.awaitRun("mixed", RunState.FINISHED);
        }
        List<Long> before = server.runs("mixed").reversed().stream().map(run -> run.id().value()).toList();

        List<Long> seen = new ArrayList<>();
        String cursor = "";
        while (cursor != null) {
            JsonNode slice = get(
                    RUNS + "?campaign=mixed&state=finished&limit=2" + (cursor.isEmpty() ? "" : "&cursor=" + cursor),
                    200);
            slice.get("items").forEach(run -> seen.add(run.get("id").asLong()));
            cursor = slice.get("next").isNull() ? null : slice.get("next").asString();
            server.act("mixed", Action.START_AGAIN); // arrives while the list is read
            server.awaitRun("mixed", RunState.FINISHED);
        }

        assertThat(seen).isEqualTo(before);
    }

    @Test
    void whatIsWrongIsSaid() {
        assertThat(get(RUNS + "/999999", 404).at("/errors/0/code").asString()).isEqualTo("not_found");
        get(RUNS + "/999999/ledger", 404);
        get(RUNS + "?campaign=no-such", 404);
        Run run = server.run("mixed");
        assertThat(get(RUNS + "/" + run.id() + "/ledger?state=lost", 400).at("/errors/0/field").asString())
                .isEqualTo("state");
        assertThat(get(RUNS + "?state=lost", 400).at("/errors/0/field").asString()).isEqualTo("state");
        get(RUNS + "/" + run.id() + "/ledger?cursor=nonsense", 400);
        get(RUNS + "/" + run.id() + "/ledger?limit=501", 400);
        get(RUNS + "/" + run.id() + "/ledger/x", 404);
    }
}
