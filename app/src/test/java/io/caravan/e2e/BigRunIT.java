package io.caravan.e2e;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

import io.caravan.e2e.RowsRead.Cost;
import io.caravan.flow.ActionReach.People;

import static org.assertj.core.api.Assertions.assertThat;

/** With a run of a million in the database no page and no list reads more than 500 rows of it. */
class BigRunIT {

    private static final int MOST = 500;

    @TempDir
    private static Path data;
    private static Server server;
    private static long run;
    private static BigAudience audience;

    @BeforeAll
    static void start() {
        server = Server.on(data).start();
        run = BigRun.in(server, "big");
        audience = BigAudience.in(server, "big", run);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    /** Of no table: a list that shows a hundred people with their attributes reads a hundred of either. */
    @Test
    void noPageAndNoListReadsMoreThanFiveHundredRows() {
        RowsRead rows = new RowsRead(server.sql(), BigAudience.TABLES);
        assertThat(rows.during(() -> server.sql().sql("select count(*) from delivery where run_id = :run and n <= 1000")
                .param("run", run).query(Long.class).single()).rows()).as("what is read is seen")
                .isGreaterThanOrEqualTo(1000);
        ReadPaths paths = new ReadPaths(server.routes());
        assertThat(paths.gaps()).as("every path of the route table is read here, or named with the reason why not")
                .isEmpty();

        List<String> faults = new ArrayList<>();
        paths.all(audience.tokens()).forEach(path -> {
            Cost<HttpResponse<String>> cost = rows.during(() -> get(path));
            if (!List.of(200, 302, 303).contains(cost.answer().statusCode()) || cost.rows() > MOST) {
                faults.add(path + " answers " + cost.answer().statusCode() + " and reads " + cost.tables());
            }
        });

        assertThat(faults).isEmpty();
    }

    /** What waits is told from counts: with a thousand times as much deferred a scrape reads the same. */
    @Test
    void aScrapeCountsWhatIsDeferredWithoutReadingIt() {
        RowsRead rows = new RowsRead(server.sql(), BigAudience.TABLES);
        long deferred = server.sql().sql("select count(*) from retry where batch_id is null").query(Long.class)
                .single();

        Cost<HttpResponse<String>> scrape = rows.during(() -> get("/actuator/prometheus"));

        assertThat(scrape.answer().body().lines()
                .filter(line -> line.startsWith("caravan_queue_messages{") && line.contains("state=\"deferred\""))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1))).sum())
                .isEqualTo(deferred).isGreaterThanOrEqualTo(5_000);
        assertThat(scrape.rows()).as("it reads " + scrape.tables()).isLessThanOrEqualTo(MOST);
    }

    /** They walk along a key: a slice does not begin at the first row again, nor is anything sorted. */
    @Test
    void downloadsReadEachRowOnce() {
        RowsRead rows = new RowsRead(server.sql(), BigAudience.TABLES);
        Map<String, Long> whole = Map.of("/api/v1/imports/" + audience.importId() + "/verdict", 100_002L,
                "/runs/" + audience.again() + "/spreadsheet.csv", 40_000L, "/suppressions/export", 5_000L);

        whole.forEach((path, lines) -> {
            Cost<HttpResponse<String>> cost = rows.during(() -> get(path));
            assertThat(cost.answer().body().lines().count()).as(path).isEqualTo(lines + 1);
            assertThat(cost.rows()).as(path + " reads " + cost.tables()).isBetween(lines, lines + lines / 100);
        });
    }

    /** What an action would concern is asked by a POST. */
    @Test
    void askingWhomAnActionConcernsReadsNoAudience() {
        RowsRead rows = new RowsRead(server.sql(), BigAudience.TABLES);

        for (String action : List.of("\"start\", \"mode\": \"new\"", "\"start\", \"mode\": \"again\"", "\"resend\"",
                "\"cancel\"")) {
            Cost<People> cost = rows.during(() -> dry("big", action));
            assertThat(cost.rows()).as(action + " reads " + cost.tables()).isLessThanOrEqualTo(MOST);
        }
    }

    @Test
    void numbersOfPeopleAreExactByKeptCountsOrSaidToBeEstimates() {
        assertThat(dry("big-again", "\"start\", \"mode\": \"again\"")).isEqualTo(new People(BigAudience.PEOPLE, false));
        People fresh = dry("big-again", "\"start\", \"mode\": \"new\"");
        assertThat(fresh.about()).isTrue();
        assertThat(fresh.people()).as("two fifths have a row").isBetween(55_000L, 65_000L);
        People missed = dry("big-again", "\"resend\"");
        assertThat(missed.about()).isTrue();
        assertThat(missed.people()).as("of 9,000 who bounced a third did softly, and 5 failed").isBetween(2_000L,
                4_500L);
        assertThat(get("/campaigns/big-again/actions/start-new").body()).contains("about ",
                "The number is an estimate");
        assertThat(get("/campaigns/big-again/actions/start-again").body()).contains("100,003 people",
                "The number is exact");
    }

    @Test
    void searchesFindWhatIsRareAtOnceOrSayHowFarTheyLooked() {
        assertThat(items("/api/v1/imports/" + audience.importId() + "/rows?verdict=duplicate"))
                .extracting(row -> row.at("/row").asLong()).containsExactly(40_000L, 99_000L);
        assertThat(items("/api/v1/lists/big/members?address=p0099999"))
                .extracting(row -> row.at("/address").asString()).containsExactly("P0099999@big.example");
        assertThat(get("/mailbox?q=nothing-like-it").body()).contains("None of the 400 mails that were looked at",
                "Go on looking");
        assertThat(get("/mailbox?q=to:p77@many.example").body()).contains("p77@many.example").doesNotContain(
                "Go on looking");
    }

    private static List<JsonNode> items(String path) {
        List<JsonNode> items = new ArrayList<>();
        Programs.json(get(path)).get("items").forEach(items::add);
        return items;
    }

    private static People dry(String campaign, String action) {
        try {
            Programs program = Programs.of(server);
            HttpResponse<String> answer = program.send(program.post("/api/v1/campaigns/" + campaign + "/actions",
                    "{\"action\": " + action + ", \"dry_run\": true}"));
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            JsonNode said = Programs.json(answer);
            return new People(said.at("/people").asLong(), said.at("/estimated").asBoolean());
        } catch (Exception e) {
            throw new IllegalStateException(action, e);
        }
    }

    @Test
    void rareStatesAreFoundAtOnceAndTheWholeRunIsWalkedThrough() {
        assertThat(numbers("state=failed", true)).containsExactly(300000, 300001, 300002, 300003, 300004);
        assertThat(numbers("state=in_doubt", true)).containsExactly(400000, 400001, 400002);
        assertThat(numbers("state=complained", true)).containsExactly(450000);
        assertThat(numbers("state=expired", true)).containsExactly(450001);
        assertThat(numbers("state=bounced&limit=1", true).getFirst()).isEqualTo(600001);
        assertThat(numbers("state=deferred&limit=1", true).getFirst()).isEqualTo(610001);
        assertThat(numbers("state=pending&limit=1", true).getFirst()).isEqualTo(615001);
        assertThat(numbers("state=suppressed&limit=1", true).getFirst()).isEqualTo(990001);
        assertThat(numbers("address=p0123456", true)).containsExactly(123456);
        assertThat(numbers("state=deferred&limit=500", false)).hasSize(5000).doesNotHaveDuplicates();
        assertThat(numbers("address=p00001&limit=30", false)).hasSize(100).doesNotHaveDuplicates();
    }

    @Test
    void aPageSaysHowFarItLookedAndGoesOnFromThere() {
        String page = get("/runs/" + run + "/people?state=accepted&reason=no-such").body();

        assertThat(page).contains("Looked at rows 1 to 450 of 1,000,000.").contains("after=450");
        assertThat(get("/runs/" + run + "/people?state=cancelled&after=999700").body()).contains("None found");
    }

    /** @param once only the first slice, which then must say enough; else all of them */
    private static List<Integer> numbers(String query, boolean once) {
        List<Integer> found = new ArrayList<>();
        String next = null;
        do {
            JsonNode slice = Programs.json(get("/api/v1/runs/" + run + "/ledger?" + query
                    + (next == null ? "" : "&cursor=" + next)));
            slice.get("items").forEach(row -> found.add(Integer.parseInt(row.get("row").asString().split("\\.")[1])));
            next = slice.get("next").isNull() ? null : slice.get("next").asString();
        } while (next != null && !once);
        return found;
    }

    private static HttpResponse<String> get(String path) {
        try {
            return Programs.of(server).get(path);
        } catch (Exception e) {
            throw new IllegalStateException(path, e);
        }
    }
}
