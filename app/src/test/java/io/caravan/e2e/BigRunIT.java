package io.caravan.e2e;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

import io.caravan.e2e.RowsRead.Cost;
import io.caravan.mail.RowState;

import static org.assertj.core.api.Assertions.assertThat;

/** With a run of a million in the database no page and no list reads more than 500 rows of it. */
class BigRunIT {

    private static final int MOST = 500;

    /** {@code RUN} stands for the run's id. Each is answered with 200. */
    private static final List<String> PATHS = List.of("/", "/runs", "/runs/RUN", "/runs/RUN/now",
            "/runs/RUN?lanes=9900-1040",
            "/runs/RUN/people", "/runs/RUN/people?after=500000", "/runs/RUN/people?q=p0500000@big.example",
            "/runs/RUN/people?q=p05", "/runs/RUN/people?q=zz", "/runs/RUN/people?q=p&state=failed",
            "/runs/RUN/people?reason=hard", "/runs/RUN/people?reason=hard&state=bounced", "/runs/RUN/people?lane=1099",
            "/runs/RUN/people?lane=1040&state=failed", "/runs/RUN/people/7", "/runs/RUN/people/7?view=source",
            "/runs/RUN/people/7/html", "/runs/RUN/people/7/raw", "/runs/RUN/people/605000",
            "/why?address=p0000007@big.example", "/why?address=p0000007@big.example&campaign=big", "/campaigns",
            "/campaigns/big", "/mailbox", "/api/v1/runs", "/api/v1/runs?campaign=big&state=paused", "/api/v1/runs/RUN",
            "/api/v1/runs/RUN/lanes?limit=500", "/api/v1/runs/RUN/ledger", "/api/v1/runs/RUN/ledger?limit=500",
            "/api/v1/runs/RUN/ledger?reason=no-such&limit=500", "/api/v1/runs/RUN/ledger?address=p09&limit=500",
            "/api/v1/runs/RUN/ledger/605000", "/api/v1/recipients/p0000007@big.example/why", "/api/v1/campaigns",
            "/api/v1/campaigns/big", "/api/v1/campaigns/big/doubt");

    @TempDir
    private static Path data;
    private static Server server;
    private static long run;

    @BeforeAll
    static void start() {
        server = Server.on(data).start();
        run = BigRun.in(server, "big");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void noPageAndNoListReadsMoreThanFiveHundredRows() {
        RowsRead rows = new RowsRead(server.sql(), "delivery");
        assertThat(rows.during(() -> server.sql().sql("select count(*) from delivery where run_id = :run and n <= 1000")
                .param("run", run).query(Long.class).single()).rows()).as("what is read is seen")
                .isGreaterThanOrEqualTo(1000);
        List<String> faults = new ArrayList<>();
        Stream<String> byState = Stream.of(RowState.values()).map(RowState::word)
                .flatMap(state -> Stream.of("/runs/RUN/people?state=" + state,
                        "/api/v1/runs/RUN/ledger?limit=500&state=" + state));
        Stream.concat(PATHS.stream(), byState).map(path -> path.replace("RUN", Long.toString(run))).forEach(path -> {
            Cost<HttpResponse<String>> cost = rows.during(() -> get(path));
            if (cost.answer().statusCode() != 200 || cost.rows() > MOST) {
                faults.add(path + " answers " + cost.answer().statusCode() + " and reads " + cost.rows() + " rows");
            }
        });
        assertThat(faults).isEmpty();
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
